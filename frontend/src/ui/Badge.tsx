import type { ReactNode } from "react"

import css from "./Badge.module.css"

/** What a state looks like. */
export type Tone = "good" | "warn" | "bad" | "info" | "plain"

interface Props {
  tone: Tone
  /** A dot of the state's colour before the word. */
  dot?: boolean
  title?: string
  children: ReactNode
}

/** A state in a word; the colour only repeats it. */
export function Badge({ tone, dot = false, title, children }: Props) {
  return (
    <span className={css.badge} data-tone={tone} title={title}>
      {dot && <span className={css.dot} aria-hidden="true" />}
      {children}
    </span>
  )
}
