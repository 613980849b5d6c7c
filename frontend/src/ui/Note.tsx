import type { ReactNode } from "react"

import { Icon, type IconName } from "./Icon"

export type Tone = "good" | "warn" | "bad" | "info"

const icons: Record<Tone, IconName> = { good: "check", warn: "warn", bad: "stop", info: "info" }

interface Props {
  tone: Tone
  title?: string
  /** status: read out when it appears; note: part of the page. A failure is a FaultNote. */
  role?: "status" | "note"
  children?: ReactNode
}

/** A boxed remark. */
export function Note({ tone, title, role = "note", children }: Props) {
  return (
    <div className={`note note-${tone}`} role={role}>
      <Icon name={icons[tone]} />
      <div className="note-text">
        {title && <p className="note-title">{title}</p>}
        {children}
      </div>
    </div>
  )
}
