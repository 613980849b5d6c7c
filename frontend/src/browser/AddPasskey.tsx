import type { RegistrationResponseJSON } from "@simplewebauthn/browser"
import { type FormEvent, useRef, useState } from "react"

import { lab } from "../api/http"
import { makePasskey } from "../passkey/ceremonies"
import { cancelledCode } from "../passkey/explain"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Field } from "../ui/Field"
import * as icons from "../ui/icons"
import { browserName } from "../ui/words"
import { CeremonyProgress } from "./CeremonyProgress"
import { useLab } from "./labstate"
import { SupportNote } from "./SupportNote"
import { useAct } from "./useAct"
import { useCeremony } from "./useCeremony"
import css from "./AddPasskey.module.css"

interface Props {
  /** Names that are in use, so that the suggestion is another one. */
  taken: readonly string[]
  onAdded: (sentence: string) => void
}

/** Names a passkey and makes it. */
export function AddPasskey({ taken, onAdded }: Props) {
  const { support } = useLab()
  const { busy, fault, run } = useAct()
  const ceremony = useCeremony()
  const [name, setName] = useState(() => freeName(browserName(navigator.userAgent), taken))
  const [error, setError] = useState<string>()
  const field = useRef<HTMLInputElement>(null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (busy) return
    const chosen = name.trim()
    const wrong = nameError(chosen)
    setError(wrong)
    if (wrong) return field.current?.focus()
    await run(async () => {
      const routes = {
        begin: () => lab.addBegin(chosen),
        complete: (credential: RegistrationResponseJSON, challengeId: string) => lab.addComplete(credential, challengeId, chosen),
      }
      const passkey = await ceremony.run((watcher) => makePasskey(routes, watcher))
      onAdded(`“${passkey.name}” was added.`)
    })
  }

  return (
    <form className={css.add} onSubmit={(event) => void submit(event)} noValidate aria-label="Add a passkey">
      <SupportNote support={support} use="create" />
      {fault && <FaultNote fault={fault} focus calm={fault.code === cancelledCode} />}
      <div className={css.addRow}>
        <Field
          ref={field}
          label="Name of the new passkey"
          name="passkey_name"
          autoComplete="off"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={error}
        />
        <Button
          type="submit"
          kind="primary"
          icon={icons.plus}
          busy={busy}
          busyText="Waiting for your authenticator"
          disabled={support?.state === "blocked"}
        >
          Add a passkey
        </Button>
      </div>
      <CeremonyProgress ceremony={ceremony} />
    </form>
  )
}

/** What is wrong with a passkey's name, or undefined. The lab counts the same way. */
export function nameError(name: string): string | undefined {
  const length = [...name].length
  if (length === 0) return "Give the passkey a name, so that you know it again."
  if (length > 100) return `A name has at most 100 characters; this has ${length}.`
  return undefined
}

/** `name`, or the first of "name 2", "name 3", ... that isn't taken. */
export function freeName(name: string, taken: readonly string[]): string {
  let candidate = name
  for (let i = 2; taken.includes(candidate); i++) candidate = `${name} ${i}`
  return candidate
}
