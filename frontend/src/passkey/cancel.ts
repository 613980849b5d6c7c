import { WebAuthnAbortService } from "@simplewebauthn/browser"

/** How long the browser may take to let go of a call that was stopped, in milliseconds. */
const grace = 500

/**
 * Runs a ceremony of the library and stops it when `signal` aborts. The library
 * makes its own signal a moment after it was called, so one cancellation can
 * come too early: it is repeated until the call has returned. A call that doesn't
 * return, since an extension holds it, is left behind: nobody waits for it.
 */
export async function cancellable<T>(signal: AbortSignal, ceremony: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  let again: ReturnType<typeof setInterval> | undefined
  let late: ReturnType<typeof setTimeout> | undefined
  let stop = () => {}
  const leftBehind = new Promise<never>((_, reject) => {
    stop = () => {
      WebAuthnAbortService.cancelCeremony()
      again = setInterval(() => WebAuthnAbortService.cancelCeremony(), 20)
      late = setTimeout(() => reject(new DOMException("The browser did not let go of a call that was stopped.", "AbortError")), grace)
    }
  })
  signal.addEventListener("abort", stop, { once: true })
  const called = ceremony()
  called.catch(() => undefined) // one that was left behind may still end
  try {
    return await Promise.race([called, leftBehind])
  } finally {
    signal.removeEventListener("abort", stop)
    clearInterval(again)
    clearTimeout(late)
  }
}
