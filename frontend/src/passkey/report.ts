import type { RecordFacts } from "../api/fault"
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
  /** The RP ID that was asked for. */
  rpId?: string | undefined
  /** What of the passkey API was not the browser's own. */
  replaced?: readonly string[]
  /** The page was left, or took its offer back: nobody refused, and nobody waits for an answer. */
  left?: boolean
}

/** The reason with which a page aborts a ceremony because it is left. */
export const leavingReason = "the page was left"

/**
 * Tells the lab what navigator.credentials threw, which it can't see by itself,
 * so that the record of the ceremony says it. Returns what the record knows of
 * it, or undefined when the lab didn't take it in time: a report never hides the
 * failure that it is about.
 */
export async function report({
  challengeId,
  thrown,
  elapsed,
  mediation,
  rpId,
  replaced = [],
  left = false,
}: GivenUp): Promise<RecordFacts | undefined> {
  const { name, message } = innermost(thrown)
  const sent = lab
    .report({
      challenge_id: challengeId,
      name,
      message,
      elapsed_ms: Math.round(elapsed),
      mediation: mediation ?? "",
      left,
      rp_id: rpId ?? "",
      origin: location.origin,
      replaced: [...replaced],
    })
    .then(({ ceremony_id, cause, fix }) => (ceremony_id ? { id: ceremony_id, cause: cause ?? "", fix: fix ?? "" } : undefined))
    .catch(() => undefined)
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, patience))
  return Promise.race([sent, late])
}

/** A ceremony that waits for the person. */
export interface Waiting {
  challengeId: string
  /** performance.now() at its call. */
  started: number
  mediation?: "conditional"
}

/** Tells the lab that nobody will answer this any more, so that its record doesn't wait for the challenge to run out. */
export function reportLeft({ challengeId, started, mediation }: Waiting): void {
  const thrown = new DOMException("The page was left, or took its offer back.", "AbortError")
  void report({ challengeId, thrown, elapsed: performance.now() - started, left: true, ...(mediation && { mediation }) })
}

/**
 * Reports a ceremony that waits when the page goes away. `back` is called when a
 * browser that kept the page brings it back: the challenge is gone then. Call what
 * it returns when the ceremony has ended.
 */
export function whileWaiting(waiting: Waiting, back: () => void): () => void {
  const leave = () => reportLeft(waiting)
  const comeBack = (event: PageTransitionEvent) => event.persisted && back()
  addEventListener("pagehide", leave)
  addEventListener("pageshow", comeBack)
  return () => {
    removeEventListener("pagehide", leave)
    removeEventListener("pageshow", comeBack)
  }
}
