import { type ReactNode, useEffect, useRef } from "react"

import type { Fault } from "../api/fault"
import { CopyButton } from "./CopyButton"
import { Icon } from "./Icon"
import * as icons from "./icons"
import { Prose } from "./Prose"

interface Props {
  fault: Fault
  /** Moves the keyboard's focus here when the note appears or changes. */
  focus?: boolean
  /** What the person wanted this way: a remark, no alarm. */
  calm?: boolean
  /** What can be done about it on the spot: a button or a link. */
  children?: ReactNode
}

/** Draws every failure: what happened, what to do, its code (linked to the help), and the ids of its records. */
export function FaultNote({ fault, focus = false, calm = false, children }: Props) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (focus) box.current?.focus()
  }, [fault, focus])
  return (
    <div className={calm ? "note note-info" : "note note-bad"} role={calm ? "status" : "alert"} tabIndex={-1} ref={box}>
      <Icon icon={calm ? icons.info : icons.stop} />
      <div className="note-text">
        <p className="note-title">
          <Prose text={fault.message} />
        </p>
        {fault.hint && (
          <p>
            <Prose text={fault.hint} />
          </p>
        )}
        {fault.record && fault.record.cause !== "" && !calm && (
          <p>
            <Prose text={`The record says: ${fault.record.cause} ${fault.record.fix}`.trim()} />
          </p>
        )}
        {children && <div className="note-actions">{children}</div>}
        <p className="note-ids">
          {fault.help ? <a href={fault.help}>{fault.code}</a> : <span>{fault.code}</span>}
          {fault.requestId && <span>request {fault.requestId}</span>}
        </p>
        {fault.ceremonyId && <RecordLine id={fault.ceremonyId} />}
      </div>
    </div>
  )
}

/** For the developer: the record of the ceremony, step by step, and its id. */
function RecordLine({ id }: { id: string }) {
  return (
    <p className="note-ids">
      <a className="note-steps" href={`/ceremonies/${encodeURIComponent(id)}`}>
        What happened, step by step
      </a>
      <span title={`In a terminal: sting ceremonies ${id}`}>
        Record: <span className="note-record">{id}</span>
      </span>
      <CopyButton text={id} what="the id of the record" />
    </p>
  )
}
