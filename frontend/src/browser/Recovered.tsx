import { useEffect, useState } from "react"

import { lab } from "../api/http"
import type { AuthSession, Passkey } from "../api/types"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { Note } from "../ui/Note"
import { When } from "../ui/When"
import { messagesOf } from "./kratosWords"
import { rememberPerson } from "./lastPerson"
import { PasskeyCard } from "./PasskeyCard"
import { PasswordCard } from "./PasswordCard"
import { Screen } from "./Screen"
import { useReturn } from "./useReturn"
import { useSettingsFlow } from "./useSettingsFlow"

interface Props {
  who: AuthSession
  /** The settings flow that Kratos began for this, or undefined. */
  flowId: string | undefined
}

/** Back in by a code: a new password or a new passkey, and which passkeys to remove. */
export function Recovered({ who, flowId }: Props) {
  const settings = useSettingsFlow(flowId)
  const goOn = useReturn()
  const ended = settings.flow.state === "ready" ? messagesOf(settings.flow.data, "info") : []
  const user = who.user
  useEffect(() => {
    if (user) rememberPerson(user) // the code was typed here
  }, [user])
  useEffect(() => document.querySelector<HTMLElement>("main h1")?.focus(), [])
  return (
    <Screen
      title="You are back in"
      lead={
        <>
          The code signed you in as <strong>{who.user?.email}</strong>, this once. Set a new password or add a passkey now, so that you get
          in without a code next time.
        </>
      }
    >
      {ended.length > 0 && <Note tone="info" title={ended.join(" ")} />}
      <LostPasskeys />
      <PasskeyCard />
      {settings.flow.state === "loading" && <Loading what="the form for a new password" />}
      {settings.flow.state === "failed" && (
        <FaultNote fault={settings.flow.fault}>
          <Button size="small" onClick={settings.reload}>
            Try again
          </Button>
        </FaultNote>
      )}
      {settings.flow.state === "ready" && <PasswordCard settings={settings} email={who.user?.email} title="Set a new password" />}
      <div>
        <Button kind="secondary" size="large" onClick={() => void goOn()}>
          Go to the dashboard
        </Button>
      </div>
    </Screen>
  )
}

/** Names what the person may have lost: the passkeys that were there before they came back in. */
function LostPasskeys() {
  const [list] = useLoad(lab.passkeys)
  const [seen, setSeen] = useState<Passkey[]>()
  if (seen === undefined && list.state === "ready") setSeen(list.data.passkeys.filter((passkey) => passkey.status === "active"))
  if (seen === undefined || seen.length === 0) return null
  return (
    <Note tone="warn" title="Remove the passkeys that you no longer have">
      <p>Whoever holds a lost device may be able to sign in with the passkey on it. These were there before you came back in:</p>
      <ul className="remarks">
        {seen.map((passkey) => (
          <li key={passkey.id}>
            <strong>{passkey.name}</strong> ({passkey.authenticator || "unknown authenticator"}), last used:{" "}
            <When at={passkey.last_used_at} />
          </li>
        ))}
      </ul>
      <p>Add a new passkey first, then remove what is gone in the list below.</p>
    </Note>
  )
}
