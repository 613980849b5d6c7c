import { describe, expect, test } from "vitest"

import type { ExplainedSpan as Span } from "../../api/types"
import { bytesOf, fieldAt, partsOf, toHex } from "./parts"

const span = (field: string, of: string, offset: number, length: number): Span => ({ field, of, offset, length })

test.each([
  ["base64url", "-_8"],
  ["base64 with padding", "+/8="],
  ["an array of numbers", [0xfb, 0xff]],
  ["Node's Buffer", { type: "Buffer", data: [0xfb, 0xff] }],
  ["an array that became an object", { 0: 0xfb, 1: 0xff }],
])("bytes are read from %s", (_, value) => expect(toHex(bytesOf(value) ?? new Uint8Array())).toBe("fbff"))

test.each([
  ["what is no base64", "%%"],
  ["numbers beyond a byte", [256]],
  ["nothing", undefined],
  ["an empty object", {}],
])("%s is no bytes", (_, value) => expect(bytesOf(value)).toBeUndefined())

describe("the parts of an answer", () => {
  // Two bytes before the authenticator data, one behind.
  const answer = { attestationResponse: { response: { clientDataJSON: btoa("{}"), attestationObject: [1, 2, 0xaa, 0xbb, 0xcc, 9] } } }
  const ranges = [span("attestationObject.authData", "attestationObject", 2, 3), span("authenticatorData.flags", "authenticatorData", 1, 1)]

  test("are found inside whatever a tool wrapped around them", () =>
    expect(partsOf(answer, []).map((p) => p.name)).toEqual(["clientDataJSON", "attestationObject"]))

  test("hold the authenticator data that the attestation object holds", () => {
    const data = partsOf(answer, ranges).find((p) => p.name === "authenticatorData")
    expect(toHex(data?.bytes ?? new Uint8Array())).toBe("aabbcc")
  })

  test("know a field of the authenticator data in the attestation object too", () => {
    const whole = partsOf(answer, ranges).find((p) => p.name === "attestationObject")
    if (!whole) throw new Error("no attestation object")
    expect(fieldAt(whole, 3)?.field).toBe("authenticatorData.flags")
    expect(fieldAt(whole, 2)?.field).toBe("attestationObject.authData")
    expect(fieldAt(whole, 5)).toBeUndefined()
  })

  test("leave out a field that would reach beyond its bytes", () => {
    const beyond = [span("clientData.type", "clientDataJSON", 1, 50)]
    expect(partsOf(answer, beyond)[0]?.spans).toEqual([])
  })

  test("are none where the browser refused", () => expect(partsOf({ error: { name: "NotAllowedError" } }, [])).toEqual([]))
})
