import { screen, within } from "@testing-library/react"
import { expect, test } from "vitest"

import type { Ceremony, ExplainedStep } from "../api/types"
import { open, refusal, requestOptions, stubBrowser, stubLab } from "../test/lab"
import "./CeremonyRecord" // which the page asks for when it is opened: here it is at hand

const step = (more: Partial<ExplainedStep>): ExplainedStep => ({
  id: "7.2.11",
  title: "challenge",
  verdict: "passed",
  expected: "AQID",
  received: "AQID",
  note: "",
  ...more,
})

const wrongOrigin = step({
  id: "7.2.12",
  title: "origin",
  verdict: "failed",
  expected: "https://localhost:8443",
  received: "https://localhost:5173",
  fault: "ORIGIN_MISMATCH",
  cause: "The page was at https://localhost:5173.",
  fix: "Open https://localhost:8443.",
})

const rejected: Ceremony = {
  id: "cer-1",
  kind: "authentication",
  state: "rejected",
  email: "ada@example.org",
  source: "",
  fault: "ORIGIN_MISMATCH",
  began_at: "2026-11-22T10:00:00Z",
  ended_at: "2026-11-22T10:00:02.4Z",
  origin: "https://localhost:5173",
  user_agent: "curl/8",
  address: "127.0.0.1",
  passkey_id: "key-1",
  session_id: "",
  cause: "The page was at https://localhost:5173.",
  fix: "Open https://localhost:8443, or add it with `sting config check`.",
  step: "7.2.12",
  ignored: [],
  record: { kind: "authentication", options: { challenge: "AQID" }, credential: { id: "AQID" } },
  curl: "curl https://localhost:8443/api/webauthn/authentication/complete",
  explanation: {
    verdict: "rejected",
    kind: "authentication",
    steps: [step({}), wrongOrigin],
    decoded: { clientData: {}, authenticatorData: {}, attestation: {}, publicKey: {} },
    ranges: [],
  },
  differs: [],
  withheld: false,
}

const show = (more: Partial<Ceremony> = {}) => {
  stubBrowser()
  stubLab({ "GET /api/ceremonies/cer-1": { ...rejected, ...more } })
  return open("/ceremonies/cer-1")
}

test("the record shows verdict, cause and fix first, and opens the failed step alone", async () => {
  show()
  const verdict = await screen.findByRole("region", { name: "Verdict: Rejected" })
  for (const words of ["The page was at https://localhost:5173.", "Open https://localhost:8443", "ORIGIN_MISMATCH"])
    expect(verdict.textContent).toContain(words)
  expect(within(verdict).getByRole("link", { name: "ORIGIN_MISMATCH" }).getAttribute("href")).toBe("/help/ORIGIN_MISMATCH")
  const steps = [...screen.getByRole("region", { name: "Step by step" }).querySelectorAll("details")]
  expect(steps.map((s) => s.open)).toEqual([false, true])
  expect(steps[1]?.textContent).toContain("https://localhost:5173")
  expect(screen.getByText("2.4 s")).toBeTruthy()
})

test("the record, its parts and the commands are there to copy", async () => {
  const { user } = show()
  await user.click(await screen.findByRole("button", { name: "Copy the command" }))
  expect(await navigator.clipboard.readText()).toBe("sting ceremonies cer-1")
  await user.click(screen.getByRole("button", { name: "Copy the record" }))
  expect(JSON.parse(await navigator.clipboard.readText())).toEqual(rejected.record)
  await user.click(screen.getByRole("button", { name: "Copy the curl command" }))
  expect(await navigator.clipboard.readText()).toBe(rejected.curl)
})

test("a refusal that the bytes don't show is marked at its step", async () => {
  const explanation = {
    ...rejected.explanation,
    verdict: "accepted",
    steps: [step({}), step({ id: "7.2.12", title: "origin" })],
  } as Ceremony["explanation"] & object
  show({ fault: "EXPIRED_CHALLENGE", cause: "The challenge expired 1m0s ago.", step: "7.2.11", explanation })
  const steps = await screen.findByRole("region", { name: "Step by step" })
  expect(steps.textContent).toContain("the lab refused it at §7.2.11, challenge")
  expect(within(steps).getAllByText("refused here")).toHaveLength(1)
})

test("what is withheld is said, with the command that shows it", async () => {
  show({ withheld: true, email: "" })
  expect((await screen.findByText("What the lab knows of the passkey is left out here")).parentElement?.textContent).toContain(
    "sting ceremonies cer-1",
  )
})

test("a record that is not this browser's says who may read it", async () => {
  stubBrowser()
  stubLab({
    "GET /api/ceremonies/cer-1": refusal(404, "NOT_FOUND", "There is no record of this ceremony for this browser.", {
      hint: "Only the browser that held it may read it here.",
    }),
  })
  open("/ceremonies/cer-1")
  expect((await screen.findByRole("alert")).textContent).toContain("Only the browser that held it")
})

test("one that still waits can be looked at again", async () => {
  let state = "running"
  stubBrowser()
  stubLab({
    "GET /api/ceremonies/cer-1": () => {
      const running = { ...rejected }
      delete running.explanation
      return {
        status: 200,
        body:
          state === "running"
            ? { ...running, state, ended_at: "", fault: "", cause: "", fix: "" }
            : { ...running, state: "abandoned", fault: "", cause: "The page was left.", fix: "" },
      }
    },
  })
  const { user } = open("/ceremonies/cer-1")
  const again = await screen.findByRole("button", { name: "Look again" })
  state = "abandoned"
  await user.click(again)
  expect((await screen.findByRole("region", { name: "Verdict: Abandoned" })).textContent).toContain("The page was left.")
})

test("a failed sign-in leads to its record", async () => {
  stubBrowser({ get: async () => Promise.reject(new DOMException("No.", "SecurityError")) })
  stubLab({
    "POST /api/webauthn/authentication/begin": requestOptions,
    "POST /api/webauthn/report": { success: true, ceremony_id: "cer-1" },
  })
  const { user } = open("/login")
  await user.click(await screen.findByRole("button", { name: "Sign in with Passkey" }))
  expect((await screen.findByRole("link", { name: "What happened, step by step" })).getAttribute("href")).toBe("/ceremonies/cer-1")
})
