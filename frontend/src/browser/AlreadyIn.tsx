import type { AuthSession } from "../api/types"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Doorway } from "./Doorway"
import { useReturn } from "./useReturn"
import { useSignOut } from "./useSignOut"

/** Somebody is signed in already: go on as them, or make way for another person. */
export function AlreadyIn({ who }: { who: AuthSession }) {
  const goOn = useReturn()
  const { busy, fault, signOut } = useSignOut()
  return (
    <Doorway
      title="You are signed in"
      lead={
        <>
          This browser is signed in as <strong>{who.user?.email}</strong>.
        </>
      }
    >
      {fault && <FaultNote fault={fault} focus />}
      <div className="stack">
        <Button kind="primary" size="large" onClick={() => void goOn()}>
          Continue
        </Button>
        {who.auth_method !== "mock" && (
          <Button busy={busy} busyText="Signing out" onClick={() => void signOut()}>
            Sign out and use another account
          </Button>
        )}
      </div>
    </Doorway>
  )
}
