import type { ReactNode } from "react"

import type { Load } from "../ui/load"
import { Loaded } from "./Loaded"

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
  return (
    <Loaded value={rows} what={what} reload={reload}>
      {(data) => (data.length === 0 ? empty : children(data))}
    </Loaded>
  )
}
