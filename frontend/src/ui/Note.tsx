import type { ReactNode } from "react"

import type { Tone as AnyTone } from "./Badge"
import { Icon, type IconShape } from "./Icon"
import * as icons from "./icons"

type Tone = Exclude<AnyTone, "plain">

const shapes: Record<Tone, IconShape> = { good: icons.check, warn: icons.warn, bad: icons.stop, info: icons.info }

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
      <Icon icon={shapes[tone]} />
      <div className="note-text">
        {title && <p className="note-title">{title}</p>}
        {children}
      </div>
    </div>
  )
}
