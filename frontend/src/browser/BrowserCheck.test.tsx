import { screen, within } from "@testing-library/react"
import { expect, test, vi } from "vitest"

import type { BrowserVisit } from "../api/types"
import { facts, open, refusal, stubBrowser, stubLab } from "../test/lab"
import { abilitiesOf, verdictOf } from "./abilities"
import { capabilityWords } from "../ui/capabilities"

const all: BrowserVisit = {
  secure_context: true,
  webauthn: true,
  cookies: true,
  host_cookie: true,
  storage: true,
  platform_authenticator: true,
  conditional_mediation: true,
  capabilities: { hybridTransport: true, "extension:prf": false, brandNew: false },
  replaced: [],
}
const seen = { success: true, message: "", cookie: true, host_cookie: true }

function found(visit: Partial<BrowserVisit>, answered: typeof seen | null = seen) {
  const whole = { ...all, ...visit }
  const abilities = abilitiesOf(whole, answered ?? undefined, "https://localhost:8443", facts.origin)
  return {
    abilities,
    verdict: verdictOf(whole, abilities),
    rows: [...abilities.needed, ...abilities.keeping, ...abilities.capabilities, ...abilities.extensions],
  }
}

test("every no says what follows and what to do, and every yes asks for nothing", () => {
  const no = found({
    secure_context: false,
    webauthn: false,
    cookies: false,
    host_cookie: false,
    storage: false,
    platform_authenticator: false,
    conditional_mediation: false,
  })
  for (const row of no.rows.filter((r) => r.can === false)) {
    expect(row.says, row.id).not.toBe("")
    expect(row.todo, row.id).not.toBe("")
  }
  expect(no.rows.filter((r) => r.can === false).map((r) => r.id)).toContain("extension:prf")
  for (const row of found({}).rows.filter((r) => r.can)) expect(row.todo, row.id).toBe("")
})

test("the heaviest thing that is missing is what the page begins with", () => {
  expect(found({ secure_context: false, webauthn: false }).verdict).toMatchObject({ tone: "bad", title: "No passkeys on this page" })
  expect(found({ secure_context: false, webauthn: false }).verdict.text).toContain(`${facts.origin}/browser-check`)
  expect(found({ webauthn: false }).verdict.text).toContain("Use a current Chrome")
  expect(found({ platform_authenticator: false, cookies: false }).verdict.title).toContain("no sign-in lasts")
  expect(found({ platform_authenticator: false }).verdict).toMatchObject({ tone: "warn" })
  expect(found({}).verdict).toMatchObject({ tone: "good" })
})

test("a cookie that the browser keeps and the lab doesn't get is a no, and without an answer it is unknown", () => {
  const lost = found({}, { ...seen, cookie: false })
  expect(lost.abilities.keeping[0]).toMatchObject({ id: "cookies", can: false })
  expect(lost.abilities.keeping[0]?.says).toContain("the lab didn't get it")
  expect(found({}, null).abilities.keeping[0]).toMatchObject({ id: "cookies", can: null })
})

test("a capability that nobody has described keeps its name", () => {
  expect(capabilityWords("brandNew").title).toBe("brandNew")
  expect(found({}).abilities.capabilities.map((a) => a.id)).toEqual(["brandNew", "hybridTransport"])
})

test("the page tells the lab what it found, and shows it in words and as JSON", async () => {
  stubBrowser({ platform: false, autofill: true })
  const asked = stubLab({ "POST /api/browser-check": seen })
  open("/browser-check")
  expect(await screen.findByText("Passkeys work here, but this device can't keep one itself")).toBeTruthy()
  expect(asked.find((a) => a.route === "POST /api/browser-check")?.body).toMatchObject({
    webauthn: true,
    platform_authenticator: false,
    conditional_mediation: true,
    capabilities: {},
  })
  const needs = within(screen.getByRole("region", { name: "What passkeys need" }))
  expect(needs.getAllByText("Yes")).toHaveLength(4)
  expect(screen.getByText(/"platform_authenticator": false/)).toBeTruthy()
  expect(document.cookie).not.toContain("sting_check")
})

test("a browser that throws when it is asked is shown as one that can't be asked", async () => {
  stubBrowser()
  Object.assign(window.PublicKeyCredential, {
    getClientCapabilities: () => Promise.reject(new Error("no")),
    isConditionalMediationAvailable: undefined,
  })
  stubLab({ "POST /api/browser-check": seen })
  open("/browser-check")
  expect(await screen.findByText(/has no getClientCapabilities/)).toBeTruthy()
  expect(screen.getAllByText("Unknown").length).toBeGreaterThan(0)
})

test("without the lab's answer the page still says what it found, and why the lab wasn't told", async () => {
  stubBrowser()
  vi.stubGlobal("isSecureContext", false)
  vi.stubGlobal("PublicKeyCredential", undefined)
  stubLab({ "POST /api/browser-check": refusal(503, "STORE_UNAVAILABLE", "The lab can't use its data file right now.") })
  open("/browser-check")
  expect(await screen.findByText("No passkeys on this page")).toBeTruthy()
  expect((await screen.findByRole("alert")).textContent).toContain("data file")
  expect(screen.getByText(/The lab wasn't told/)).toBeTruthy()
})
