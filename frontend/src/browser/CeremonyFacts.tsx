import type { ReactNode } from "react"

import type { Ceremony } from "../api/types"
import { When } from "../ui/When"
import { agentName } from "./agent"
import { took } from "./ceremonyWords"

/** Where, when and with what it happened. */
export function CeremonyFacts({ ceremony: c }: { ceremony: Ceremony }) {
  const facts: [string, ReactNode][] = [
    ["Page", c.origin ? <code>{c.origin}</code> : "not said"],
    ["Browser", c.user_agent ? <span title={c.user_agent}>{agentName(c.user_agent)}</span> : "not said"],
    ["Began", <When key="began" at={c.began_at} />],
    ["Ended", c.ended_at ? <When key="ended" at={c.ended_at} /> : "not yet"],
    ["Took", took(c.began_at, c.ended_at) || "it still runs"],
  ]
  if (c.passkey_id) facts.push(["Passkey", <code key="passkey">{c.passkey_id}</code>])
  if (c.session_id) facts.push(["Session", <code key="session">{c.session_id}</code>])
  if (c.ignored.length > 0) facts.push(["Not read", <code key="ignored">{c.ignored.join(", ")}</code>])
  return (
    <section className="card" aria-labelledby="facts">
      <h2 id="facts">When and where</h2>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
