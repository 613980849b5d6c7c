import { useCallback, useEffect, useRef } from "react"

import { type AutofillEvents, type AutofillOffer, offerAutofill } from "../passkey/autofill"

/**
 * Offers passkeys in the autofill list while `active`. The returned function
 * withdraws the offer; await it before any other ceremony or a password.
 */
export function useAutofill(active: boolean, events: AutofillEvents): () => Promise<void> {
  const latest = useRef(events)
  const offer = useRef<AutofillOffer>(undefined)
  const free = useRef(Promise.resolve())
  useEffect(() => {
    latest.current = events
  })
  useEffect(() => {
    if (!active) return
    const mine = offerAutofill(
      {
        signedIn: (answer) => latest.current.signedIn(answer),
        refused: (fault) => latest.current.refused(fault),
      },
      free.current,
    )
    offer.current = mine
    return () => {
      free.current = mine.withdraw()
    }
  }, [active])
  return useCallback(async () => offer.current?.withdraw(), [])
}
