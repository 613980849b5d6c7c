import { useRef, useState } from "react"

import { lab } from "../api/http"
import type { OwnSession } from "../api/types"
import { Badge } from "../ui/Badge"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { Note } from "../ui/Note"
import { When } from "../ui/When"
import { browserName, methodName } from "../ui/words"
import { visit } from "./router"
import { useSession } from "./session"
import { useAct } from "./useAct"

/** Where this account is signed in; each place can be signed out. */
export function SessionCard() {
  const [sessions, reload] = useLoad(lab.sessions)
  const [said, setSaid] = useState("")
  const heading = useRef<HTMLHeadingElement>(null)
  const ended = (place: string) => {
    setSaid(`The session of ${place} was ended. Its next request is refused.`)
    reload()
    heading.current?.focus()
  }
  return (
    <section className="card" aria-labelledby="sessions">
      <div className="card-head">
        <h2 id="sessions" tabIndex={-1} ref={heading}>
          Sessions
        </h2>
        {sessions.state === "ready" && <Badge tone="plain">{sessions.data.count}</Badge>}
      </div>
      <div role="status">{said && <Note tone="good" title={said} />}</div>
      {sessions.state === "loading" && <Loading what="your sessions" />}
      {sessions.state === "failed" && (
        <FaultNote fault={sessions.fault}>
          <Button size="small" onClick={reload}>
            Try again
          </Button>
        </FaultNote>
      )}
      {sessions.state === "ready" &&
        (sessions.data.sessions.length === 0 ? (
          <p>No session of yours is on record. Sign in again to begin one.</p>
        ) : (
          <ul className="rows">
            {sessions.data.sessions.map((session) => (
              <SessionRow key={session.id} session={session} onEnded={ended} />
            ))}
          </ul>
        ))}
    </section>
  )
}

function SessionRow({ session, onEnded }: { session: OwnSession; onEnded: (place: string) => void }) {
  const { forget } = useSession()
  const { busy, fault, run } = useAct()
  const place = session.user_agent ? browserName(session.user_agent) : "an unnamed program"
  const end = () =>
    run(async () => {
      await lab.endSession(session.id)
      if (!session.current) return onEnded(place)
      visit("/login", { note: "You ended this session." })
      forget()
    })
  return (
    <li className="row-item">
      <span className="row-icon">
        <Icon icon={icons.device} />
      </span>
      <div className="row-main">
        <p className="row-title">
          <span className="row-name" title={session.user_agent}>
            {place}
          </span>
          {session.current && <Badge tone="good">This browser</Badge>}
          <Badge tone="info">{methodName(session.auth_method)}</Badge>
        </p>
        <dl className="row-facts">
          <div>
            <dt>Signed in</dt>
            <dd>
              <When at={session.authenticated_at} />
            </dd>
          </div>
          <div>
            <dt>Last seen</dt>
            <dd>
              <When at={session.last_seen_at} />
            </dd>
          </div>
          <div>
            <dt>Ends</dt>
            <dd>
              <When at={session.expires_at} />
            </dd>
          </div>
          {session.address && (
            <div>
              <dt>From</dt>
              <dd>{session.address}</dd>
            </div>
          )}
        </dl>
        {fault && <FaultNote fault={fault} focus />}
      </div>
      <div className="row-actions">
        <Button
          size="small"
          kind="quiet"
          icon={icons.out}
          busy={busy}
          busyText="Ending"
          aria-label={`End session: ${place}`}
          onClick={() => void end()}
        >
          End session
        </Button>
      </div>
    </li>
  )
}
