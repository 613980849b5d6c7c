import { ActionIcon, Tooltip } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import type { ColumnDef } from "@tanstack/react-table"
import { useCallback, useState } from "react"

import { Badge, type Tone } from "../ui/Badge"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { joined } from "../ui/format"
import { browserVersion } from "../ui/words"
import { Ago } from "./Ago"
import { Confirm } from "./Confirm"
import { Empty } from "./Empty"
import { HistoryPanel } from "./HistoryPanel"
import { Id } from "./Id"
import { lab, type Session } from "./lab"
import { OpenButton } from "./OpenButton"
import css from "./SessionsPanel.module.css"

const topics = ["sessions", "users", "clock"] as const

const rowId = (s: Session) => s.id
const active = (s: Session) => s.state === "active"

/** Who is signed in, how, where and since when; any of it can be ended. `first` is what is searched for at first. */
export function SessionsPanel({ first = "" }: { first?: string | undefined }) {
  const [ending, setEnding] = useState<Session>()
  return (
    <HistoryPanel
      title="Sessions"
      about="Who is signed in, by which method, from which browser. Revoking one signs that browser out with its next request."
      words={["session", "sessions"]}
      searched="address, name or id"
      q={first}
      past={first !== ""}
      read={lab.sessions}
      topics={topics}
      fresh="sessions"
      active={active}
      rowId={rowId}
      columnsWith={useCallback(() => columnsWith(setEnding), [])}
      sortedBy={[{ id: "since", desc: true }]}
      empty={
        <Empty
          icon={icons.sessions}
          title="Nobody is signed in"
          text="Sign in at the lab's own page in your browser. The session appears here while you look."
        >
          <OpenButton page="login" />
          <OpenButton page="register" variant="default" />
        </Empty>
      }
    >
      {(reload) =>
        ending && (
          <Confirm
            title={`Revoke the session of ${ending.email}?`}
            verb="Revoke session"
            onClose={() => setEnding(undefined)}
            onConfirm={async () => {
              await lab.endSession({ id: ending.id })
              notifications.show({ message: `${ending.email} is signed out of ${browserVersion(ending.user_agent)}.` })
              reload()
            }}
          >
            <p>
              {browserVersion(ending.user_agent)} at {ending.address || "an unknown address"} is signed out with its next request
              {ending.views.length > 1 ? `: the ${joined(ending.views)} views of this session end together` : ""}. The account and its
              passkeys stay.
            </p>
          </Confirm>
        )
      }
    </HistoryPanel>
  )
}

function columnsWith(end: (session: Session) => void): ColumnDef<Session>[] {
  return [
    {
      id: "email",
      header: "Person",
      accessorFn: (s) => s.email,
      meta: { track: "minmax(150px, 2.2fr)" },
      cell: ({ row: { original: s } }) => (
        <div className="two">
          <span className="strong" title={s.email}>
            {s.email}
          </span>
          <Id value={s.id} what="the session's id" />
        </div>
      ),
    },
    {
      id: "method",
      header: "Method",
      accessorFn: (s) => s.auth_method,
      meta: { track: "104px" },
      cell: ({ row }) => <Method method={row.original.auth_method} />,
    },
    {
      id: "views",
      header: "Seen by",
      accessorFn: (s) => s.views.join(" "),
      meta: { track: "132px", from: 900 },
      cell: ({ row }) => (
        <span className={css.chips}>
          {row.original.views.map((view) => (
            <span key={view} className="chip">
              {view}
            </span>
          ))}
        </span>
      ),
    },
    {
      id: "state",
      header: "State",
      accessorFn: (s) => s.state,
      meta: { track: "92px" },
      cell: ({ row }) => <Badge tone={tones[row.original.state] ?? "plain"}>{row.original.state}</Badge>,
    },
    {
      id: "where",
      header: "Browser",
      accessorFn: (s) => browserVersion(s.user_agent),
      meta: { track: "minmax(112px, 1.4fr)" },
      cell: ({ row: { original: s } }) => (
        <div className="two">
          <span title={s.user_agent}>{browserVersion(s.user_agent)}</span>
          <code className="faint">{s.address}</code>
        </div>
      ),
    },
    {
      id: "since",
      header: "Signed in",
      accessorFn: (s) => s.authenticated_at,
      meta: { track: "104px" },
      cell: ({ row }) => <Ago at={row.original.authenticated_at} />,
    },
    {
      id: "seen",
      header: "Last seen",
      accessorFn: (s) => s.last_seen_at,
      meta: { track: "104px", from: 780 },
      cell: ({ row }) => <Ago at={row.original.last_seen_at} />,
    },
    {
      id: "expires",
      header: "Ends",
      accessorFn: (s) => s.ended_at ?? s.expires_at,
      meta: { track: "104px", from: 1020 },
      cell: ({ row }) => <Ago at={row.original.ended_at ?? row.original.expires_at} />,
    },
    {
      id: "actions",
      header: () => <span className="visually-hidden">Actions</span>,
      enableSorting: false,
      meta: { track: "44px", align: "end" },
      cell: ({ row: { original: s } }) =>
        s.state === "active" && (
          <Tooltip label="Revoke">
            <ActionIcon
              className="act"
              variant="subtle"
              color="gray"
              aria-label={`Revoke the session of ${s.email}`}
              onClick={() => end(s)}
            >
              <Icon icon={icons.out} />
            </ActionIcon>
          </Tooltip>
        ),
    },
  ]
}

const tones: Record<string, Tone> = { active: "good", expired: "warn", ended: "plain" }

function Method({ method }: { method: string }) {
  return (
    <span className="method" data-method={method}>
      {method === "passkey" && <Icon icon={icons.passkey} size="small" />}
      {method}
    </span>
  )
}
