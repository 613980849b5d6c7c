import type { ReactNode } from "react"

import { Icon, type IconShape } from "../ui/Icon"

/** What a list says when it has no rows: what would be here, and how to get the first. */
export function Empty({ icon, title, text, children }: { icon: IconShape; title: string; text: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon icon={icon} size="large" />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {children && <div className="empty-actions">{children}</div>}
    </div>
  )
}
