import { WebAuthnAbortService } from "@simplewebauthn/browser"

/**
 * Runs a ceremony of the library and stops it when `signal` aborts. The library
 * makes its own signal a moment after it was called, so one cancellation can
 * come too early: it is repeated until the call has returned.
 */
export async function cancellable<T>(signal: AbortSignal, ceremony: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  let again: ReturnType<typeof setInterval> | undefined
  const stop = () => {
    WebAuthnAbortService.cancelCeremony()
    again = setInterval(() => WebAuthnAbortService.cancelCeremony(), 20)
  }
  signal.addEventListener("abort", stop, { once: true })
  try {
    return await ceremony()
  } finally {
    signal.removeEventListener("abort", stop)
    clearInterval(again)
  }
}
