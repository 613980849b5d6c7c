import { lab } from "../api/http"
import type { AuthSession, AuthStatus, SessionView } from "../api/types"
import { Badge } from "../ui/Badge"
import { FaultNote } from "../ui/FaultNote"
import { type Load, useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { Note } from "../ui/Note"
import { Prose } from "../ui/Prose"
import { When } from "../ui/When"
import { methodName } from "../ui/words"
import css from "./SessionKinds.module.css"

/** The two kinds of session side by side: the passkey server's own and Kratos'. */
export function SessionKinds({ who }: { who: AuthSession }) {
  const [status] = useLoad(lab.status)
  return (
    <section className="card card-wide" aria-labelledby="session-kinds">
      <div className="card-head">
        <h2 id="session-kinds">Both kinds of session</h2>
        {who.agree ? <Badge tone="good">They agree</Badge> : <Badge tone="bad">They disagree</Badge>}
      </div>
      {!who.agree && (
        <Note tone="warn" title="Two people are signed in here">
          <p>
            The passkey session and the Kratos session belong to different people. This page shows the passkey's person; nothing can be
            changed until one of them is ended. Signing out ends both.
          </p>
        </Note>
      )}
      <div className={css.kinds}>
        <Kind name="Passkey session" flag="flask_auth" on={who.flask_auth} view={who.sessions.passkey} />
        <Kind name="Kratos session" flag="kratos_auth" on={who.kratos_auth} view={who.sessions.kratos} />
      </div>
      <Remarks status={status} />
    </section>
  )
}

function Kind({ name, flag, on, view }: { name: string; flag: string; on: boolean; view: SessionView | null }) {
  return (
    <div className={on ? "kind kind-on" : "kind"}>
      <div className={css.kindHead}>
        <h3>{name}</h3>
        <Badge tone={on ? "good" : "plain"}>{on ? "Signed in" : "None"}</Badge>
      </div>
      <dl className="facts">
        <div>
          <dt>In the answer</dt>
          <dd className="mono">
            {flag}: {String(on)}
          </dd>
        </div>
        {view && (
          <>
            <div>
              <dt>Person</dt>
              <dd>{view.email}</dd>
            </div>
            <div>
              <dt>By</dt>
              <dd>{view.methods.map(methodName).join(", ")}</dd>
            </div>
            <div>
              <dt>Ends</dt>
              <dd>
                <When at={view.expires_at} />
              </dd>
            </div>
            <div>
              <dt>Session</dt>
              <dd className="mono">{view.id}</dd>
            </div>
          </>
        )}
      </dl>
    </div>
  )
}

function Remarks({ status }: { status: Load<AuthStatus> }) {
  switch (status.state) {
    case "loading":
      return <Loading what="what follows from it" lines={1} />
    case "failed":
      return <FaultNote fault={status.fault} />
    case "ready":
      return (
        <>
          {status.data.unknown.map((kind) => (
            <Note key={kind.kind} tone="warn" title={`The ${kind.kind} session could not be asked`}>
              <p>
                <Prose text={`${kind.error} ${kind.hint}`} />
              </p>
            </Note>
          ))}
          {status.data.notes.length > 0 && (
            <ul className="remarks">
              {status.data.notes.map((note) => (
                <li key={note}>
                  <Prose text={note} />
                </li>
              ))}
            </ul>
          )}
        </>
      )
  }
}
