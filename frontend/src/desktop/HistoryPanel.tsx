import { SegmentedControl } from "@mantine/core"
import { useDebouncedValue } from "@mantine/hooks"
import type { ColumnDef, SortingState } from "@tanstack/react-table"
import { type ReactNode, useMemo, useState } from "react"

import * as icons from "../ui/icons"
import { DataTable } from "./DataTable"
import { Empty } from "./Empty"
import type { Page, Query, Topic } from "./lab"
import { ListBody } from "./ListBody"
import { Panel } from "./Panel"
import { useFresh } from "./useFresh"
import { useList } from "./useList"

interface Props<T> {
  title: string
  about: string
  /** What a row is, one and many: "session", "sessions". */
  words: readonly [string, string]
  /** What a search looks into: "address, name or id". */
  searched: string
  /** What is searched for at first. */
  q?: string
  /** Rows that are over are shown from the start. */
  past?: boolean
  read: (asked: Query) => Promise<Page<T>>
  topics: readonly Topic[]
  /** The topic whose new rows stand out. */
  fresh: Topic
  /** Whether a row is still good for something. */
  active: (row: T) => boolean
  rowId: (row: T) => string
  /** Keep it stable. */
  columnsWith: (reload: () => void) => ColumnDef<T>[]
  sortedBy: SortingState
  onOpen?: (row: T) => void
  /** Drawn where there are no rows and nothing was searched for. */
  empty: ReactNode
  /** What stands over the table: questions, a drawer. */
  children: (reload: () => void) => ReactNode
}

/** A panel with a table of what is active, or of all that ever was. */
export function HistoryPanel<T>(p: Props<T>) {
  const [q, setQ] = useState(p.q ?? "")
  const [search] = useDebouncedValue(q.trim(), 200)
  const [which, setWhich] = useState(p.past ? "all" : "active")
  const list = useList(p.read, search, p.topics)
  const fresh = useFresh(p.fresh)
  const { columnsWith } = p
  const columns = useMemo(() => columnsWith(list.reload), [columnsWith, list.reload])
  const [one, many] = p.words
  return (
    <Panel
      title={p.title}
      about={p.about}
      fill
      search={{ value: q, onChange: setQ, placeholder: `Search ${many}` }}
      actions={
        <SegmentedControl
          size="sm"
          aria-label={`Which ${many}`}
          value={which}
          onChange={setWhich}
          data={[
            { value: "active", label: "Active" },
            { value: "all", label: "All" },
          ]}
        />
      }
    >
      <ListBody
        rows={
          list.rows.state === "ready" ? { ...list.rows, data: list.rows.data.filter((row) => which === "all" || p.active(row)) } : list.rows
        }
        what={many}
        damaged={list.damaged}
        reload={list.reload}
        empty={
          search === "" ? (
            p.empty
          ) : (
            <Empty icon={icons.search} title={`No ${one} matches`} text={`Nothing here has “${search}” in its ${p.searched}.`} />
          )
        }
      >
        {(rows) => (
          <DataTable
            label={p.title}
            rows={rows}
            columns={columns}
            rowId={p.rowId}
            rowClass={(row) => (fresh.has(p.rowId(row)) ? "fresh" : p.active(row) ? undefined : "past")}
            {...(p.onOpen && { onOpen: p.onOpen })}
            sortedBy={p.sortedBy}
            more={list.more}
            onMore={list.loadMore}
          />
        )}
      </ListBody>
      {p.children(list.reload)}
    </Panel>
  )
}
