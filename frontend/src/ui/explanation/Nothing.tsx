import type { ReactNode } from "react"

import css from "./Nothing.module.css"

/** Why there is nothing to show in a view. */
export function Nothing({ children }: { children: ReactNode }) {
  return <p className={css.nothing}>{children}</p>
}
