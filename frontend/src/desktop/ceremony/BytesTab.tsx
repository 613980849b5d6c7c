import { useMemo, useState } from "react"

import { CopyButton } from "../../ui/CopyButton"
import type { Explanation, Span } from "../lab"
import { count } from "../words"
import { type Part, partsOf, shortField, toHex, valueOf } from "./bytes"
import { HexView } from "./HexView"
import css from "./BytesTab.module.css"

interface Props {
  /** What holds the answer of a browser. */
  answer: unknown
  explanation: Explanation
}

/** The bytes of an answer beside its fields: pointing at either lights the other. */
export function BytesTab({ answer, explanation }: Props) {
  const [lit, setLit] = useState<string>()
  const parts = useMemo(() => partsOf(answer, explanation.ranges), [answer, explanation.ranges])
  if (parts.length === 0) return <p className="faint tab-empty">There are no bytes here: the browser answered without a credential.</p>
  return (
    <div className={css.parts}>
      {parts.map((part) => (
        <section key={part.name} className="part" aria-label={part.name}>
          <header className={css.partHead}>
            <h3>{part.name}</h3>
            <span className="faint">{count(part.bytes.length, "byte")}</span>
            <CopyButton text={toHex(part.bytes)} what={`${part.name} in hex`} />
          </header>
          <div className="part-body">
            <HexView part={part} lit={lit} onLight={setLit} />
            {part.spans.length > 0 && (
              <ul className={css.fields} aria-label={`Fields of ${part.name}`}>
                {part.spans.map((span) => (
                  <Field
                    key={`${span.field} ${span.offset}`}
                    part={part}
                    span={span}
                    lit={lit === span.field}
                    explanation={explanation}
                    onLight={setLit}
                  />
                ))}
              </ul>
            )}
          </div>
        </section>
      ))}
    </div>
  )
}

interface FieldProps {
  part: Part
  span: Span
  lit: boolean
  explanation: Explanation
  onLight: (field: string | undefined) => void
}

function Field({ part, span, lit, explanation, onLight }: FieldProps) {
  const value = valueOf(part, span, explanation.decoded)
  return (
    <li>
      <button
        type="button"
        className="field-row"
        data-lit={lit || undefined}
        title={`${span.field}: bytes ${span.offset} to ${span.offset + span.length - 1}\n${value}`}
        onPointerEnter={() => onLight(span.field)}
        onPointerLeave={() => onLight(undefined)}
        onFocus={() => onLight(span.field)}
        onBlur={() => onLight(undefined)}
        onClick={({ currentTarget }) =>
          currentTarget.closest(".part-body")?.querySelector(`[data-i="${span.offset}"]`)?.scrollIntoView({ block: "nearest" })
        }
      >
        <span className="field-name">{shortField(span.field)}</span>
        <code>{value}</code>
      </button>
    </li>
  )
}
