import { viewOf } from "../../ui/explanation/record"
import { kindTitle } from "../../ui/explanation/words"
import { browserVersion } from "../../ui/words"
import type { Ceremony, Step } from "../lab"

/** One line of a comparison. `left` and `right` are absent where a side has no such step. */
export interface ComparedStep {
  id: string
  title: string
  left: Step | undefined
  right: Step | undefined
  differs: boolean
}

/** The steps of two ceremonies side by side, in the order of the specification. */
export function compareSteps(left: readonly Step[], right: readonly Step[]): ComparedStep[] {
  const other = new Map(right.map((s) => [s.id, s]))
  const both = left.map((l) => line(l.id, l.title, l, other.get(l.id)))
  const known = new Set(left.map((s) => s.id))
  return [...both, ...right.filter((s) => !known.has(s.id)).map((r) => line(r.id, r.title, undefined, r))]
}

function line(id: string, title: string, left: Step | undefined, right: Step | undefined): ComparedStep {
  return {
    id,
    title,
    left,
    right,
    differs: left?.verdict !== right?.verdict || left?.expected !== right?.expected || left?.received !== right?.received,
  }
}

/** What surrounds two ceremonies, fact by fact. */
export function compareFacts(left: Ceremony, right: Ceremony): { name: string; left: string; right: string; differs: boolean }[] {
  const [l, r] = [factsOf(left), factsOf(right)]
  return l.map(([name, value], i) => ({ name, left: value, right: r[i]?.[1] ?? "", differs: value !== r[i]?.[1] }))
}

function factsOf(c: Ceremony): [string, string][] {
  const record = viewOf(c.record)
  return [
    ["kind", kindTitle(c.kind)],
    ["state", c.state],
    ["refused with", c.fault || "nothing"],
    ["person", c.email || "not known"],
    ["page", c.origin || "not said"],
    ["accepted pages", record.origins.join(", ") || "not recorded"],
    ["RP ID", record.rpId || "not recorded"],
    ["user verification", record.userVerification || "not recorded"],
    ["browser", browserVersion(c.user_agent)],
    ["passkey", c.passkey_id || "none"],
    ["stored counter", record.signCount === undefined ? "none" : String(record.signCount)],
  ]
}
