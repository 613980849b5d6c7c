import { useCallback, useEffect, useRef } from "react"

import { FaultNote } from "../ui/FaultNote"
import { TableWaiting } from "./DataTable"
import { lab, type LogLine } from "./lab"
import { useLive } from "./useLive"

const none = [] as const

/** A log grows without news; it is read again this often, in milliseconds. */
const refresh = 1000

/** Whoever is within this many pixels of the end stays at the end. */
const near = 24

const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hour12: false })

/** The last lines of a service's log, kept current. It follows its end until somebody scrolls up. */
export function ServiceLog({ name }: { name: string }) {
  const [lines] = useLive(
    useCallback(() => lab.logs(name), [name]),
    none,
    refresh,
  )
  const box = useRef<HTMLDivElement>(null)
  const following = useRef(true)
  useEffect(() => {
    if (following.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines])
  switch (lines.state) {
    case "loading":
      return <TableWaiting what={`the log of ${name}`} />
    case "failed":
      return <FaultNote fault={lines.fault} />
    case "ready":
      return (
        <div
          className="log"
          role="log"
          aria-label={`Log of ${name}`}
          tabIndex={0}
          ref={box}
          onScroll={({ currentTarget: b }) => {
            following.current = b.scrollHeight - b.scrollTop - b.clientHeight < near
          }}
        >
          {lines.data.length === 0 ? <p className="faint">Nothing was logged yet.</p> : lines.data.map((line, i) => <Line key={i} line={line} />)}
        </div>
      )
  }
}

function Line({ line }: { line: LogLine }) {
  return (
    <p data-level={line.level}>
      <time dateTime={line.at}>{time.format(new Date(line.at))}</time> {line.text}
    </p>
  )
}
