import { Button, Checkbox } from "@mantine/core"
import type { KeyboardEvent } from "react"

import { Badge } from "../../ui/Badge"
import { took } from "../../ui/format"
import { kindTitle, stateTone } from "../../ui/explanation/words"
import { Ago } from "../Ago"
import type { CeremonySummary } from "../lab"
import { VirtualMark } from "../VirtualMark"
import css from "./CeremonyList.module.css"

interface Props {
  rows: CeremonySummary[]
  chosen: string | undefined
  onChoose: (id: string) => void
  /** Those that are to be compared. */
  ticked: readonly string[]
  onTick: (id: string) => void
  fresh: ReadonlySet<string>
  more: boolean
  onMore: () => void
}

/** The tape, newest first. The arrow keys go from one ceremony to the next. */
export function CeremonyList({ rows, chosen, onChoose, ticked, onTick, fresh, more, onMore }: Props) {
  const press = (event: KeyboardEvent<HTMLUListElement>) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
    if (step === 0 || !(event.target instanceof HTMLElement) || !event.target.classList.contains("tape-row")) return
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>(".tape-row")]
    const next = all[all.indexOf(event.target) + step]
    event.preventDefault()
    next?.focus()
    next?.click()
  }
  return (
    <div className="tape">
      <ul aria-label="Ceremonies" onKeyDown={press}>
        {rows.map((c) => (
          <li key={c.id} className={fresh.has(c.id) ? "fresh" : undefined} data-tone={stateTone(c.state)}>
            <button type="button" className="tape-row" aria-current={c.id === chosen || undefined} onClick={() => onChoose(c.id)}>
              <span className="tape-line">
                <span className="marked">
                  <span className="strong">{kindTitle(c.kind)}</span>
                  {c.virtual && <VirtualMark />}
                  {c.source !== "" && <Badge tone="plain">{c.source}</Badge>}
                </span>
                <Badge tone={stateTone(c.state)}>{c.state}</Badge>
              </span>
              <span className="tape-line">
                <span className="tape-who" title={c.email}>
                  {c.email || "nobody known yet"}
                </span>
                <Ago at={c.began_at} />
              </span>
              <span className="tape-line faint">
                {c.fault !== "" ? <code>{c.fault}</code> : <span />}
                <span>{took(c.began_at, c.ended_at)}</span>
              </span>
            </button>
            <Checkbox
              size="xs"
              className={css.tapeTick}
              aria-label={`Compare ${kindTitle(c.kind)} ${c.id}`}
              title="Compare with another"
              checked={ticked.includes(c.id)}
              onChange={() => onTick(c.id)}
            />
          </li>
        ))}
      </ul>
      {more && (
        <div className="table-more">
          <Button variant="default" size="xs" onClick={onMore}>
            Load more
          </Button>
        </div>
      )}
    </div>
  )
}
