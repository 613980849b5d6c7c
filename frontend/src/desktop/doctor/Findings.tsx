import { type ReactNode, useState } from "react"

import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import type { Finding } from "../lab"
import { FindingRow } from "./FindingRow"
import css from "./Findings.module.css"

interface Props {
  title: string
  findings: readonly Finding[]
  /** Those of the other groups too: what one finding hides is among them. */
  all: readonly Finding[]
  /** Unfolded until somebody folds it, or the other way round. */
  open: boolean
  /** Beside the heading. */
  children?: ReactNode
}

/** The findings of one verdict, under a heading that folds them. */
export function Findings({ title, findings, all, open, children }: Props) {
  const [pressed, press] = useState<boolean>()
  if (findings.length === 0) return null
  const shown = pressed ?? open
  return (
    <section className={css.findings} aria-label={`${title}: ${findings.length}`}>
      <div className={css.findingsHead}>
        <h2>
          <button type="button" aria-expanded={shown} onClick={() => press(!shown)}>
            <Icon icon={icons.down} size="small" />
            {title} <span className="faint">{findings.length}</span>
          </button>
        </h2>
        {children}
      </div>
      {shown && (
        <ul className="card">
          {findings.map((finding) => (
            <FindingRow key={finding.id} finding={finding} all={all} />
          ))}
        </ul>
      )}
    </section>
  )
}
