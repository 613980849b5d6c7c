import { afterEach, beforeEach, expect, test, vi } from "vitest"

import { refusal, requestOptions, stubBrowser, stubLab, usedCredential } from "../test/lab"
import { offerAutofill } from "./autofill"

const begin = "POST /api/webauthn/authentication/begin"
const complete = "POST /api/webauthn/authentication/complete"
const report = "POST /api/webauthn/report"

let signals: AbortSignal[]

/** A get that stays pending until its signal aborts, or until `pick` is called. */
function pendingGet() {
  const picks: (() => void)[] = []
  const get = (options: CredentialRequestOptions) =>
    new Promise((resolve, reject) => {
      if (!options.signal) throw new Error("no signal")
      signals.push(options.signal)
      options.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")))
      picks.push(() => resolve(usedCredential))
    })
  return { get, pick: () => picks.at(-1)?.() }
}

beforeEach(() => {
  signals = []
  vi.useFakeTimers()
  document.body.innerHTML = '<input autocomplete="username webauthn">'
})
afterEach(() => {
  vi.useRealTimers()
  document.body.innerHTML = ""
})

test("withdrawing aborts the pending call before it resolves", async () => {
  const { get } = pendingGet()
  stubBrowser({ autofill: true, get })
  stubLab({ [begin]: requestOptions })
  const offer = offerAutofill({ signedIn: vi.fn(), refused: vi.fn() }, Promise.resolve())
  await vi.waitFor(() => expect(signals).toHaveLength(1))
  await offer.withdraw()
  expect(signals[0]?.aborted).toBe(true)
})

test("an offer that is withdrawn while its challenge is on the way never calls the browser", async () => {
  const { get } = pendingGet()
  stubBrowser({ autofill: true, get })
  let arrive: (answer: Response) => void = () => undefined
  const request = vi.fn(() => new Promise<Response>((resolve) => (arrive = resolve)))
  vi.stubGlobal("fetch", request)
  const offer = offerAutofill({ signedIn: vi.fn(), refused: vi.fn() }, Promise.resolve())
  await vi.waitFor(() => expect(request).toHaveBeenCalled())
  const withdrawn = offer.withdraw()
  arrive(new Response(JSON.stringify(requestOptions)))
  await withdrawn
  expect(signals).toHaveLength(0)
})

test("the challenge is renewed before it expires", async () => {
  const { get } = pendingGet()
  stubBrowser({ autofill: true, get })
  const asked = stubLab({ [begin]: requestOptions })
  const offer = offerAutofill({ signedIn: vi.fn(), refused: vi.fn() }, Promise.resolve())
  await vi.waitFor(() => expect(signals).toHaveLength(1))
  await vi.advanceTimersByTimeAsync(4 * 60_000)
  await vi.waitFor(() => expect(signals).toHaveLength(2))
  expect(signals[0]?.aborted).toBe(true)
  expect(asked.filter((a) => a.route === begin)).toHaveLength(2)
  await offer.withdraw()
  const left = asked.filter((a) => a.route === report).map((a) => a.body)
  expect(left).toMatchObject([{ challenge_id: "challenge-2", name: "AbortError", left: true, mediation: "conditional" }, { left: true }])
})

test("a page that goes away says that nobody will answer, with a request that outlives it", async () => {
  const { get } = pendingGet()
  stubBrowser({ autofill: true, get })
  const asked = stubLab({ [begin]: requestOptions, [report]: { success: true, ceremony_id: "cer-1" } })
  const offer = offerAutofill({ signedIn: vi.fn(), refused: vi.fn() }, Promise.resolve())
  await vi.waitFor(() => expect(signals).toHaveLength(1))
  dispatchEvent(new Event("pagehide"))
  await vi.waitFor(() =>
    expect(asked.at(-1)).toMatchObject({
      route: report,
      keepalive: true,
      body: { challenge_id: "challenge-2", name: "AbortError", left: true },
    }),
  )
  await offer.withdraw()
})

test("a page that a browser kept and brings back draws a fresh challenge", async () => {
  const { get } = pendingGet()
  stubBrowser({ autofill: true, get })
  const asked = stubLab({ [begin]: requestOptions, [report]: { success: true, ceremony_id: "cer-1" } })
  const offer = offerAutofill({ signedIn: vi.fn(), refused: vi.fn() }, Promise.resolve())
  await vi.waitFor(() => expect(signals).toHaveLength(1))
  dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }))
  await vi.waitFor(() => expect(signals).toHaveLength(2))
  expect(asked.filter((a) => a.route === begin)).toHaveLength(2)
  await offer.withdraw()
})

test("what the browser says about its list goes to the record, not to the person, and it isn't asked again", async () => {
  const refused = vi.fn()
  const get = vi.fn(async () => Promise.reject(new DOMException("", "NotAllowedError")))
  stubBrowser({ autofill: true, get })
  const asked = stubLab({ [begin]: requestOptions, [report]: { success: true, ceremony_id: "cer-1" } })
  const offer = offerAutofill({ signedIn: vi.fn(), refused }, Promise.resolve())
  await vi.waitFor(() => expect(asked.at(-1)?.route).toBe(report))
  expect(asked.at(-1)?.body).toMatchObject({ challenge_id: "challenge-2", name: "NotAllowedError", mediation: "conditional" })
  await offer.withdraw()
  expect(get).toHaveBeenCalledTimes(1)
  expect(refused).not.toHaveBeenCalled()
})

test("a passkey that was picked signs in", async () => {
  const { get, pick } = pendingGet()
  const signedIn = vi.fn()
  stubBrowser({ autofill: true, get })
  const asked = stubLab({ [begin]: requestOptions, [complete]: { verified: true } })
  offerAutofill({ signedIn, refused: vi.fn() }, Promise.resolve())
  await vi.waitFor(() => expect(signals).toHaveLength(1))
  pick()
  await vi.waitFor(() => expect(signedIn).toHaveBeenCalledWith({ verified: true }))
  expect(asked.at(-1)?.body).toMatchObject({ challenge_id: "challenge-2", credential: { id: "AQID" } })
})

test("a passkey that the lab refuses is reported, and the list is offered again", async () => {
  const { get, pick } = pendingGet()
  const refused = vi.fn()
  stubBrowser({ autofill: true, get })
  stubLab({ [begin]: requestOptions, [complete]: refusal(400, "UNKNOWN_CREDENTIAL", "Passkey not found or revoked") })
  const offer = offerAutofill({ signedIn: vi.fn(), refused }, Promise.resolve())
  await vi.waitFor(() => expect(signals).toHaveLength(1))
  await vi.advanceTimersByTimeAsync(2000) // a person
  pick()
  await vi.waitFor(() => expect(signals).toHaveLength(2))
  expect(refused).toHaveBeenCalledWith(expect.objectContaining({ code: "UNKNOWN_CREDENTIAL" }))
  await offer.withdraw()
})

test("an authenticator that touches itself and is refused isn't asked again before somebody goes to the field", async () => {
  const refused = vi.fn()
  const get = vi.fn(async () => usedCredential)
  stubBrowser({ autofill: true, get })
  const asked = stubLab({ [begin]: requestOptions, [complete]: refusal(400, "BAD_SIGNATURE", "The passkey's signature is not right.") })
  const offer = offerAutofill({ signedIn: vi.fn(), refused }, Promise.resolve())
  await vi.waitFor(() => expect(refused).toHaveBeenCalledTimes(1))
  await vi.advanceTimersByTimeAsync(5000)
  document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }))
  await vi.advanceTimersByTimeAsync(5000)
  expect(asked.filter((a) => a.route === begin)).toHaveLength(1)
  document.querySelector("input")?.focus()
  await vi.waitFor(() => expect(refused).toHaveBeenCalledTimes(2))
  await offer.withdraw()
  expect(get).toHaveBeenCalledTimes(2)
})
