import { Button } from "@mantine/core"
import type { ReactNode } from "react"

import { FaultNote } from "../ui/FaultNote"
import type { Load } from "../ui/load"
import { TableWaiting } from "./DataTable"

interface Props<T> {
  value: Load<T>
  /** Names what is loaded: "the passkey". */
  what: string
  reload: () => void
  children: (data: T) => ReactNode
}

/** Draws what comes from the lab in each of its states: loading, failed with a way to try again, there. */
export function Loaded<T>({ value, what, reload, children }: Props<T>) {
  switch (value.state) {
    case "loading":
      return <TableWaiting what={what} />
    case "failed":
      return (
        <FaultNote fault={value.fault}>
          <Button size="xs" variant="default" onClick={reload}>
            Try again
          </Button>
        </FaultNote>
      )
    case "ready":
      return children(value.data)
  }
}
