import type { Ceremony, ExplainedStep } from "../api/types"
import type { Tone } from "../ui/Badge"
import type { IconShape } from "../ui/Icon"
import * as icons from "../ui/icons"

/** "registration", "sign-in"; a kind of a later lab keeps its name. */
export function kindWord(kind: string): string {
  return kind === "authentication" ? "sign-in" : kind
}

/** How a ceremony ended, in words. */
export interface Ending {
  tone: Tone
  icon: IconShape
  title: string
  cause: string
  fix: string
}

/** What came of a ceremony, why, and what to do about it. */
export function ending(c: Ceremony): Ending {
  switch (c.state) {
    case "running":
      return {
        tone: "info",
        icon: icons.clock,
        title: "Not answered yet",
        cause: "The options are with the page: the browser asks the person, or waits for a choice in the list of the e-mail field.",
        fix: "",
      }
    case "verified":
      return {
        tone: "good",
        icon: icons.check,
        title: "Verified",
        cause: c.session_id ? "Every step held, and a session came out of it." : "Every step held.",
        fix: "",
      }
    case "abandoned":
      return {
        tone: "warn",
        icon: icons.warn,
        title: "Abandoned",
        cause: c.cause || "No answer came before the challenge ran out: the page was closed, or the question was never answered.",
        fix: c.fix,
      }
    default:
      return {
        tone: "bad",
        icon: icons.stop,
        title: "Rejected",
        cause: c.cause || c.explanation?.cause || "A step that has to hold does not.",
        fix: c.fix || c.explanation?.fix || "",
      }
  }
}

/** The tone of a step's verdict. */
export const stepTones: Record<ExplainedStep["verdict"], Tone | "plain"> = {
  passed: "good",
  failed: "bad",
  warning: "warn",
  skipped: "plain",
}

/** "§7.2.12" for a step of the specification; ours carry words. */
export function stepName(id: string): string {
  return /^\d/.test(id) ? `§${id}` : id
}

/** How long something took: "340 ms", "2.4 s", "5 min"; "" while it has no end. */
export function took(began: string, ended: string): string {
  const ms = Date.parse(ended) - Date.parse(began)
  if (Number.isNaN(ms)) return ""
  if (ms < 1000) return `${Math.max(0, ms)} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min`
}
