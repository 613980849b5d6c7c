import type { Tone } from "../../ui/Badge"
import type { CeremonyState, Explanation, Step } from "../lab"

/** The states of a ceremony in the order in which one filters. */
export const states: readonly { state: CeremonyState; word: string; tone: Tone }[] = [
  { state: "running", word: "Running", tone: "info" },
  { state: "verified", word: "Verified", tone: "good" },
  { state: "rejected", word: "Rejected", tone: "bad" },
  { state: "abandoned", word: "Abandoned", tone: "warn" },
]

/** The colour of a state; a state of a later lab has none. */
export function stateTone(state: string): Tone {
  return states.find((s) => s.state === state)?.tone ?? "plain"
}

/** "Registration", "Sign-in". */
export function kindWord(kind: string): string {
  switch (kind) {
    case "registration":
      return "Registration"
    case "authentication":
      return "Sign-in"
    default:
      return kind
  }
}

export const stepTones: Record<Step["verdict"], Tone> = { passed: "good", failed: "bad", warning: "warn", skipped: "plain" }

/** What a verdict looks like and says by itself. */
export const verdicts: Record<Explanation["verdict"], { tone: "good" | "warn" | "bad"; title: string; text: string }> = {
  accepted: { tone: "good", title: "Accepted", text: "Every step that could be computed on these bytes holds." },
  rejected: { tone: "bad", title: "Rejected", text: "A step that has to hold does not." },
  unverified: {
    tone: "warn",
    title: "Not verified",
    text: "Nothing is wrong, but a signature or an attestation could not be checked here.",
  },
}

const millisecond = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hour12: false,
})

/** The time of day of a moment of the wire, to the millisecond; "" for none. */
export function timeOfDay(at: string): string {
  const moment = Date.parse(at)
  return Number.isNaN(moment) ? "" : millisecond.format(moment)
}

/** How long something took: "340 ms", "2.4 s", "5 min"; "" while it has no end. */
export function took(began: string, ended: string): string {
  const ms = Date.parse(ended) - Date.parse(began)
  if (Number.isNaN(ms)) return ""
  if (ms < 1000) return `${Math.max(0, ms)} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min`
}
