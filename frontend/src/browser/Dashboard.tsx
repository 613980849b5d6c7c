import type { AuthSession } from "../api/types"
import { Badge } from "../ui/Badge"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { When } from "../ui/When"
import { methodName } from "../ui/words"
import { Guarded } from "./Guarded"
import { displayName } from "./names"
import { Link } from "./router"
import { Screen } from "./Screen"
import { SessionKinds } from "./SessionKinds"
import { UnverifiedNote } from "./UnverifiedNote"
import css from "./Dashboard.module.css"

/** Who is signed in, how, and what to do next. */
export function Dashboard() {
  return (
    <Guarded title="Dashboard" path="/dashboard">
      {(who) => <Overview who={who} />}
    </Guarded>
  )
}

function Overview({ who }: { who: AuthSession }) {
  return (
    <Screen
      title="Dashboard"
      lead={
        <>
          Signed in as <strong>{displayName(who.user?.traits ?? {}, who.user?.email ?? "nobody")}</strong>
        </>
      }
    >
      <UnverifiedNote who={who} />
      <div className="cards">
        <ThisSession who={who} />
        <PasskeySummary who={who} />
        <SessionKinds who={who} />
      </div>
    </Screen>
  )
}

function ThisSession({ who }: { who: AuthSession }) {
  return (
    <section className="card" aria-labelledby="this-session">
      <div className="card-head">
        <h2 id="this-session">This session</h2>
        <Badge tone="info">{methodName(who.auth_method)}</Badge>
      </div>
      <dl className="facts">
        <div>
          <dt>Person</dt>
          <dd>{who.user?.email}</dd>
        </div>
        <div>
          <dt>Signed in</dt>
          <dd>
            <When at={who.session?.authenticated_at} never="not known" />
          </dd>
        </div>
        <div>
          <dt>Ends</dt>
          <dd>
            <When at={who.session?.expires_at} never="not known" />
          </dd>
        </div>
        <div>
          <dt>Assurance</dt>
          <dd>{who.session?.aal ?? "none"}</dd>
        </div>
        <div>
          <dt>Session</dt>
          <dd className="mono">{who.session_id || "none"}</dd>
        </div>
        <div>
          <dt>Identity</dt>
          <dd className="mono">{who.user?.id}</dd>
        </div>
      </dl>
    </section>
  )
}

function PasskeySummary({ who }: { who: AuthSession }) {
  const count = who.passkey_count
  return (
    <section className="card" aria-labelledby="passkey-summary">
      <div className="card-head">
        <h2 id="passkey-summary">Passkeys</h2>
        <Badge tone={count > 0 ? "good" : "warn"}>{count === 0 ? "None yet" : count === 1 ? "1 passkey" : `${count} passkeys`}</Badge>
      </div>
      <p className={css.figure} aria-hidden="true">
        {count}
      </p>
      <p>{advice(who)}</p>
      {who.auth_method !== "mock" && (
        <div className={css.cardFoot}>
          <Link className={count === 0 ? "button button-primary" : "button button-secondary"} href="/settings">
            <Icon icon={count === 0 ? icons.plus : icons.passkey} />
            {count === 0 ? "Add a passkey" : "Manage passkeys"}
          </Link>
        </div>
      )}
    </section>
  )
}

function advice(who: AuthSession): string {
  if (who.auth_method === "mock") return "The mock user is nobody: it has no passkeys, and no other page knows it."
  if (who.passkey_count === 0) return "Next: add a passkey, sign out, and sign in with it. Nothing to type then."
  if (who.passkey_count === 1) return "Next: add a second one on another device, so that a lost device doesn't lock you out."
  return who.auth_method === "passkey" ? "You signed in with one of them." : "Next: sign out, and sign in with one of them."
}
