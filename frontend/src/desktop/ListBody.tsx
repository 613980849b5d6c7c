import type { ReactNode } from "react"

import type { Load } from "../ui/load"
import { Note } from "../ui/Note"
import { Prose } from "../ui/Prose"
import type { Damaged } from "./lab"
import { Loaded } from "./Loaded"

interface Props<T> {
  rows: Load<T[]>
  /** Names what is loaded: "sessions". */
  what: string
  /** What is missing in the list, because it can't be read any more. */
  damaged?: Damaged[]
  /** Drawn where there are no rows. */
  empty: ReactNode
  reload: () => void
  children: (rows: T[]) => ReactNode
}

/** Draws a list in each of its states: loading, failed, empty, there. */
export function ListBody<T>({ rows, what, damaged = [], empty, reload, children }: Props<T>) {
  return (
    <>
      {damaged.length > 0 && (
        <Note tone="bad" title="Something is missing here">
          {damaged.map((d) => (
            <p key={d.id}>
              <Prose text={`${d.text} ${d.fix}`} />
            </p>
          ))}
        </Note>
      )}
      <Loaded value={rows} what={what} reload={reload}>
        {(data) => (data.length === 0 ? empty : children(data))}
      </Loaded>
    </>
  )
}
