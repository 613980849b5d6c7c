import type { ReactNode } from "react"

import { Icon } from "../Icon"
import * as icons from "../icons"
import { Prose } from "../Prose"
import type { Ending } from "./words"
import css from "./Verdict.module.css"

const shapes = { good: icons.check, warn: icons.warn, bad: icons.close, info: icons.clock } as const

/** How it ended, why, and what to do: the first thing that anybody wants to know. */
export function Verdict({ ending: { tone, title, cause, fix, fault }, children }: { ending: Ending; children?: ReactNode }) {
  return (
    <section className={css.verdict} data-tone={tone} aria-label={`Verdict: ${title}`}>
      <span className={css.mark}>
        <Icon icon={shapes[tone]} />
      </span>
      <div className={css.words}>
        <h2>
          {title}
          {fault && (
            <a className={css.code} href={`/help/${fault}`}>
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
        {children}
      </div>
    </section>
  )
}
