import { startAuthentication, WebAuthnAbortService } from "@simplewebauthn/browser"

import { type Fault, toFault } from "../api/fault"
import { lab } from "../api/http"
import type { SignedIn } from "../api/types"

/** A sign-in challenge lives five minutes; a fresh one is asked for before that, in milliseconds. */
const renewal = 4 * 60_000

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
  private withdrawn = false
  private readonly done: Promise<void>
  private readonly events: AutofillEvents

  constructor(events: AutofillEvents, free: Promise<void>) {
    this.events = events
    this.done = this.run(free)
  }

  async withdraw(): Promise<void> {
    if (!this.withdrawn) {
      this.withdrawn = true
      // The library makes its abort signal a moment after it was called, so one
      // cancellation can come too early: repeat it until the call has returned.
      WebAuthnAbortService.cancelCeremony()
      const again = setInterval(() => WebAuthnAbortService.cancelCeremony(), 20)
      void this.done.then(() => clearInterval(again))
    }
    await this.done
  }

  private async run(free: Promise<void>): Promise<void> {
    await free
    let again = true
    while (again && !this.withdrawn) again = await this.once()
  }

  /** One challenge; true asks for another round. */
  private async once(): Promise<boolean> {
    let expired = false
    let timer: ReturnType<typeof setTimeout> | undefined
    let picked
    let challengeId
    try {
      const { publicKey, challenge_id } = await lab.authenticationBegin()
      if (this.withdrawn) return false
      challengeId = challenge_id
      timer = setTimeout(() => {
        expired = true
        WebAuthnAbortService.cancelCeremony()
      }, renewal)
      picked = await startAuthentication({ optionsJSON: publicKey, useBrowserAutofill: true })
    } catch {
      return expired // nobody asked for this list, so nobody is told that it went away
    } finally {
      clearTimeout(timer)
    }
    try {
      this.events.signedIn(await lab.authenticationComplete(picked, challengeId))
      return false
    } catch (thrown) {
      this.events.refused(toFault(thrown))
      return true
    }
  }
}
