import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import css from "./Steps.module.css"

const names: Record<string, string> = { details: "Details", password: "Password", passkey: "Passkey" }

/** Where a registration stands. `at` counts pages from 0. */
export function Steps({ pages, at }: { pages: string[][]; at: number }) {
  if (pages.length < 2) return null
  return (
    <ol className={css.steps} aria-label="Steps of the registration">
      {pages.map((page, i) => (
        <li
          key={page.join()}
          className={i < at ? "step step-done" : i === at ? "step step-now" : "step"}
          aria-current={i === at ? "step" : undefined}
        >
          <span className={css.stepDot}>{i < at ? <Icon icon={icons.check} /> : i + 1}</span>
          <span>{page.map((step) => names[step] ?? step).join(" and ")}</span>
        </li>
      ))}
    </ol>
  )
}
