import { type FormEvent, useEffect, useRef, useState } from "react"

import { lab } from "../api/http"
import type { Passkey, Signal } from "../api/types"
import { Badge } from "../ui/Badge"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Field } from "../ui/Field"
import { When } from "../ui/When"
import { nameError } from "./AddPasskey"
import { tellNames } from "./names"
import { RemovePasskey } from "./RemovePasskey"
import { person, useSession } from "./session"
import { useAct } from "./useAct"

interface Props {
  passkey: Passkey
  /** What happened, and what else is to be known about it; `ask`: what the password manager is told only if the person says so. */
  onChanged: (sentence: string, more?: string, ask?: Signal) => void
}

/** One passkey: what it is, where it lives, when it was used; renamed in place, removed after a question. */
export function PasskeyRow({ passkey, onChanged }: Props) {
  const [mode, setMode] = useState<"show" | "rename" | "remove">("show")
  const { session } = useSession()
  const who = person(session)
  return (
    <li className="row-item">
      <span className="row-icon">
        <Icon icon={passkey.device_type === "platform" ? icons.device : icons.passkey} />
      </span>
      <div className="row-main">
        {mode === "rename" ? (
          <Rename
            passkey={passkey}
            onClose={() => setMode("show")}
            onRenamed={(name) => {
              setMode("show")
              if (who?.user) void tellNames(who.user.traits, who.user.email)
              onChanged(
                `“${passkey.name}” is now called “${name}”.`,
                "That is its name here; a password manager shows the account's own name.",
              )
            }}
          />
        ) : (
          <>
            <p className="row-title">
              <bdi className="row-name">{passkey.name}</bdi>
              <BackupBadge passkey={passkey} />
            </p>
            <Details passkey={passkey} />
          </>
        )}
      </div>
      {mode !== "rename" && (
        <div className="row-actions">
          <Button size="small" kind="quiet" icon={icons.pencil} aria-label={`Rename ${passkey.name}`} onClick={() => setMode("rename")}>
            Rename
          </Button>
          <Button size="small" kind="quiet" icon={icons.bin} aria-label={`Remove ${passkey.name}`} onClick={() => setMode("remove")}>
            Remove
          </Button>
        </div>
      )}
      {mode === "remove" && (
        <RemovePasskey
          passkey={passkey}
          onClose={() => setMode("show")}
          onRemoved={(afterwards, ask) => {
            setMode("show")
            onChanged(`“${passkey.name}” was removed.`, afterwards, ask)
          }}
        />
      )}
    </li>
  )
}

function BackupBadge({ passkey }: { passkey: Passkey }) {
  if (passkey.is_backup_state) {
    return (
      <Badge tone="good" title="Backup eligible and backed up: it is copied to your other devices.">
        Synced
      </Badge>
    )
  }
  if (passkey.is_backup_eligible) {
    return (
      <Badge tone="info" title="Backup eligible, not backed up at its last use.">
        Can be synced
      </Badge>
    )
  }
  return (
    <Badge tone="plain" title="Not backup eligible: it never leaves its authenticator.">
      On this authenticator only
    </Badge>
  )
}

const kinds: Record<string, string> = {
  platform: "built into a device",
  "cross-platform": "security key or phone",
  unknown: "kind not told",
}

function Details({ passkey }: { passkey: Passkey }) {
  return (
    <dl className="row-facts">
      <div>
        <dt>Authenticator</dt>
        <dd>
          {passkey.authenticator || "Unknown"}, {kinds[passkey.device_type] ?? passkey.device_type}
        </dd>
      </div>
      <div>
        <dt>Added</dt>
        <dd>
          <When at={passkey.created_at} />
        </dd>
      </div>
      <div>
        <dt>Last used</dt>
        <dd>
          <When at={passkey.last_used_at} /> {passkey.usage_count > 0 && <>({passkey.usage_count}×)</>}
        </dd>
      </div>
      {passkey.transports.length > 0 && (
        <div>
          <dt>Reached by</dt>
          <dd>{passkey.transports.join(", ")}</dd>
        </div>
      )}
    </dl>
  )
}

function Rename({ passkey, onClose, onRenamed }: { passkey: Passkey; onClose: () => void; onRenamed: (name: string) => void }) {
  const { busy, fault, run } = useAct()
  const [name, setName] = useState(passkey.name)
  const [error, setError] = useState<string>()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.select(), [])

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (busy) return
    const chosen = name.trim()
    const wrong = nameError(chosen)
    setError(wrong)
    if (wrong) return field.current?.focus()
    if (chosen === passkey.name) return onClose()
    await run(async () => {
      onRenamed((await lab.renamePasskey(passkey.id, chosen)).passkey.name)
    })
  }

  return (
    <form
      className="rename"
      noValidate
      aria-label={`Rename ${passkey.name}`}
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <Field
        ref={field}
        label="New name"
        name="name"
        autoComplete="off"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={error ?? (fault?.field === "name" ? fault.message : undefined)}
      />
      {fault && fault.field !== "name" && <FaultNote fault={fault} focus />}
      <div className="row">
        <Button type="submit" size="small" kind="primary" busy={busy} busyText="Saving">
          Save name
        </Button>
        <Button size="small" kind="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
