import { type FormEvent, useRef, useState } from "react"

import { lab } from "../api/http"
import type { Flow } from "../api/kratos"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Field } from "../ui/Field"
import { useLoad } from "../ui/load"
import { Note } from "../ui/Note"
import { endOthersElsewhere } from "./endOthersElsewhere"
import { messagesOf, mistakesOf } from "./kratosWords"
import { useAct } from "./useAct"
import type { SettingsFlow } from "./useSettingsFlow"

interface Props {
  settings: SettingsFlow
  email: string | undefined
  title?: string
  onChanged?: () => void
}

/** A new password, once; the old one is proved by the session being fresh. */
export function PasswordCard({ settings, email, title = "Password", onChanged }: Props) {
  const [form] = useLoad(lab.registrationForm)
  const { busy, fault, run } = useAct()
  const [password, setPassword] = useState("")
  const [error, setError] = useState<string>()
  const [answer, setAnswer] = useState<Flow>()
  const [ended, setEnded] = useState<string[]>([])
  const field = useRef<HTMLInputElement>(null)
  const least = form.state === "ready" ? form.data.password.min_length : 8

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (busy) return
    const length = [...password].length
    const wrong =
      length === 0 ? "Type the new password." : length < least ? `Use at least ${least} characters; this has ${length}.` : undefined
    setError(wrong)
    setAnswer(undefined)
    if (wrong) return field.current?.focus()
    await run(async () => {
      const next = await settings.submit({ method: "password", password })
      setAnswer(next)
      const refused = mistakesOf(next)["password"] ?? messagesOf(next, "error")[0]
      setError(refused)
      if (refused) return field.current?.focus()
      setEnded(settings.elsewhere ? await endOthersElsewhere() : messagesOf(next, "info"))
      setPassword("")
      onChanged?.()
    })
  }

  const changed = answer?.state === "success" && error === undefined
  return (
    <section className="card" aria-labelledby="password">
      <h2 id="password" tabIndex={-1}>
        {title}
      </h2>
      <div role="status">
        {changed && (
          <Note tone="good" title="Your password was changed.">
            {ended.length > 0 && <p>{ended.join(" ")}</p>}
          </Note>
        )}
      </div>
      {fault && <FaultNote fault={fault} focus />}
      <form className="form narrow" noValidate aria-label="Change your password" onSubmit={(event) => void submit(event)}>
        <input
          className="visually-hidden"
          type="text"
          name="username"
          autoComplete="username"
          value={email ?? ""}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <Field
          ref={field}
          label="New password"
          type="password"
          name="password"
          autoComplete="new-password"
          required
          help={
            `At least ${least} characters, and not like your address. Your other sessions end with the old password; this ` +
            "browser stays signed in."
          }
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={error}
        />
        <div>
          <Button type="submit" kind="primary" busy={busy} busyText="Changing">
            Change password
          </Button>
        </div>
      </form>
    </section>
  )
}
