import { Button } from "@mantine/core"
import type { KeyboardEvent } from "react"

import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { Ago } from "../Ago"
import type { Mail } from "../lab"
import css from "./MailList.module.css"

interface Props {
  rows: Mail[]
  chosen: string | undefined
  onChoose: (id: string) => void
  fresh: ReadonlySet<string>
  more: boolean
  onMore: () => void
}

/** The mails, newest first. The arrow keys go from one to the next; Enter opens, which marks a mail as read. */
export function MailList({ rows, chosen, onChoose, fresh, more, onMore }: Props) {
  return (
    <div className="tape">
      <ul aria-label="Mails" onKeyDown={walk}>
        {rows.map((m) => (
          <li key={m.id} className={fresh.has(m.id) ? "fresh" : undefined}>
            <button
              type="button"
              className="tape-row mail-row"
              data-unread={!m.read || undefined}
              aria-current={m.id === chosen || undefined}
              onClick={() => onChoose(m.id)}
            >
              <span className="tape-line">
                <span className={css.mailSubject} title={m.subject}>
                  {!m.read && <span className="visually-hidden">Unread: </span>}
                  {m.subject || "(no subject)"}
                </span>
                <Ago at={m.received_at} />
              </span>
              <span className="tape-line">
                <span className="tape-who" title={m.to.join(", ")}>
                  to {m.to.join(", ") || "nobody named"}
                </span>
                {m.attachments > 0 && (
                  <span className="faint" title={m.attachments === 1 ? "1 attachment" : `${m.attachments} attachments`}>
                    <Icon icon={icons.clip} size="small" />
                  </span>
                )}
              </span>
              <span className="tape-line faint">
                <span className={css.mailSnippet}>{m.snippet}</span>
                {m.code && <span className={css.mailCodeChip}>{m.code}</span>}
              </span>
            </button>
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

/** Moves the focus to the row above or below, without opening what is there. */
function walk(event: KeyboardEvent<HTMLUListElement>) {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
  if (step === 0) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(".mail-row")]
  const next = rows[rows.findIndex((row) => row === document.activeElement) + step]
  if (!next) return
  event.preventDefault()
  next.focus()
}
