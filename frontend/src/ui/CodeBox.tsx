import type { ReactNode } from "react"

import css from "./CodeBox.module.css"
import { CopyButton } from "./CopyButton"

interface Props {
  text: string
  /** Names it, for a screen reader and for the button that copies it. */
  what: string
  /** The same text as it is drawn; without it the text itself. */
  children?: ReactNode
}

/** Text of a machine, to read and to copy. */
export function CodeBox({ text, what, children = text }: Props) {
  return (
    <div className={css.box}>
      <div className={css.copy}>
        <CopyButton text={text} what={what} />
      </div>
      <pre className={css.code} tabIndex={0} aria-label={what}>
        {children}
      </pre>
    </div>
  )
}
