import { Button } from "@mantine/core"
import type { ReactNode } from "react"

import { FaultNote } from "../ui/FaultNote"
import type { Load } from "../ui/load"
import { TableWaiting } from "./DataTable"

interface Props<T> {
  rows: Load<T[]>
  /** Names what is loaded: "sessions". */
  what: string
  /** Drawn where there are no rows. */
  empty: ReactNode
  reload: () => void
  children: (rows: T[]) => ReactNode
}

/** Draws a list in each of its states: loading, failed, empty, there. */
export function ListBody<T>({ rows, what, empty, reload, children }: Props<T>) {
  switch (rows.state) {
    case "loading":
      return <TableWaiting what={what} />
    case "failed":
      return (
        <FaultNote fault={rows.fault}>
          <Button size="xs" variant="default" onClick={reload}>
            Try again
          </Button>
        </FaultNote>
      )
    case "ready":
      return rows.data.length === 0 ? empty : children(rows.data)
  }
}
