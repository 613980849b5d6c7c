import { ActionIcon, Tooltip } from "@mantine/core"
import { useDebouncedValue } from "@mantine/hooks"
import { notifications } from "@mantine/notifications"
import type { ColumnDef } from "@tanstack/react-table"
import { useMemo, useState } from "react"

import { Badge } from "../ui/Badge"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { count, joined } from "../ui/format"
import { Ago } from "./Ago"
import { Confirm } from "./Confirm"
import { DataTable } from "./DataTable"
import { Empty } from "./Empty"
import { Id } from "./Id"
import { lab, type Person } from "./lab"
import { ListBody } from "./ListBody"
import { OpenButton } from "./OpenButton"
import { Panel } from "./Panel"
import { useFresh } from "./useFresh"
import { useList } from "./useList"

const topics = ["users", "passkeys", "sessions"] as const

/** The accounts of the lab and what hangs on each. */
export function PeoplePanel() {
  const [q, setQ] = useState("")
  const [search] = useDebouncedValue(q, 200)
  const [removing, setRemoving] = useState<Person>()
  const list = useList(lab.users, search.trim(), topics)
  const fresh = useFresh("users")
  const columns = useMemo(() => columnsWith(setRemoving), [])
  return (
    <Panel
      title="People"
      about="The accounts of this lab. They live in your home folder and nowhere else."
      fill
      search={{ value: q, onChange: setQ, placeholder: "Search people" }}
    >
      <ListBody
        rows={list.rows}
        what="people"
        damaged={list.damaged}
        reload={list.reload}
        empty={
          search.trim() !== "" ? (
            <Empty icon={icons.search} title="Nobody matches" text={`Nobody here has “${search.trim()}” in their address, name or id.`} />
          ) : (
            <Empty
              icon={icons.people}
              title="No accounts yet"
              text="Register the first person at the lab's own page in your browser. Any address will do: nothing leaves this machine."
            >
              <OpenButton page="register" />
            </Empty>
          )
        }
      >
        {(people) => (
          <DataTable
            label="People"
            rows={people}
            columns={columns}
            rowId={(p) => p.id}
            rowClass={(p) => (fresh.has(p.id) ? "fresh" : undefined)}
            sortedBy={[{ id: "created", desc: true }]}
            more={list.more}
            onMore={list.loadMore}
          />
        )}
      </ListBody>
      {removing && (
        <Confirm
          title={`Remove ${removing.email}?`}
          verb="Remove account"
          onClose={() => setRemoving(undefined)}
          onConfirm={async () => {
            await lab.removeUser({ id: removing.id })
            notifications.show({ message: `${removing.email} is removed.` })
            list.reload()
          }}
        >
          <p>
            {goes(removing)} Whoever is signed in as {removing.email} is signed out with the next request.
          </p>
        </Confirm>
      )}
    </Panel>
  )
}

/** What is deleted together with a person, as a sentence. */
export function goes(p: Person): string {
  const things = ["The account"]
  if (p.password) things.push("its password")
  if (p.passkeys > 0) things.push(count(p.passkeys, "passkey"))
  if (p.sessions > 0) things.push(count(p.sessions, "living session"))
  return `${joined(things)} ${things.length === 1 ? "goes" : "go"}, for good.`
}

function columnsWith(remove: (person: Person) => void): ColumnDef<Person>[] {
  return [
    {
      id: "email",
      header: "Person",
      accessorFn: (p) => p.email,
      meta: { track: "minmax(190px, 2.4fr)" },
      cell: ({ row: { original: p } }) => (
        <div className="two">
          <span className="strong" title={p.email}>
            {p.email}
          </span>
          <Id value={p.id} what="the account's id" />
        </div>
      ),
    },
    {
      id: "name",
      header: "Name",
      accessorFn: (p) => p.name,
      meta: { track: "minmax(110px, 1.4fr)", from: 620 },
      cell: ({ row: { original: p } }) => (p.name !== "" && p.name !== p.email ? p.name : <span className="faint">none given</span>),
    },
    {
      id: "password",
      header: "Password",
      accessorFn: (p) => Number(p.password),
      meta: { track: "98px" },
      cell: ({ row }) => <Badge tone={row.original.password ? "good" : "plain"}>{row.original.password ? "set" : "none"}</Badge>,
    },
    {
      id: "passkeys",
      header: "Passkeys",
      accessorFn: (p) => p.passkeys,
      meta: { track: "92px", align: "end" },
      cell: ({ row }) => <code>{row.original.passkeys}</code>,
    },
    {
      id: "sessions",
      header: "Sessions",
      accessorFn: (p) => p.sessions,
      meta: { track: "92px", align: "end" },
      cell: ({ row }) => <code>{row.original.sessions}</code>,
    },
    {
      id: "state",
      header: "State",
      accessorFn: (p) => p.state,
      meta: { track: "92px", from: 860 },
      cell: ({ row }) => <Badge tone={row.original.state === "active" ? "good" : "warn"}>{row.original.state}</Badge>,
    },
    {
      id: "created",
      header: "Created",
      accessorFn: (p) => p.created_at,
      meta: { track: "104px", from: 700 },
      cell: ({ row }) => <Ago at={row.original.created_at} />,
    },
    {
      id: "actions",
      header: () => <span className="visually-hidden">Actions</span>,
      enableSorting: false,
      meta: { track: "44px", align: "end" },
      cell: ({ row: { original: p } }) => (
        <Tooltip label="Remove">
          <ActionIcon className="act" variant="subtle" color="gray" aria-label={`Remove ${p.email}`} onClick={() => remove(p)}>
            <Icon icon={icons.bin} />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ]
}
