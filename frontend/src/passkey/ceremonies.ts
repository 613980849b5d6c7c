import { startAuthentication, startRegistration, type RegistrationResponseJSON } from "@simplewebauthn/browser"

import { recorded, toFault } from "../api/fault"
import { lab } from "../api/http"
import type { BegunRegistration, Passkey, Registered, SignedIn } from "../api/types"
import { cancellable } from "./cancel"
import { cancelledCode, type CeremonyFacts, explainCeremony } from "./explain"
import { replacedFunctions } from "./replaced"
import { leavingReason, report, whileWaiting } from "./report"
import { disowned } from "./signal"

/** The two routes that one way of making a passkey uses. */
export interface Registration {
  begin: () => Promise<BegunRegistration>
  complete: (credential: RegistrationResponseJSON, challengeId: string) => Promise<Registered>
}

/** Where a ceremony stands: the lab draws a challenge, the browser asks the person, the lab verifies. */
export type Phase = "begin" | "browser" | "verify"

/** Whoever waits for a ceremony: is told where it stands, and may stop it. */
export interface Watcher {
  signal: AbortSignal
  entered: (phase: Phase) => void
}

/** Makes a passkey: options from the lab, the browser's prompt, the answer to the lab. Throws a Fault. */
export async function makePasskey(registration: Registration, watcher: Watcher): Promise<Passkey> {
  watcher.entered("begin")
  const { publicKey, challenge_id } = await registration.begin()
  const facts = { kind: "create", rpId: publicKey.rp.id ?? location.hostname, timeout: publicKey.timeout } as const
  const credential = await asked(facts, challenge_id, watcher, () => startRegistration({ optionsJSON: publicKey }))
  watcher.entered("verify")
  return (await registration.complete(credential, challenge_id)).passkey
}

/**
 * Signs in with a passkey. Without a username the browser shows every passkey
 * of this site (a discoverable sign-in), with one only that person's.
 */
export async function signInWithPasskey(username: string | undefined, watcher: Watcher): Promise<SignedIn> {
  watcher.entered("begin")
  const { publicKey, challenge_id } = await lab.authenticationBegin(username)
  const facts = { kind: "get", rpId: publicKey.rpId ?? location.hostname, timeout: publicKey.timeout } as const
  const credential = await asked(facts, challenge_id, watcher, () => startAuthentication({ optionsJSON: publicKey }))
  watcher.entered("verify")
  try {
    return await lab.authenticationComplete(credential, challenge_id)
  } catch (thrown) {
    throw await disowned(toFault(thrown))
  }
}

type Asking = Pick<CeremonyFacts, "kind" | "rpId" | "timeout">

/** Asks the browser. What it throws is explained here and reported to the lab, whose record then tells more. */
async function asked<T>(facts: Asking, challengeId: string, { signal, entered }: Watcher, ceremony: () => Promise<T>): Promise<T> {
  entered("browser")
  const started = performance.now()
  const ended = whileWaiting({ challengeId, started }, () => undefined)
  const overdue = new AbortController()
  const timer = setTimeout(() => overdue.abort(), (facts.timeout ?? usualTimeout) + overtime)
  try {
    return await cancellable(AbortSignal.any([signal, overdue.signal]), ceremony)
  } catch (thrown) {
    const elapsed = performance.now() - started
    const unanswered = overdue.signal.aborted && !signal.aborted
    const explained = unanswered
      ? new DOMException("The browser never answered the call; the page's own timer ended the wait.", "TimeoutError")
      : thrown
    const replaced = replacedFunctions()
    const fault = explainCeremony(explained, { ...facts, origin: location.origin, elapsed, cancelled: signal.aborted, replaced })
    const given = fault.code === cancelledCode ? new DOMException("The person pressed Cancel on the page.", "AbortError") : explained
    const record = await report({
      challengeId,
      thrown: given,
      elapsed,
      rpId: facts.rpId,
      replaced,
      left: signal.aborted && signal.reason === leavingReason,
    })
    throw record === undefined ? fault : recorded(fault, record)
  } finally {
    clearTimeout(timer)
    ended()
  }
}

/** What a browser allows where the options say nothing, in milliseconds. */
const usualTimeout = 60_000

/** How much longer the page waits than the options allow: a browser keeps the time by itself, and then says why. */
const overtime = 3_000
