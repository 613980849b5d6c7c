import type { ReactNode } from "react"

import { Glyph, type GlyphName } from "./Glyph"

/** What a list says when it has no rows: what would be here, and how to get the first. */
export function Empty({ icon, title, text, children }: { icon: GlyphName; title: string; text: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Glyph name={icon} size={26} />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {children && <div className="empty-actions">{children}</div>}
    </div>
  )
}
