import type { AuthSession } from "../api/types"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Loading } from "../ui/Loading"
import { Note } from "../ui/Note"
import { useLab } from "./labstate"
import { PasswordCard } from "./PasswordCard"
import { ProfileCard } from "./ProfileCard"
import { Link, loginPath, usePlace } from "./router"
import { useSettingsFlow } from "./useSettingsFlow"

/** Password and profile: what Kratos keeps of a person, changed through its settings flow. */
export function AccountCards({ who }: { who: AuthSession }) {
  const { query } = usePlace()
  const settings = useSettingsFlow(query.get("flow") ?? undefined)
  switch (settings.flow.state) {
    case "loading":
      return (
        <section className="card" aria-label="Password and profile">
          <Loading what="your profile" />
        </section>
      )
    case "failed":
      return (
        <section className="card" aria-labelledby="account">
          <h2 id="account">Password and profile</h2>
          {settings.flow.fault.code === "KRATOS_SESSION_MISSING" ? (
            <NotInKratos />
          ) : (
            <FaultNote fault={settings.flow.fault}>
              <Button size="small" onClick={settings.reload}>
                Try again
              </Button>
            </FaultNote>
          )}
        </section>
      )
    case "ready":
      return (
        <>
          <PasswordCard settings={settings} email={who.user?.email} />
          <ProfileCard settings={settings} flow={settings.flow.data} />
        </>
      )
  }
}

/** Why Kratos answers 401 to somebody who is signed in. */
function NotInKratos() {
  const { facts } = useLab()
  const elsewhere = facts.state === "ready" && facts.data.kratos_mode !== "embedded"
  return (
    <Note tone="info" title="Kratos knows no session of this browser">
      <p>
        {elsewhere
          ? "You signed in with a passkey of the lab. Password and profile are kept by a Kratos that runs on its own, and " +
            "that has no way to make a session of a passkey. Sign in with your password to change them."
          : "Your session with the lab goes on; the one with Kratos has ended. Sign in once more to change password and profile."}
      </p>
      <div className="note-actions">
        <Link className="button button-secondary button-small" href={loginPath("/settings", true)}>
          {elsewhere ? "Sign in with the password" : "Sign in again"}
        </Link>
      </div>
    </Note>
  )
}
