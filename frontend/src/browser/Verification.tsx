import { Button } from "../ui/Button"
import { Note } from "../ui/Note"
import { CodeForm } from "./CodeForm"
import { Doorway } from "./Doorway"
import { Link } from "./router"
import { person, useSession } from "./session"
import { useCodeFlow } from "./useCodeFlow"
import { useReturn } from "./useReturn"

/** Proving that one reads the mails of an address: a code is sent to it and typed here. */
export function Verification() {
  const { session } = useSession()
  const work = useCodeFlow("verification")
  const passed = work.flow.state === "ready" && work.flow.data.state === "passed_challenge"
  const who = person(session)

  if (passed) return <Verified signedIn={who !== undefined} />
  return (
    <Doorway
      title="Verify your e-mail address"
      lead={
        "The lab sends a code to the address; typing it here shows that you read its mails. A verified address is the " +
        "way back in when a device is lost."
      }
      below={who ? <Link href="/dashboard">Later: to the dashboard</Link> : <Link href="/login">Sign in</Link>}
    >
      <CodeForm
        key={who?.user?.email}
        work={work}
        codeLabel="Verification code"
        email={who?.user?.email ?? ""}
        onConfirmed={() => document.querySelector<HTMLElement>("main h1")?.focus()}
      />
    </Doorway>
  )
}

function Verified({ signedIn }: { signedIn: boolean }) {
  const goOn = useReturn()
  return (
    <Doorway title="Your address is verified">
      <Note tone="good" role="status">
        <p>Mails of this lab reach you. If you ever lose your passkeys and your password, a code to this address lets you back in.</p>
      </Note>
      {signedIn ? (
        <Button kind="primary" size="large" onClick={() => void goOn()}>
          Continue
        </Button>
      ) : (
        <Link className="button button-primary button-large" href="/login">
          Sign in
        </Link>
      )}
    </Doorway>
  )
}
