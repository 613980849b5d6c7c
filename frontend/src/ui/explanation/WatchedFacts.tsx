import type { ReactNode } from "react"

import type { Exchange, OptionNote, Watched } from "../../api/types"
import { Facts } from "../Facts"
import { Note } from "../Note"
import { Prose } from "../Prose"

/** What a ceremony of an app has beside one of the lab's: the server's verdict, the requests around it, what its options lack. */
export function WatchedFacts({ source, watched: w }: { source: string; watched: Watched }) {
  const facts: [string, ReactNode][] = [
    ["source", source],
    ["the lab says", `${w.verdict.ours || "nothing yet"}${w.verdict.step && `, at step ${w.verdict.step}`}`],
    ["its server says", w.verdict.server || "nothing yet"],
    ["begin", exchanged(w.begin)],
    ["complete", exchanged(w.complete)],
  ]
  if (w.complete?.body) facts.push(["the server's words", <code title={w.complete.body}>{w.complete.body}</code>])
  if (w.top_origin) facts.push(["inside of", <code>{w.top_origin}</code>])
  if (w.mediation) facts.push(["mediation", w.mediation])
  return (
    <section aria-label="Beside its server">
      {w.verdict.gains && (
        <Note tone="bad" title="What an attacker gains">
          <p>
            <Prose text={w.verdict.gains} />
          </p>
        </Note>
      )}
      <Facts facts={facts} />
      <OptionNotes notes={w.options} />
    </section>
  )
}

/** What the options of a page lack; nothing where they lack nothing. */
export function OptionNotes({ notes }: { notes: readonly OptionNote[] }) {
  if (notes.length === 0) return null
  return (
    <Note tone={notes.some((o) => o.level === "wrong") ? "warn" : "info"} title="What the options of the page lack">
      <ul>
        {notes.map((o) => (
          <Lack key={o.option} note={o} />
        ))}
      </ul>
    </Note>
  )
}

function Lack({ note: n }: { note: OptionNote }) {
  return (
    <li>
      <code>{n.option}</code> ({n.level}): <Prose text={n.why} /> Write: <Prose text={n.write} />
    </li>
  )
}

function exchanged(x: Exchange | null | undefined): ReactNode {
  if (!x) return "not seen"
  const line = `${x.method} ${x.url} ${x.status || x.failed || "without an answer"}`
  return <code title={line}>{line}</code>
}
