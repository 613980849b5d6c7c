import { useEffect, useState } from "react"

import type { Flow } from "../api/kratos"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Loading } from "../ui/Loading"
import { CodeForm } from "./CodeForm"
import { Doorway } from "./Doorway"
import { Recovered } from "./Recovered"
import { Link, usePlace } from "./router"
import { person, useSession } from "./session"
import { useCodeFlow } from "./useCodeFlow"
import { useSignOut } from "./useSignOut"

const title = "Get back into your account"

/** The way back in for somebody who has neither a passkey nor the password: a code by e-mail. */
export function Recovery() {
  const { session, refresh } = useSession()
  const [settings, setSettings] = useState<string>()
  const who = person(session)

  async function recovered(flow: Flow) {
    setSettings(settingsFlowOf(flow))
    await refresh()
  }

  if (session.state === "loading") {
    return (
      <Doorway title={title}>
        <Loading what="the form" />
      </Doorway>
    )
  }
  if (who?.auth_method === "code") return <Recovered who={who} flowId={settings} />
  if (session.state === "failed") {
    return (
      <Doorway title={title}>
        <FaultNote fault={session.fault}>
          <Button size="small" onClick={() => void refresh()}>
            Try again
          </Button>
        </FaultNote>
      </Doorway>
    )
  }
  if (who) return <SignOutFirst email={who.user?.email} />
  return <ByCode onRecovered={recovered} />
}

function ByCode({ onRecovered }: { onRecovered: (flow: Flow) => Promise<void> }) {
  const { query } = usePlace()
  const work = useCodeFlow("recovery")
  const passed = work.flow.state === "ready" && work.flow.data.state === "passed_challenge"
  useEffect(() => {
    if (passed) document.querySelector<HTMLElement>("main h1")?.focus()
  }, [passed])
  return (
    <Doorway
      title={title}
      lead={
        "A code goes to the e-mail address of your account. With it you are signed in once, and then set a new password " +
        "or add a passkey."
      }
      below={
        <>
          Remembered it? <Link href="/login">Sign in</Link>
        </>
      }
    >
      {passed ? (
        <Loading what="your account" />
      ) : (
        <CodeForm work={work} codeLabel="Recovery code" email={query.get("email") ?? ""} onConfirmed={(flow) => void onRecovered(flow)} />
      )}
    </Doorway>
  )
}

/** Kratos recovers nobody who is signed in. */
function SignOutFirst({ email }: { email: string | undefined }) {
  const { busy, fault, signOut } = useSignOut("/recovery")
  return (
    <Doorway
      title="You are signed in"
      lead={
        <>
          This browser is signed in as <strong>{email}</strong>. Getting back in by a code is for who can't sign in: sign out first.
        </>
      }
    >
      {fault && <FaultNote fault={fault} focus />}
      <div className="stack">
        <Link className="button button-primary button-large" href="/settings">
          Go to the settings
        </Link>
        <Button busy={busy} busyText="Signing out" onClick={() => void signOut()}>
          Sign out and use a code
        </Button>
      </div>
    </Doorway>
  )
}

/** The settings flow in which Kratos lets a recovered person set a password, or undefined. */
export function settingsFlowOf(flow: Flow): string | undefined {
  for (const step of flow.continue_with ?? []) {
    if (step.action === "show_settings_ui" && step.flow) return step.flow.id
    if (step.redirect_browser_to) {
      const to = new URL(step.redirect_browser_to, location.href)
      if (to.pathname.endsWith("/settings")) return to.searchParams.get("flow") ?? undefined
    }
  }
  return undefined
}
