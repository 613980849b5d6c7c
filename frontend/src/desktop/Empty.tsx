import type { ReactNode } from "react"

import { Icon, type IconShape } from "../ui/Icon"
import css from "./Empty.module.css"

/** What a list says when it has no rows: what would be here, and how to get the first. */
export function Empty({ icon, title, text, children }: { icon: IconShape; title: string; text: string; children?: ReactNode }) {
  return (
    <div className={css.empty}>
      <span className={css.emptyIcon}>
        <Icon icon={icon} size="large" />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {children && <div className={css.emptyActions}>{children}</div>}
    </div>
  )
}
