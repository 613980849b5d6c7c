import { type ReactNode, useId } from "react"

import { Badge } from "../ui/Badge"
import { Prose } from "../ui/Prose"
import type { Ability } from "./abilities"
import css from "./AbilityCard.module.css"

interface Props {
  title: string
  abilities: Ability[]
  /** The method that was asked. */
  source?: string
  wide?: boolean
  /** What to say where there are none. */
  children?: ReactNode
}

/** Some abilities of a browser, each with what it means and what to do without it. */
export function AbilityCard({ title, abilities, source, wide = false, children }: Props) {
  const heading = useId()
  return (
    <section className={wide ? "card card-wide" : "card"} aria-labelledby={heading}>
      <div className="card-head">
        <h2 id={heading}>{title}</h2>
        {source && abilities.length > 0 && <code className={css.checkSource}>{source}</code>}
      </div>
      {abilities.length === 0 && <p className="check-note">{children}</p>}
      {abilities.length > 0 && (
        <ul className={css.checks}>
          {abilities.map((ability) => (
            <Row key={ability.id} ability={ability} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Row({ ability: { id, title, can, says, todo } }: { ability: Ability }) {
  const harmless = todo.startsWith("Nothing")
  return (
    <li className={css.check} data-ability={id}>
      <Badge tone={can === null || (!can && harmless) ? "plain" : can ? "good" : "warn"}>
        {can === null ? "Unknown" : can ? "Yes" : "No"}
      </Badge>
      <div className={css.checkText}>
        <p className={css.checkTitle}>{title}</p>
        <p>{says}</p>
        {todo && (
          <p className={harmless ? "check-note" : "check-todo"}>
            <Prose text={todo} />
          </p>
        )}
      </div>
    </li>
  )
}
