import { Note } from "../ui/Note"
import { AccountCards } from "./AccountCards"
import { Guarded } from "./Guarded"
import { PasskeyCard } from "./PasskeyCard"
import { Screen } from "./Screen"
import { SessionCard } from "./SessionCard"

/** One's own passkeys, password, profile and sessions. */
export function Settings() {
  return (
    <Guarded title="Settings" path="/settings">
      {(who) => (
        <Screen
          title="Settings"
          lead={
            <>
              Passkeys, password, profile and sessions of <strong>{who.user?.email}</strong>
            </>
          }
        >
          {who.auth_method === "mock" ? (
            <Note tone="warn" title="The mock user has no settings">
              <p>
                It is seen by the session and the dashboard only. Set <code>mock_user.enabled: false</code> in sting.yml and sign in as
                somebody real.
              </p>
            </Note>
          ) : (
            <>
              <PasskeyCard />
              <AccountCards who={who} />
              <SessionCard key={who.session_id} />
            </>
          )}
        </Screen>
      )}
    </Guarded>
  )
}
