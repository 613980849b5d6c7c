import { Note } from "../../ui/Note"
import { Prose } from "../../ui/Prose"
import type { Preflight } from "../lab"

export const verdictTones: Record<Preflight["verdict"], "good" | "bad" | "warn"> = { works: "good", refused: "bad", depends: "warn" }

/** What all families of browsers make of a page and an RP ID, in a word, a sentence, and what to do. */
export function VerdictNote({ answer: a, title, news = false }: { answer: Preflight; title: string; news?: boolean }) {
  return (
    <Note tone={verdictTones[a.verdict]} title={`${title}: ${a.verdict}`} {...(news ? { role: "status" as const } : {})}>
      <Advice says={a.says} fix={a.fix} />
    </Note>
  )
}

/** A sentence, and what to do where there is something. */
export function Advice({ says, fix }: { says: string; fix: string }) {
  return (
    <>
      <p>
        <Prose text={says} />
      </p>
      {fix !== "" && (
        <p>
          <span className="strong">What to do:</span> <Prose text={fix} />
        </p>
      )}
    </>
  )
}
