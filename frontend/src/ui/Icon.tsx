import type { IconNode } from "lucide"
import { createElement } from "react"

import css from "./Icon.module.css"

export type IconShape = IconNode

interface Props {
  /** One of `icons.ts`. */
  icon: IconShape
  /** small: within a line or a mark; normal: in a button or a list; large: a thing of its own. */
  size?: "small" | "normal" | "large"
}

/** A line icon in the colour of the text around it; decorative, the text beside it says what is meant. */
export function Icon({ icon, size = "normal" }: Props) {
  return (
    <svg className={`${css.icon} ${css[size]}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {icon.map(([tag, attributes], i) => createElement(tag, { key: i, ...attributes }))}
    </svg>
  )
}
