import { ActionIcon, Switch, Tooltip } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useState } from "react"

import { Badge, type Tone } from "../../ui/Badge"
import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { FaultNote } from "../../ui/FaultNote"
import { Confirm } from "../Confirm"
import { useGo } from "../going"
import { Id } from "../Id"
import { lab, type VirtualKey, type VirtualState } from "../lab"
import { CounterEdit } from "./CounterEdit"
import { useChange } from "./useChange"
import css from "./KeyRow.module.css"

const tones: Record<string, { tone: Tone; why: string }> = {
  active: { tone: "good", why: "The lab knows this passkey." },
  revoked: { tone: "warn", why: "The lab removed this passkey; the authenticator still offers it." },
}
const unknown: { tone: Tone; why: string } = { tone: "plain", why: "The lab never saw it, or was reset since." }

/** One key, and what can be done to it. */
export function KeyRow({ virtualKey: k, onTold }: { virtualKey: VirtualKey; onTold: (state: VirtualState) => void }) {
  const go = useGo()
  const [forgetting, setForgetting] = useState(false)
  const { change, busy, fault } = useChange(onTold)
  const name = k.user_name || "nobody named"
  const { tone, why } = tones[k.status] ?? unknown
  return (
    <>
      <tr>
        <th scope="row">
          <div className="two">
            <span className="strong" title={k.user_name}>
              {name}
            </span>
            <span className="marked">
              <Id value={k.id} what="the credential id" />
              <span className={`faint ${css.keyRp}`} title={`RP ID ${k.rp_id}`}>
                at <code>{k.rp_id}</code>
              </span>
            </span>
          </div>
        </th>
        <td>
          <Badge tone={tone} title={why}>
            {k.status}
          </Badge>
        </td>
        <td>
          <Switch
            size="xs"
            aria-label={`Backup eligible, key of ${name}`}
            checked={k.backup_eligible}
            disabled={busy}
            onChange={() => void change({ do: "flip_be", key: k.id })}
          />
        </td>
        <td>
          <Switch
            size="xs"
            aria-label={`Backed up, key of ${name}`}
            checked={k.backup_state}
            disabled={busy}
            onChange={() => void change({ do: "flip_bs", key: k.id })}
          />
        </td>
        <td>
          <CounterEdit
            value={k.sign_count}
            label={`the counter of the key of ${name}`}
            onSet={(counter) => change({ do: "counter", key: k.id, counter })}
          />
        </td>
        <td>
          <span className="row-acts">
            {k.passkey_id !== "" && (
              <Tooltip label="Show the passkey">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Show the passkey of ${name}`}
                  onClick={() => go({ panel: "passkeys", id: k.passkey_id })}
                >
                  <Icon icon={icons.passkey} />
                </ActionIcon>
              </Tooltip>
            )}
            <Tooltip label="Forget">
              <ActionIcon
                className="act"
                variant="subtle"
                color="gray"
                aria-label={`Forget the key of ${name}`}
                onClick={() => setForgetting(true)}
              >
                <Icon icon={icons.bin} />
              </ActionIcon>
            </Tooltip>
          </span>
          {forgetting && (
            <Confirm
              title={`Forget the key of ${name}?`}
              verb="Forget the key"
              onClose={() => setForgetting(false)}
              onConfirm={async () => {
                const after = await lab.changeVirtual({ do: "forget", key: k.id })
                notifications.show({ message: `The authenticator has forgotten the key of ${name}.` })
                onTold(after)
              }}
            >
              <p>
                The authenticator loses this key for good, as a security key that is lost.{" "}
                {k.passkey_id !== "" && k.status === "active"
                  ? "The lab's passkey stays, and nobody can sign in with it any more."
                  : "Nothing changes in the lab."}
              </p>
            </Confirm>
          )}
        </td>
      </tr>
      {fault && (
        <tr>
          <td colSpan={6}>
            <FaultNote fault={fault} focus />
          </td>
        </tr>
      )}
    </>
  )
}
