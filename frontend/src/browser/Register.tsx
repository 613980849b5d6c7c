import { useState } from "react"

import { lab } from "../api/http"
import type { AuthSession } from "../api/types"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { AlreadyIn } from "./AlreadyIn"
import { Doorway } from "./Doorway"
import { OfferPasskey } from "./OfferPasskey"
import { RegisterForm } from "./RegisterForm"
import { pagesOf } from "./registration"
import { person, useSession } from "./session"
import { useReturn } from "./useReturn"

/** The mock user is nobody: who makes an account beside it is not in yet. */
function somebodyReal(who: AuthSession | undefined): AuthSession | undefined {
  return who?.auth_method === "mock" ? undefined : who
}

/** Making an account: the pages of the form, then the offer of a passkey. */
export function Register() {
  const [form, reload] = useLoad(lab.registrationForm)
  const { session, refresh } = useSession()
  const goOn = useReturn()
  const [phase, setPhase] = useState<"form" | "passkey" | "leaving">("form")
  const who = somebodyReal(person(session))

  if (form.state === "loading" || session.state === "loading") {
    return (
      <Doorway title="Create your account">
        <Loading what="the registration form" lines={5} />
      </Doorway>
    )
  }
  if (form.state === "failed") {
    return (
      <Doorway title="Create your account">
        <FaultNote fault={form.fault}>
          <Button size="small" onClick={reload}>
            Try again
          </Button>
        </FaultNote>
      </Doorway>
    )
  }

  const offers = form.data.steps.includes("passkey")
  const leave = async () => {
    setPhase("leaving")
    await goOn()
  }
  const registered = async () => {
    if (!offers) return leave()
    setPhase("passkey")
    await refresh()
  }

  const unfinished = who !== undefined && !who.has_passkey && offers
  if (phase === "passkey" || (phase === "form" && unfinished)) {
    return <OfferPasskey email={who?.user?.email} pages={pagesOf(form.data)} onDone={leave} />
  }
  if (phase === "form" && who) return <AlreadyIn who={who} />
  return <RegisterForm form={form.data} onRegistered={registered} leaving={phase === "leaving"} />
}
