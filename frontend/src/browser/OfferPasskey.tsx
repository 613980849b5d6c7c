import { useEffect, useRef, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { lab } from "../api/http"
import { makePasskey, type Registration } from "../passkey/ceremonies"
import { cancelledCode } from "../passkey/explain"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import * as icons from "../ui/icons"
import { browserName } from "../ui/words"
import { CeremonyProgress } from "./CeremonyProgress"
import { Doorway } from "./Doorway"
import { useLab } from "./labstate"
import { Link, loginPath } from "./router"
import { Steps } from "./Steps"
import { SupportNote } from "./SupportNote"
import { useCeremony } from "./useCeremony"

interface Props {
  email: string | undefined
  pages: string[][]
  onDone: () => Promise<void>
}

const routes: Registration = {
  begin: lab.registrationBegin,
  complete: (credential, challengeId) => lab.registrationComplete(credential, challengeId, browserName(navigator.userAgent)),
}

/** The last step of a registration: a passkey now, or later. */
export function OfferPasskey({ email, pages, onDone }: Props) {
  const { support } = useLab()
  const ceremony = useCeremony()
  const [busy, setBusy] = useState<"no" | "create" | "skip">("no")
  const [fault, setFault] = useState<Fault>()
  useEffect(() => document.querySelector<HTMLElement>("main h1")?.focus(), [])

  const skipping = useRef(false)

  async function attempt(what: "create" | "skip", act: () => Promise<unknown>) {
    setBusy(what)
    setFault(undefined)
    try {
      await act()
      await onDone()
    } catch (thrown) {
      if (what === "create" && skipping.current) return // the skip says how it went on
      skipping.current = false
      setFault(toFault(thrown))
      setBusy("no")
    }
  }

  /** Goes on without a passkey, also while the browser is asked for one. */
  async function skip() {
    skipping.current = true
    ceremony.cancel()
    await attempt("skip", lab.registrationSkip)
  }

  const create = () => ceremony.run((watcher) => makePasskey(routes, watcher))

  return (
    <Doorway
      title="Create a passkey"
      above={<Steps pages={pages} at={pages.length - 1} />}
      lead={
        <>
          {email ? (
            <>
              You are signed in as <strong>{email}</strong>.{" "}
            </>
          ) : null}
          With a passkey you sign in next time with a fingerprint, your face or a PIN.
        </>
      }
    >
      <SupportNote support={support} use="create" />
      {fault && (
        <FaultNote fault={fault} focus calm={fault.code === cancelledCode}>
          {fault.code === "REAUTH_REQUIRED" && (
            <Link className="button button-secondary button-small" href={loginPath("/register", true)}>
              Confirm it's you
            </Link>
          )}
        </FaultNote>
      )}
      <div className="stack">
        <Button
          kind="primary"
          size="large"
          icon={icons.passkey}
          busy={busy === "create"}
          busyText="Waiting for your authenticator"
          disabled={support?.state === "blocked" || busy === "skip"}
          onClick={() => void attempt("create", create)}
        >
          Create a passkey
        </Button>
        <CeremonyProgress ceremony={ceremony} />
        <Button kind="quiet" busy={busy === "skip"} busyText="Going on" disabled={ceremony.phase === "verify"} onClick={() => void skip()}>
          Skip for now
        </Button>
      </div>
      <p className="small">You can add one at any time in the settings. Until then your password is the way in.</p>
    </Doorway>
  )
}
