import type { ReactNode } from "react"

import type { Ceremony } from "../../api/types"
import { Facts } from "../Facts"
import { took } from "../format"
import { Note } from "../Note"
import { endingOf } from "./words"
import { browserVersion } from "../words"
import { Explained } from "./Explained"
import { viewOf } from "./record"
import { Verdict } from "./Verdict"
import { WatchedFacts } from "./WatchedFacts"
import css from "./CeremonyExplanation.module.css"

interface Props {
  ceremony: Ceremony
  /** Draws a moment of the wire. */
  moment: (at: string) => ReactNode
  /** Draws the id of what the ceremony was about. */
  named: (what: "passkey" | "session", id: string) => ReactNode
  /** What stands below the verdict. */
  children?: ReactNode
}

/** One ceremony for the developer: what came of it and what to do, where and when, then every step, then the bytes. */
export function CeremonyExplanation({ ceremony: c, moment, named, children }: Props) {
  const record = viewOf(c.record)
  return (
    <div className={css.explanation}>
      <Verdict ending={endingOf(c)}>{children}</Verdict>
      {c.withheld && (
        <Note tone="info" title="What the lab knows of the passkey is left out here">
          <p>
            The answer does not prove that this browser holds the passkey&apos;s key, so its owner, public key, counter and user handle are
            not shown. On this machine <code>sting ceremonies {c.id}</code> shows everything, and so does this page to the
            owner, signed in.
          </p>
        </Note>
      )}
      {c.differs.length > 0 && (
        <Note tone="warn" title="The verifier and the explainer don't agree">
          {c.differs.map((line) => (
            <p key={line}>{line}</p>
          ))}
          <p>The verifier decides who is signed in. The explainer computes every step itself; export the record to look into it.</p>
        </Note>
      )}
      <Facts facts={factsOf(c, moment, named)} />
      {c.watched && <WatchedFacts source={c.source} watched={c.watched} />}
      <Explained
        explanation={c.explanation ?? undefined}
        unexplained={
          c.state === "running"
            ? "The browser has not answered yet. The steps appear here when it does."
            : "Nothing was answered, so there is nothing to verify."
        }
        refusal={c.state === "rejected" && c.source === "" && c.differs.length === 0 ? c : undefined}
        options={record.options}
        answer={record.credential}
        record={c.record}
      />
    </div>
  )
}

function factsOf(c: Ceremony, moment: Props["moment"], named: Props["named"]): [string, ReactNode][] {
  const facts: [string, ReactNode][] = [
    ["page", c.origin ? <code title={c.origin}>{c.origin}</code> : "not said"],
    ["browser", <span title={c.user_agent}>{browserVersion(c.user_agent)}</span>],
    ["began", moment(c.began_at)],
    ["took", took(c.began_at, c.ended_at) || "still runs"],
  ]
  if (c.passkey_id !== "") facts.push(["passkey", named("passkey", c.passkey_id)])
  if (c.session_id !== "") facts.push(["session", named("session", c.session_id)])
  if (c.ignored.length > 0) facts.push(["not read", <code title={c.ignored.join(", ")}>{c.ignored.join(", ")}</code>])
  return facts
}
