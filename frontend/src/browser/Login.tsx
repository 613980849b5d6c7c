import { useState } from "react"

import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Loading } from "../ui/Loading"
import { AlreadyIn } from "./AlreadyIn"
import { Doorway } from "./Doorway"
import { Link, usePlace } from "./router"
import { person, useSession } from "./session"
import { SignInForm } from "./SignInForm"
import { useReturn } from "./useReturn"

/** Signing in; with `refresh=1` the same person proves once more that it is them. */
export function Login() {
  const { query } = usePlace()
  const { session, refresh } = useSession()
  const goOn = useReturn()
  const [leaving, setLeaving] = useState(false)
  const who = person(session)
  const again = query.get("refresh") === "1" && who !== undefined

  const signedIn = async () => {
    setLeaving(true)
    await goOn()
  }

  if (session.state === "loading") {
    return (
      <Doorway title="Sign in">
        <Loading what="the sign-in form" lines={4} />
      </Doorway>
    )
  }
  if (who && !again && !leaving) return <AlreadyIn who={who} />
  return (
    <Doorway
      title={again ? "Confirm it's you" : "Sign in"}
      lead={again ? "This step changes how you sign in, so it asks for a fresh proof. Afterwards you go on where you were." : undefined}
      below={
        again ? (
          <Link href="/dashboard">Back to the dashboard</Link>
        ) : (
          <>
            No account yet? <Link href={withReturn("/register", query.get("return_to"))}>Create one</Link>
          </>
        )
      }
    >
      {session.state === "failed" && (
        <FaultNote fault={session.fault}>
          <Button size="small" onClick={() => void refresh()}>
            Try again
          </Button>
        </FaultNote>
      )}
      <SignInForm who={again ? who : undefined} onSignedIn={signedIn} />
    </Doorway>
  )
}

/** Keeps where the person wanted to go on a link to the other way in. */
export function withReturn(path: string, returnTo: string | null): string {
  return returnTo ? `${path}?${new URLSearchParams({ return_to: returnTo })}` : path
}
