import { Prose } from "../../ui/Prose"
import { Glyph } from "../Glyph"

interface Props {
  tone: "good" | "warn" | "bad" | "info"
  title: string
  cause: string
  fix?: string | undefined
  /** A code of the help. */
  fault?: string | undefined
}

const icons = { good: "check", warn: "bang", bad: "close", info: "clock" } as const

/** How it ended, why, and what to do: the first thing that anybody wants to know. */
export function Verdict({ tone, title, cause, fix, fault }: Props) {
  return (
    <section className="verdict" data-tone={tone} aria-label={`Verdict: ${title}`}>
      <span className="verdict-mark">
        <Glyph name={icons[tone]} size={18} />
      </span>
      <div className="verdict-words">
        <h2>
          {title}
          {fault && (
            <a className="verdict-code" href={`/help/${fault}`}>
              {fault}
            </a>
          )}
        </h2>
        <p>
          <Prose text={cause} />
        </p>
        {fix && (
          <p>
            <strong>What to do:</strong> <Prose text={fix} />
          </p>
        )}
      </div>
    </section>
  )
}
