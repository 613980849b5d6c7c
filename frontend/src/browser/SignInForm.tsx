import { type FormEvent, useRef, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { lab } from "../api/http"
import type { AuthSession, User } from "../api/types"
import { signInWithPasskey } from "../passkey/ceremonies"
import { cancelledCode } from "../passkey/explain"
import { sessionKept } from "../passkey/kept"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Field } from "../ui/Field"
import * as icons from "../ui/icons"
import { CeremonyProgress } from "./CeremonyProgress"
import { ForgetPasskey } from "./ForgetPasskey"
import { useLab } from "./labstate"
import { rememberPerson } from "./lastPerson"
import { Link } from "./router"
import { SupportNote } from "./SupportNote"
import { useAutofill } from "./useAutofill"
import { useCeremony } from "./useCeremony"
import css from "./SignInForm.module.css"

interface Props {
  /** Who has to prove once more that it is them; undefined: anybody may sign in. */
  who: AuthSession | undefined
  onSignedIn: () => Promise<void>
}

type Busy = "no" | "passkey" | "password"
type Wrong = { by: "passkey" | "password"; fault: Fault }

/** A passkey by button or from the autofill list, and the password as the fallback. */
export function SignInForm({ who, onSignedIn }: Props) {
  const { support } = useLab()
  const ceremony = useCeremony()
  const [busy, setBusy] = useState<Busy>("no")
  const [wrong, setWrong] = useState<Wrong>()
  const possible = support?.state === "possible"
  const known = who?.user?.email
  const withdraw = useAutofill(possible && support.autofill && busy === "no" && known === undefined, {
    signedIn: (answer) => void attempt("passkey", async () => answer),
    refused: (fault) => setWrong({ by: "passkey", fault }),
  })

  async function attempt(by: "passkey" | "password", proof: () => Promise<{ user: User | null }>) {
    setBusy(by)
    setWrong(undefined)
    try {
      await withdraw()
      const { user } = await proof()
      await sessionKept()
      if (user) rememberPerson(user)
      await onSignedIn()
    } catch (thrown) {
      setWrong({ by, fault: toFault(thrown) })
      setBusy("no")
    }
  }

  const byPasskey = () => ceremony.run((watcher) => signInWithPasskey(who?.has_passkey ? known : undefined, watcher))

  return (
    <div className={css.ways}>
      <SupportNote support={support} use="signin" />
      <div className="way">
        <Button
          kind="primary"
          size="large"
          icon={icons.passkey}
          busy={busy === "passkey"}
          busyText="Waiting for your passkey"
          disabled={support?.state === "blocked" || who?.has_passkey === false}
          onClick={() => void attempt("passkey", byPasskey)}
        >
          Sign in with Passkey
        </Button>
        <p className={css.wayHelp}>
          {who?.has_passkey === false
            ? "This account has no passkey yet; use its password."
            : "Your device asks for a fingerprint, your face or a PIN. Nothing to type."}
        </p>
        <CeremonyProgress ceremony={ceremony} />
        {wrong?.by === "passkey" && (
          <FaultNote fault={wrong.fault} focus calm={wrong.fault.code === cancelledCode}>
            {wrong.fault.signal?.advice === "ask" && <ForgetPasskey key={wrong.fault.requestId} signal={wrong.fault.signal} />}
          </FaultNote>
        )}
      </div>
      <p className="or">
        <span>or with your password</span>
      </p>
      <PasswordForm
        known={known}
        busy={busy === "password"}
        fault={wrong?.by === "password" ? wrong.fault : undefined}
        onSubmit={(email, password) => attempt("password", () => lab.login(email, password))}
      />
    </div>
  )
}

interface PasswordProps {
  known: string | undefined
  busy: boolean
  fault: Fault | undefined
  onSubmit: (email: string, password: string) => Promise<void>
}

function PasswordForm({ known, busy, fault, onSubmit }: PasswordProps) {
  const [email, setEmail] = useState(known ?? "")
  const [password, setPassword] = useState("")
  const [missing, setMissing] = useState<{ email?: string; password?: string }>({})
  const emailField = useRef<HTMLInputElement>(null)
  const passwordField = useRef<HTMLInputElement>(null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (busy) return
    const next = {
      ...(email.trim() === "" ? { email: "Type the e-mail address of your account." } : {}),
      ...(password === "" ? { password: "Type your password." } : {}),
    }
    setMissing(next)
    if (next.email) emailField.current?.focus()
    else if (next.password) passwordField.current?.focus()
    else await onSubmit(email.trim(), password)
  }

  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      {fault && <FaultNote fault={fault} focus />}
      <Field
        ref={emailField}
        label="E-mail"
        type="email"
        name="email"
        autoComplete="username webauthn"
        autoCapitalize="none"
        spellCheck={false}
        required
        readOnly={known !== undefined}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={missing.email}
      />
      <Field
        ref={passwordField}
        label="Password"
        type="password"
        name="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={missing.password}
      />
      <Button type="submit" kind="secondary" busy={busy} busyText="Signing in">
        Sign in with password
      </Button>
      <p className={css.wayHelp}>
        <Link href="/recovery">Forgot your password?</Link>
      </p>
    </form>
  )
}
