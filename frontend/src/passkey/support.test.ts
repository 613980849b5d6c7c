import { expect, test, vi } from "vitest"

import { facts, stubBrowser } from "../test/lab"
import { examineSupport } from "./support"

async function blockedBy(lab = facts): Promise<string> {
  const support = await examineSupport(lab)
  return support.state === "blocked" ? support.fault.code : support.state
}

test("a page over plain http elsewhere is told to use https", async () => {
  stubBrowser()
  vi.stubGlobal("isSecureContext", false)
  expect(await blockedBy()).toBe("INSECURE_CONTEXT")
})

test("a browser without the API is named as the cause", async () => {
  stubBrowser()
  vi.stubGlobal("PublicKeyCredential", undefined)
  expect(await blockedBy()).toBe("NO_WEBAUTHN")
})

test("a relying party ID that can't be used is said with the lab's own words", async () => {
  stubBrowser()
  const support = await examineSupport({
    ...facts,
    ceremonies_enabled: false,
    problem: "127.0.0.1 is an IP address.",
    fix: "Use localhost.",
  })
  expect(support).toMatchObject({
    state: "blocked",
    fault: { code: "CEREMONIES_STOPPED", message: "127.0.0.1 is an IP address.", hint: "Use localhost." },
  })
})

test("a page whose origin is not listed says so before anybody presses a button, in the lab's own words", async () => {
  stubBrowser()
  const support = await examineSupport({
    ...facts,
    problem: "https://localhost:9443 is missing in the list in line 6 of sting.yml.",
    fix: "Let it read otherwise.",
  })
  expect(support).toMatchObject({
    state: "blocked",
    fault: {
      code: "ORIGIN_MISMATCH",
      message: "https://localhost:9443 is missing in the list in line 6 of sting.yml.",
      hint: "Let it read otherwise.",
    },
  })
})

test("a page at a host outside the relying party is told where to go", async () => {
  stubBrowser()
  const support = await examineSupport({ ...facts, rp_id: "example.org", origin: "https://example.org:8443" })
  expect(support).toMatchObject({ state: "blocked", fault: { code: "RPID_MISMATCH" } })
  expect(support.state === "blocked" && support.fault.hint).toContain("https://example.org:8443")
})

test("a device without a built-in authenticator can still hold ceremonies", async () => {
  stubBrowser({ platform: false, autofill: true })
  expect(await examineSupport(facts)).toEqual({ state: "possible", platform: false, autofill: true })
})
