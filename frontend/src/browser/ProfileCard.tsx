import { type FormEvent, useRef, useState } from "react"

import { lab } from "../api/http"
import type { Flow, NextStep } from "../api/kratos"
import { Badge } from "../ui/Badge"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Note } from "../ui/Note"
import { messagesOf, mistakesOf } from "./kratosWords"
import { tellNames } from "./names"
import { profileFields, profileValues } from "./profile"
import { mistakes, traitsOf } from "./registration"
import { Link } from "./router"
import { TraitField } from "./TraitField"
import { useAct } from "./useAct"
import type { SettingsFlow } from "./useSettingsFlow"

/** The traits of a person, as their identity schema has them, to be changed. */
export function ProfileCard({ settings, flow }: { settings: SettingsFlow; flow: Flow }) {
  const { busy, fault, run } = useAct()
  const [form] = useLoad(lab.registrationForm)
  const fields = profileFields(flow, form.state === "ready" ? form.data.fields : [])
  const [values, setValues] = useState(() => profileValues(flow))
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [answer, setAnswer] = useState<Flow>()
  const box = useRef<HTMLFormElement>(null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (busy) return
    setAnswer(undefined)
    const wrong = mistakes(fields, undefined, values)
    setErrors(wrong)
    if (Object.keys(wrong).length > 0) return focusFirst(box.current, wrong)
    await run(async () => {
      const next = await settings.submit({ method: "profile", traits: traitsOf(fields, values) })
      const refused = mistakesOf(next)
      setAnswer(next)
      setErrors(refused)
      if (next.state === "success") {
        setValues(profileValues(next))
        const traits = next.identity?.traits ?? {}
        void tellNames(traits, String(traits["email"] ?? ""))
      }
      focusFirst(box.current, refused)
    })
  }

  const addresses = flow.identity?.verifiable_addresses ?? []
  return (
    <section className="card" aria-labelledby="profile">
      <div className="card-head">
        <h2 id="profile">Profile</h2>
        {addresses.length > 0 && (
          <Badge tone={addresses.every((address) => address.verified) ? "good" : "warn"}>
            {addresses.every((address) => address.verified) ? "Address verified" : "Address not verified"}
          </Badge>
        )}
      </div>
      <div role="status">{answer?.state === "success" && <Note tone="good" title="Your profile was saved." />}</div>
      {answer && <Verify steps={answer.continue_with ?? []} />}
      {answer && messagesOf(answer, "error").map((text) => <Note key={text} tone="bad" title={text} />)}
      {fault && <FaultNote fault={fault} focus />}
      <form className="form narrow" noValidate ref={box} aria-label="Your profile" onSubmit={(event) => void submit(event)}>
        {fields.map((field) => (
          <TraitField
            key={field.name}
            field={field}
            value={values[field.name] ?? ""}
            error={errors[field.name]}
            onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
          />
        ))}
        <div>
          <Button type="submit" kind="primary" busy={busy} busyText="Saving">
            Save profile
          </Button>
        </div>
      </form>
    </section>
  )
}

/** A new address gets a code at once; here is where to type it. */
function Verify({ steps }: { steps: NextStep[] }) {
  return steps.map(
    ({ action, flow }) =>
      action === "show_verification_ui" &&
      flow && (
        <Note key={flow.id} tone="info" role="status">
          <p>A code was sent to {flow.verifiable_address ?? "the new address"}.</p>
          <div className="note-actions">
            <Link
              className="button button-secondary button-small"
              href={`/verification?${new URLSearchParams({ flow: flow.id, return_to: "/settings" })}`}
            >
              Type the code
            </Link>
          </div>
        </Note>
      ),
  )
}

/** Moves the focus to the first field that is wrong. */
function focusFirst(form: HTMLFormElement | null, wrong: Record<string, string>): void {
  const first = Array.from(form?.elements ?? []).find(
    (element) => (element instanceof HTMLInputElement || element instanceof HTMLSelectElement) && element.name in wrong,
  )
  if (first instanceof HTMLElement) first.focus()
}
