import { ActionIcon, Tooltip } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import type { ColumnDef } from "@tanstack/react-table"
import { useCallback, useState } from "react"

import { Badge } from "../ui/Badge"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { Ago } from "./Ago"
import { Confirm } from "./Confirm"
import { Empty } from "./Empty"
import { HistoryPanel } from "./HistoryPanel"
import { Id } from "./Id"
import { lab, type Passkey } from "./lab"
import { OpenButton } from "./OpenButton"
import { PasskeyDrawer } from "./PasskeyDrawer"
import { Rename } from "./Rename"
import { VirtualMark } from "./VirtualMark"

const topics = ["passkeys", "users", "clock"] as const

const rowId = (p: Passkey) => p.id
const active = (p: Passkey) => p.status === "active"

/**
 * Every credential that was registered here, whose it is and how it has been used. `first` is the id of the
 * one that is inspected at first.
 */
export function PasskeysPanel({ first }: { first?: string | undefined }) {
  const [inspected, setInspected] = useState(first)
  const [removing, setRemoving] = useState<Passkey>()
  return (
    <HistoryPanel
      title="Passkeys"
      about={
        "Each credential with its owner, its authenticator and its use. A removed one leaves a tombstone, so that a " +
        "late sign-in can be explained."
      }
      words={["passkey", "passkeys"]}
      searched="name, owner or id"
      past={first !== undefined}
      read={lab.passkeys}
      topics={topics}
      fresh="passkeys"
      active={active}
      rowId={rowId}
      columnsWith={useCallback((reload) => columnsWith(setInspected, setRemoving, reload), [])}
      sortedBy={[{ id: "created", desc: true }]}
      onOpen={(p) => setInspected(p.id)}
      empty={
        <Empty
          icon={icons.passkey}
          title="No passkeys yet"
          text="Register in your browser: after the password it offers to create one. Somebody who is signed in adds more under settings."
        >
          <OpenButton page="register" />
          <OpenButton page="settings" variant="default" />
        </Empty>
      }
    >
      {(reload) => (
        <>
          <PasskeyDrawer id={inspected} onClose={() => setInspected(undefined)} />
          {removing && (
            <Confirm
              title={`Remove “${removing.name}”?`}
              verb="Remove passkey"
              onClose={() => setRemoving(undefined)}
              onConfirm={async () => {
                await lab.removePasskey({ id: removing.id })
                notifications.show({ message: `“${removing.name}” of ${removing.email} is removed.` })
                reload()
              }}
            >
              <p>
                {removing.email} can no longer sign in with it. The password manager or the key still holds its half and may go on offering
                it; that one is deleted there.
              </p>
            </Confirm>
          )}
        </>
      )}
    </HistoryPanel>
  )
}

function columnsWith(inspect: (id: string) => void, remove: (passkey: Passkey) => void, reload: () => void): ColumnDef<Passkey>[] {
  return [
    {
      id: "name",
      header: "Name",
      accessorFn: (p) => p.name,
      meta: { track: "minmax(150px, 2fr)" },
      cell: ({ row: { original: p } }) => (
        <div className="two">
          <Rename
            name={p.name}
            label={`the passkey “${p.name}” of ${p.email}`}
            disabled={p.status !== "active"}
            onRename={async (name) => {
              await lab.renamePasskey({ id: p.id, name })
              reload()
            }}
          />
          <span className="marked">
            <Id value={p.credential_id} what="the credential id" />
            {p.virtual && <VirtualMark />}
          </span>
        </div>
      ),
    },
    {
      id: "email",
      header: "Person",
      accessorFn: (p) => p.email,
      meta: { track: "minmax(112px, 1.5fr)" },
      cell: ({ row }) => <span title={row.original.email}>{row.original.email}</span>,
    },
    {
      id: "authenticator",
      header: "Authenticator",
      accessorFn: (p) => p.authenticator,
      meta: { track: "minmax(120px, 1.3fr)", from: 700 },
      cell: ({ row: { original: p } }) => (
        <div className="two">
          <span title={`${p.aaguid}, ${p.device_type}`}>{p.authenticator || "Unknown"}</span>
          <span className="faint">{p.transports.length > 0 ? p.transports.join(", ") : p.device_type}</span>
        </div>
      ),
    },
    {
      id: "algorithm",
      header: "Algorithm",
      accessorFn: (p) => p.algorithm,
      meta: { track: "92px", from: 860 },
      cell: ({ row }) => <code title={`attestation: ${row.original.attestation_format}`}>{row.original.algorithm}</code>,
    },
    {
      id: "counter",
      header: "Counter",
      accessorFn: (p) => p.sign_count,
      meta: { track: "82px", align: "end", from: 980 },
      cell: ({ row }) => <code title={`used ${row.original.usage_count} times`}>{row.original.sign_count}</code>,
    },
    {
      id: "backup",
      header: "Backed up",
      accessorFn: (p) => backup(p).word,
      meta: { track: "104px", from: 580 },
      cell: ({ row }) => <Backup passkey={row.original} />,
    },
    {
      id: "used",
      header: "Last used",
      accessorFn: (p) => p.last_used_at ?? "",
      meta: { track: "100px" },
      cell: ({ row }) => <Ago at={row.original.last_used_at} />,
    },
    {
      id: "created",
      header: "Created",
      accessorFn: (p) => p.created_at,
      meta: { track: "100px", from: 780 },
      cell: ({ row }) => <Ago at={row.original.created_at} />,
    },
    {
      id: "actions",
      header: () => <span className="visually-hidden">Actions</span>,
      enableSorting: false,
      meta: { track: "104px", align: "end" },
      cell: ({ row: { original: p } }) => (
        <span className="row-acts">
          {p.status !== "active" && <span className="chip">removed</span>}
          <Tooltip label="Inspect">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Inspect the passkey “${p.name}” of ${p.email}`}
              onClick={() => inspect(p.id)}
            >
              <Icon icon={icons.eye} />
            </ActionIcon>
          </Tooltip>
          {p.status === "active" && (
            <Tooltip label="Remove">
              <ActionIcon
                className="act"
                variant="subtle"
                color="gray"
                aria-label={`Remove the passkey “${p.name}” of ${p.email}`}
                onClick={() => remove(p)}
              >
                <Icon icon={icons.bin} />
              </ActionIcon>
            </Tooltip>
          )}
        </span>
      ),
    },
  ]
}

/** The backup flags in a word: BE says that it may be copied to other devices, BS that it has been. */
function backup(p: Passkey): { word: string; why: string } {
  if (p.is_backup_state) return { word: "yes", why: "Synced or backed up: flags BE and BS are set." }
  if (p.is_backup_eligible) return { word: "not yet", why: "May be synced, has not been: flag BE is set, BS is not." }
  return { word: "device only", why: "Bound to one device: flag BE is not set." }
}

function Backup({ passkey }: { passkey: Passkey }) {
  const { word, why } = backup(passkey)
  return (
    <Badge tone={passkey.is_backup_state ? "good" : "plain"} title={why}>
      {word}
    </Badge>
  )
}
