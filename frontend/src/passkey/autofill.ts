import { startAuthentication } from "@simplewebauthn/browser"

import { type Fault, toFault } from "../api/fault"
import { lab } from "../api/http"
import type { SignedIn } from "../api/types"
import { cancellable } from "./cancel"
import { report, reportLeft, whileWaiting } from "./report"
import { disowned } from "./signal"

/** A sign-in challenge lives five minutes; a fresh one is asked for before that, in milliseconds. */
const renewal = 4 * 60_000

/**
 * A person takes longer than this to open the list and to choose, in milliseconds. What answers sooner
 * touches itself, as virtual authenticators do.
 */
const reaction = 1000

/** What the page wants to hear about a passkey that was picked from the list under the field. */
export interface AutofillEvents {
  signedIn: (answer: SignedIn) => void
  /** The lab refused the passkey. What the browser says about a list nobody opened is not told. */
  refused: (fault: Fault) => void
}

/** A pending offer of passkeys in the browser's autofill list. */
export interface AutofillOffer {
  /** Withdraws the offer; resolves once the browser is free for another ceremony. */
  withdraw: () => Promise<void>
}

/**
 * Offers passkeys under the field whose autocomplete ends in "webauthn", until
 * withdrawn or used. It begins when `free` resolves, which is what the offer
 * before it returned from `withdraw`.
 */
export function offerAutofill(events: AutofillEvents, free: Promise<void>): AutofillOffer {
  const offer = new Offer(events, free)
  return { withdraw: () => offer.withdraw() }
}

class Offer {
  private readonly withdrawal = new AbortController()
  private readonly done: Promise<void>
  private readonly events: AutofillEvents

  constructor(events: AutofillEvents, free: Promise<void>) {
    this.events = events
    this.done = this.run(free)
  }

  async withdraw(): Promise<void> {
    this.withdrawal.abort()
    await this.done
  }

  private async run(free: Promise<void>): Promise<void> {
    await free
    let again = true
    while (again && !this.withdrawal.signal.aborted) again = await this.once()
  }

  /** One challenge; true asks for another round. */
  private async once(): Promise<boolean> {
    const expiry = new AbortController()
    const signal = AbortSignal.any([this.withdrawal.signal, expiry.signal])
    let begun
    try {
      begun = await lab.authenticationBegin()
    } catch {
      return false // nobody asked for this list, so nobody is told that it isn't there
    }
    const waiting = { challengeId: begun.challenge_id, started: performance.now(), mediation: "conditional" } as const
    if (signal.aborted) {
      reportLeft(waiting)
      return false
    }
    const ended = whileWaiting(waiting, () => expiry.abort())
    const timer = setTimeout(() => expiry.abort(), renewal)
    let picked
    let took
    try {
      picked = await cancellable(signal, () => startAuthentication({ optionsJSON: begun.publicKey, useBrowserAutofill: true }))
      took = performance.now() - waiting.started
    } catch (thrown) {
      if (signal.aborted) reportLeft(waiting)
      else void report({ ...waiting, thrown, elapsed: performance.now() - waiting.started, rpId: begun.publicKey.rpId })
      return expiry.signal.aborted
    } finally {
      clearTimeout(timer)
      ended()
    }
    try {
      this.events.signedIn(await lab.authenticationComplete(picked, begun.challenge_id))
      return false
    } catch (thrown) {
      this.events.refused(await disowned(toFault(thrown)))
      if (took < reaction) await fieldTouched(this.withdrawal.signal) // or it would be refused again at once, and fill the tape
      return true
    }
  }
}

/** Resolves when somebody goes to the field with the list, or `signal` aborts. */
function fieldTouched(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const over = new AbortController()
    const end = () => {
      over.abort()
      resolve()
    }
    const touch = ({ target }: Event) => {
      if (target instanceof Element && target.matches('input[autocomplete~="webauthn"]')) end()
    }
    signal.addEventListener("abort", end, { signal: over.signal })
    document.addEventListener("pointerdown", touch, { signal: over.signal })
    document.addEventListener("focusin", touch, { signal: over.signal })
  })
}
