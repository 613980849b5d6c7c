import type { ReactNode } from "react"

/** What a state looks like: a dot and a word. */
export type Tone = "good" | "warn" | "bad" | "info" | "plain"

/** A state in a word, with a dot of its colour; the word alone says it too. */
export function Tag({ tone, title, children }: { tone: Tone; title?: string; children: ReactNode }) {
  return (
    <span className="tag" data-tone={tone} title={title}>
      <span className="dot" aria-hidden="true" />
      {children}
    </span>
  )
}
