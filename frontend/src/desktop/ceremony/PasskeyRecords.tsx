import { useCallback } from "react"

import { Badge } from "../../ui/Badge"
import { FaultNote } from "../../ui/FaultNote"
import { kindTitle, stateTone } from "../../ui/explanation/words"
import { Ago } from "../Ago"
import { TableWaiting } from "../DataTable"
import { useGo } from "../going"
import { type CeremonySummary, lab } from "../lab"
import { tape as most } from "../useList"
import { useLive } from "../useLive"
import css from "./PasskeyRecords.module.css"

const topics = ["ceremonies"] as const

/** The ceremonies that name a passkey, newest first, each a way to its record. */
export function PasskeyRecords({ ids }: { ids: readonly string[] }) {
  const [tape] = useLive(
    useCallback(() => lab.ceremonies({ limit: most }), []),
    topics,
  )
  if (ids.length === 0) return <p className="faint">The tape has no ceremony of it any more; it keeps the latest ones.</p>
  if (tape.state === "loading") return <TableWaiting what="the records" />
  if (tape.state === "failed") return <FaultNote fault={tape.fault} />
  const known = new Map(tape.data.items.map((c) => [c.id, c]))
  return <RecordList records={ids.map((id) => ({ id, summary: known.get(id) }))} />
}

interface RecordOf {
  id: string
  /** Absent where the tape has dropped it. */
  summary: CeremonySummary | undefined
}

/** Ceremonies, each a way to its record. */
export function RecordList({ records }: { records: readonly RecordOf[] }) {
  const go = useGo()
  return (
    <ul className={css.records}>
      {records.map(({ id, summary: c }) => (
        <li key={id}>
          <button
            type="button"
            className="link"
            aria-label={`Show the record ${id}`}
            title={id}
            onClick={() => go({ panel: "ceremonies", id })}
          >
            {c ? kindTitle(c.kind) : id}
          </button>
          {c && (
            <>
              <Badge tone={stateTone(c.state)}>{c.state}</Badge>
              {c.fault !== "" && <code>{c.fault}</code>}
              <Ago at={c.began_at} />
            </>
          )}
        </li>
      ))}
    </ul>
  )
}
