import { expect, test, vi } from "vitest"

import { Fault } from "../api/fault"
import { laptop, stubBrowser } from "../test/lab"
import { disowned, tellAccepted, tellName, tellUnknown } from "./signal"

const list = { passkeys: [laptop, { ...laptop, id: "key-2", credential_id: "BBBB", status: "revoked" }], count: 2, rp_id: "localhost", user_handle: "AQID" }
const refused = new Fault({ code: "REMOVED_CREDENTIAL", message: "Passkey not found or revoked", hint: "It was removed.", ceremonyId: "cer-1" })

/** Gives the browser of the test the three methods. */
function stubSignals(answer: () => Promise<void> = async () => undefined) {
  stubBrowser()
  const methods = { signalUnknownCredential: vi.fn(answer), signalAllAcceptedCredentials: vi.fn(answer), signalCurrentUserDetails: vi.fn(answer) }
  Object.assign(PublicKeyCredential, methods)
  return methods
}

test("only active passkeys are told as accepted", async () => {
  const { signalAllAcceptedCredentials } = stubSignals()
  expect(await tellAccepted(list)).toBe("told")
  expect(signalAllAcceptedCredentials).toHaveBeenCalledWith({ rpId: "localhost", userId: "AQID", allAcceptedCredentialIds: ["AAAA"] })
})

test("the person's names are told under their user handle", async () => {
  const { signalCurrentUserDetails } = stubSignals()
  await tellName(list, "ada@example.org", "Ada")
  expect(signalCurrentUserDetails).toHaveBeenCalledWith({ rpId: "localhost", userId: "AQID", name: "ada@example.org", displayName: "Ada" })
})

test("a removed passkey is signalled after the sign-in that it failed, and the fault says so", async () => {
  const { signalUnknownCredential } = stubSignals()
  const got = await disowned(refused, "localhost", "AAAA")
  expect(signalUnknownCredential).toHaveBeenCalledWith({ rpId: "localhost", credentialId: "AAAA" })
  expect(got.hint).toMatch(/^It was removed\. The browser was asked/)
  expect(got.ceremonyId).toBe("cer-1")
})

test("a refusal for another reason signals nothing", async () => {
  const { signalUnknownCredential } = stubSignals()
  const other = new Fault({ code: "BAD_SIGNATURE", message: "No." })
  expect(await disowned(other, "localhost", "AAAA")).toBe(other)
  expect(signalUnknownCredential).not.toHaveBeenCalled()
})

test("a refusal that is answered alike whatever it was signals nothing", async () => {
  const { signalUnknownCredential } = stubSignals()
  const alike = new Fault({ code: "UNKNOWN_CREDENTIAL", message: "Passkey not found or revoked", withheld: true })
  expect(await disowned(alike, "localhost", "AAAA")).toBe(alike)
  expect(signalUnknownCredential).not.toHaveBeenCalled()
})

test("a browser without the methods gets the manual way", async () => {
  stubBrowser()
  expect((await disowned(refused, "localhost", "AAAA")).hint).toMatch(/can't tell.*by hand.*localhost/)
})

test("a browser that refuses the signal is no failure of what was done", async () => {
  stubSignals(() => Promise.reject(new DOMException("", "SecurityError")))
  expect(await tellUnknown("example.org", "AAAA")).toBe("refused")
})
