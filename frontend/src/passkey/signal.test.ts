import { expect, test, vi } from "vitest"

import { Fault } from "../api/fault"
import { laptop, stubBrowser } from "../test/lab"
import { disowned, forget, tellName } from "./signal"

const list = { passkeys: [laptop], count: 1, rp_id: "localhost", user_handle: "AQID", own_handle: true }
const signal = { advice: "tell", rp_id: "localhost", credential_id: "AAAA", reason: "", next: "" } as const
const facts = { code: "REMOVED_CREDENTIAL", message: "Passkey not found or revoked", hint: "It was removed.", ceremonyId: "cer-1" }
const refused = new Fault({ ...facts, signal })

/** Gives the browser of the test the three methods. */
function stubSignals(answer: () => Promise<void> = async () => undefined) {
  stubBrowser()
  const methods = {
    signalUnknownCredential: vi.fn(answer),
    signalAllAcceptedCredentials: vi.fn(answer),
    signalCurrentUserDetails: vi.fn(answer),
  }
  Object.assign(PublicKeyCredential, methods)
  return methods
}

test("the person's names are told under their user handle", async () => {
  const { signalCurrentUserDetails } = stubSignals()
  await tellName(list, "ada@example.org", "Ada")
  expect(signalCurrentUserDetails).toHaveBeenCalledWith({ rpId: "localhost", userId: "AQID", name: "ada@example.org", displayName: "Ada" })
})

test("of a user handle that another lab made nothing is told", async () => {
  const { signalCurrentUserDetails } = stubSignals()
  expect(await tellName({ ...list, own_handle: false }, "ada@example.org", "Ada")).toBe("left")
  expect(signalCurrentUserDetails).not.toHaveBeenCalled()
})

test("a removed passkey is signalled after the sign-in that it failed, and the fault says so", async () => {
  const { signalUnknownCredential } = stubSignals()
  const got = await disowned(refused)
  expect(signalUnknownCredential).toHaveBeenCalledWith({ rpId: "localhost", credentialId: "AAAA" })
  expect(got.hint).toMatch(/^It was removed\. The browser was asked/)
  expect(got.ceremonyId).toBe("cer-1")
})

test.each([
  ["for another reason", new Fault({ code: "BAD_SIGNATURE", message: "No." })],
  ["of a passkey that the lab says nothing about", new Fault({ ...facts, code: "UNKNOWN_CREDENTIAL" })],
  ["of another program's passkey", new Fault({ ...facts, signal: { ...signal, advice: "leave" } })],
  ["of a passkey that an undo brings back", new Fault({ ...facts, signal: { ...signal, advice: "ask" } })],
])("a refusal %s signals nothing", async (_, other) => {
  const methods = stubSignals()
  expect(await disowned(other)).toBe(other)
  for (const method of Object.values(methods)) expect(method).not.toHaveBeenCalled()
})

test("a refusal that is answered alike whatever it was signals nothing", async () => {
  const { signalUnknownCredential } = stubSignals()
  const alike = new Fault({ code: "UNKNOWN_CREDENTIAL", message: "Passkey not found or revoked", withheld: true })
  expect(await disowned(alike)).toBe(alike)
  expect(signalUnknownCredential).not.toHaveBeenCalled()
})

test("a browser without the methods gets the manual way", async () => {
  stubBrowser()
  expect((await disowned(refused)).hint).toMatch(/can't tell.*by hand.*localhost/)
})

test("a browser that refuses the signal is no failure of what was done", async () => {
  stubSignals(() => Promise.reject(new DOMException("", "SecurityError")))
  expect(await forget(signal)).toMatch(/would not pass that on.*by hand/)
})
