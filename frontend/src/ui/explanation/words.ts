import type { Ceremony, ExplainedStep, Explanation } from "../../api/types"
import type { Tone } from "../Badge"

/** The states of a ceremony in the order in which one filters. */
export const states = [
  { state: "running", word: "Running", tone: "info" },
  { state: "verified", word: "Verified", tone: "good" },
  { state: "rejected", word: "Rejected", tone: "bad" },
  { state: "abandoned", word: "Abandoned", tone: "warn" },
] as const

/** The colour of a state; a state of a later lab has none. */
export function stateTone(state: string): Tone {
  return states.find((s) => s.state === state)?.tone ?? "plain"
}

/** "registration", "sign-in"; a kind of a later lab keeps its name. */
export function kindWord(kind: string): string {
  return kind === "authentication" ? "sign-in" : kind
}

/** The kind at the beginning of a line: "Registration", "Sign-in". */
export function kindTitle(kind: string): string {
  const word = kindWord(kind)
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** The tone of a step's verdict. */
export const stepTones: Record<ExplainedStep["verdict"], Tone> = { passed: "good", failed: "bad", warning: "warn", skipped: "plain" }

/** "§7.2.12" for a step of the specification; ours carry words. */
export function stepName(id: string): string {
  return /^\d/.test(id) ? `§${id}` : id
}

/** What came of something: a word with its colour, why, what to do, and a code of the help. */
export interface Ending {
  tone: "good" | "warn" | "bad" | "info"
  title: string
  cause: string
  fix?: string | undefined
  fault?: string | undefined
}

/** What came of a ceremony, in the words of the server, which decided. */
export function endingOf(c: Ceremony): Ending {
  const why = { cause: c.cause, fix: c.fix || undefined, fault: c.fault || undefined }
  switch (c.state) {
    case "running":
      return {
        tone: "info",
        title: "Running",
        cause: "The options are with the page; the browser asks the person, or waits for a choice in the list of the e-mail field.",
      }
    case "verified":
      return {
        tone: "good",
        title: "Verified",
        cause: c.session_id === "" ? "Every step held." : "Every step held, and a session came out of it.",
      }
    case "abandoned":
      return {
        ...why,
        tone: "warn",
        title: "Abandoned",
        cause: c.cause || "No answer came before the challenge ran out: the page was closed or left, or the question was never answered.",
      }
    default: {
      const found = c.explanation ? explanationEnding(c.explanation) : undefined
      return {
        tone: "bad",
        title: "Rejected",
        cause: why.cause || found?.cause || verdicts.rejected.cause,
        fix: why.fix ?? found?.fix,
        fault: why.fault ?? found?.fault,
      }
    }
  }
}

const verdicts: Record<Explanation["verdict"], Ending> = {
  accepted: { tone: "good", title: "accepted", cause: "Every step that could be computed on these bytes holds." },
  rejected: { tone: "bad", title: "rejected", cause: "A step that has to hold does not." },
  unverified: {
    tone: "warn",
    title: "not verified",
    cause: "Nothing is wrong, but a signature or an attestation could not be checked here.",
  },
}

/** What the explainer found, by itself. */
export function explanationEnding(x: Explanation): Ending {
  const { tone, title, cause } = verdicts[x.verdict]
  return { tone, title: `${kindTitle(x.kind)}: ${title}`, cause: x.cause ?? cause, fix: x.fix, fault: x.fault }
}
