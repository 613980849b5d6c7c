import { lab } from "../api/http"
import { innermost } from "./explain"

/** Longest that a person waits for the id of a record, in milliseconds. */
const patience = 1_500

/** What is known of a ceremony that the browser gave up. */
export interface GivenUp {
  challengeId: string
  thrown: unknown
  /** Milliseconds between the call and its rejection. */
  elapsed: number
  mediation?: "conditional"
}

/**
 * Tells the lab what navigator.credentials threw, which it can't see by itself,
 * so that the record of the ceremony says it. Returns the record's id, or
 * undefined when the lab didn't take it in time: a report never hides the
 * failure that it is about.
 */
export async function report({ challengeId, thrown, elapsed, mediation }: GivenUp): Promise<string | undefined> {
  const { name, message } = innermost(thrown)
  const sent = lab
    .report({ challenge_id: challengeId, name, message, elapsed_ms: Math.round(elapsed), mediation: mediation ?? "" })
    .then((answer) => answer.ceremony_id || undefined)
    .catch(() => undefined)
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, patience))
  return Promise.race([sent, late])
}
