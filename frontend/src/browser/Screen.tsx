import type { ReactNode } from "react"

import { Note } from "../ui/Note"
import { usePlace } from "./router"
import css from "./Screen.module.css"

interface Props {
  title: string
  /** One sentence under the title. */
  lead?: ReactNode
  children?: ReactNode
}

/** A page with a title across its width, and what the page before had to say. */
export function Screen({ title, lead, children }: Props) {
  return (
    <div className={css.screen}>
      <title>{`${title} · STING Companion`}</title>
      <div>
        <h1 tabIndex={-1}>{title}</h1>
        {lead && <p className="lead">{lead}</p>}
      </div>
      <Baggage />
      {children}
    </div>
  )
}

/** The sentence that the page before sent along. */
export function Baggage() {
  const { baggage } = usePlace()
  if (!baggage.note) return null
  return (
    <Note tone="info" role="status">
      <p>{baggage.note}</p>
    </Note>
  )
}
