import type { ReactNode } from "react"

import type { Tone } from "./Note"

/** A short state beside a name. */
export function Badge({ tone, title, children }: { tone: Tone | "plain"; title?: string; children: ReactNode }) {
  return (
    <span className={`badge badge-${tone}`} title={title}>
      {children}
    </span>
  )
}
