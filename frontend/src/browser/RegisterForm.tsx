import { type FormEvent, useEffect, useRef, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { lab } from "../api/http"
import type { RegistrationForm } from "../api/types"
import { sessionKept } from "../passkey/kept"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Doorway } from "./Doorway"
import { rememberPerson } from "./lastPerson"
import { withReturn } from "./Login"
import { keepPending } from "./pendingFlow"
import { emailName, fieldOf, mistakes, pagesOf, passwordName, traitsOf, type Values } from "./registration"
import { RegisterPage } from "./RegisterPage"
import { Link, usePlace } from "./router"
import { Steps } from "./Steps"

interface Props {
  form: RegistrationForm
  onRegistered: () => Promise<void>
  leaving: boolean
}

/** The pages of the form, one at a time; the last one makes the account. */
export function RegisterForm({ form, onRegistered, leaving }: Props) {
  const { query } = usePlace()
  const all = pagesOf(form)
  const pages = all.filter((page) => !page.includes("passkey"))
  const [at, setAt] = useState(0)
  const [values, setValues] = useState<Values>({})
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [fault, setFault] = useState<Fault>()
  const [busy, setBusy] = useState(false)
  const box = useRef<HTMLFormElement>(null)
  const page = pages[at] ?? []
  const last = at === pages.length - 1
  useArrival(box, at)
  useFirstError(box, errors)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (busy || leaving) return
    setFault(undefined)
    const fields = page.includes("details") ? form.fields : []
    const wrong = mistakes(fields, page.includes("password") ? form.password.min_length : undefined, values)
    setErrors(wrong)
    if (Object.keys(wrong).length > 0) return
    if (!last) setAt(at + 1)
    else await register()
  }

  async function register() {
    setBusy(true)
    try {
      const traits = traitsOf(form.fields, values)
      const made = await lab.register((values[emailName] ?? "").trim(), values[passwordName] ?? "", traits)
      if (made.user) rememberPerson(made.user)
      if (made.verification_flow) keepPending("verification", made.verification_flow)
      await sessionKept()
      await onRegistered()
    } catch (thrown) {
      refused(toFault(thrown))
    } finally {
      setBusy(false)
    }
  }

  /** Shows a refusal at its field, on the page that has it; otherwise above the form. */
  function refused(found: Fault) {
    const name = fieldOf(found, form.fields)
    const step = name === passwordName ? "password" : "details"
    const where = pages.findIndex((candidate) => candidate.includes(step))
    if (name === undefined || where < 0) return setFault(found)
    if (found.code === "EMAIL_TAKEN") setFault(found)
    setAt(where)
    setErrors({ [name]: [found.message, found.hint].filter(Boolean).join(" ") })
  }

  return (
    <Doorway
      title="Create your account"
      above={<Steps pages={all} at={at} />}
      below={
        <>
          Have an account? <Link href={withReturn("/login", query.get("return_to"))}>Sign in</Link>
        </>
      }
    >
      <form className="form" ref={box} onSubmit={(event) => void submit(event)} noValidate aria-label="Your account">
        {fault && (
          <FaultNote fault={fault} focus={fault.code !== "EMAIL_TAKEN"}>
            {fault.code === "EMAIL_TAKEN" && (
              <Link className="button button-secondary button-small" href={withReturn("/login", query.get("return_to"))}>
                Sign in instead
              </Link>
            )}
          </FaultNote>
        )}
        {page.map((step) => (
          <RegisterPage
            key={step}
            step={step}
            form={form}
            values={values}
            errors={errors}
            onChange={(name, value) => setValues((old) => ({ ...old, [name]: value }))}
          />
        ))}
        <div className="form-actions">
          <Button type="submit" kind="primary" busy={busy || leaving} busyText="Creating the account">
            {last ? "Create account" : "Continue"}
          </Button>
          {at > 0 && (
            <Button kind="quiet" onClick={() => setAt(at - 1)}>
              Back
            </Button>
          )}
        </div>
      </form>
    </Doorway>
  )
}

/** Moves the focus to the first field of a page that was turned to. */
function useArrival(box: React.RefObject<HTMLFormElement | null>, at: number): void {
  const before = useRef(at)
  useEffect(() => {
    if (before.current !== at) box.current?.querySelector<HTMLElement>("input:not([readonly]), select")?.focus()
    before.current = at
  }, [box, at])
}

/** Moves the focus to the first field that is wrong. */
function useFirstError(box: React.RefObject<HTMLFormElement | null>, errors: Record<string, string>): void {
  useEffect(() => {
    if (Object.keys(errors).length > 0) box.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus()
  }, [box, errors])
}
