import { useMemo, useState } from "react"

import type { ExplainedSpan, Explanation } from "../../api/types"
import { CopyButton } from "../CopyButton"
import { count } from "../format"
import { type Part, partsOf, shortField, toHex, valueOf } from "./parts"
import { HexView } from "./HexView"
import { Nothing } from "./Nothing"
import css from "./Bytes.module.css"

interface Props {
  /** What holds the answer of a browser. */
  answer: unknown
  explanation: Explanation
}

/** The bytes of an answer beside its fields: pointing at either lights the other. */
export function Bytes({ answer, explanation }: Props) {
  const [lit, setLit] = useState<string>()
  const parts = useMemo(() => partsOf(answer, explanation.ranges), [answer, explanation.ranges])
  if (parts.length === 0) return <Nothing>There are no bytes here: the browser answered without a credential.</Nothing>
  return (
    <div className={css.parts}>
      {parts.map((part) => (
        <section key={part.name} aria-label={part.name}>
          <header className={css.head}>
            <h3>{part.name}</h3>
            <span className={css.size}>{count(part.bytes.length, "byte")}</span>
            <CopyButton text={toHex(part.bytes)} what={`${part.name} in hex`} />
          </header>
          <div className={css.body}>
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
  span: ExplainedSpan
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
        className={css.field}
        data-lit={lit || undefined}
        title={`${span.field}: bytes ${span.offset} to ${span.offset + span.length - 1}\n${value}`}
        onPointerEnter={() => onLight(span.field)}
        onPointerLeave={() => onLight(undefined)}
        onFocus={() => onLight(span.field)}
        onBlur={() => onLight(undefined)}
        onClick={({ currentTarget }) =>
          currentTarget.closest("section")?.querySelector(`[data-i="${span.offset}"]`)?.scrollIntoView({ block: "nearest" })
        }
      >
        <span>{shortField(span.field)}</span>
        <code>{value}</code>
      </button>
    </li>
  )
}
