import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { Prose } from "../../ui/Prose"
import css from "./Verdict.module.css"

interface Props {
  tone: "good" | "warn" | "bad" | "info"
  title: string
  cause: string
  fix?: string | undefined
  /** A code of the help. */
  fault?: string | undefined
}

const shapes = { good: icons.check, warn: icons.warn, bad: icons.close, info: icons.clock } as const

/** How it ended, why, and what to do: the first thing that anybody wants to know. */
export function Verdict({ tone, title, cause, fix, fault }: Props) {
  return (
    <section className="verdict" data-tone={tone} aria-label={`Verdict: ${title}`}>
      <span className={css.verdictMark}>
        <Icon icon={shapes[tone]} />
      </span>
      <div className={css.verdictWords}>
        <h2>
          {title}
          {fault && (
            <a className={css.verdictCode} href={`/help/${fault}`}>
              {fault}
            </a>
          )}
        </h2>
        <p>
          <Prose text={cause} />
        </p>
        {fix && (
          <p>
            <strong>What to do:</strong> <Prose text={fix} />
          </p>
        )}
      </div>
    </section>
  )
}
