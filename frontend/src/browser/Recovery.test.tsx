import { screen, waitFor } from "@testing-library/react"
import { beforeEach, expect, test } from "vitest"

import type { Flow } from "../api/kratos"
import { ada, answer, input, laptop, nobody, open, settingsFlow, stats, stubBrowser, stubLab, withPassword } from "../test/lab"
import { keepPending, pending } from "./pendingFlow"
import { settingsFlowOf } from "./Recovery"

beforeEach(() => localStorage.clear())

function flow(state: string, more: Partial<Flow> = {}, code: Flow["ui"]["nodes"][number]["messages"] = []): Flow {
  const nodes =
    state === "choose_method"
      ? [input("code", "email", "email", { required: true })]
      : [input("code", "code", "text", { required: true }, code), input("code", "email", "submit", { value: "ada@example.org" })]
  return {
    id: "flow-1",
    state,
    expires_at: "",
    ui: { nodes: [input("default", "csrf_token", "hidden", { value: "token-1" }), ...nodes] },
    ...more,
  }
}

const kinds = ["recovery", "verification"] as const
const begin = (kind: string) => `GET /.ory/self-service/${kind}/browser`
const read = (kind: string, id = "flow-1") => `GET /.ory/self-service/${kind}/flows?id=${id}`
const submit = (kind: string, id = "flow-1") => `POST /.ory/self-service/${kind}?flow=${id}`
const recovered: Flow = { ...flow("passed_challenge"), continue_with: [{ action: "show_settings_ui", flow: { id: "flow-s" } }] }
const codeSession = { ...withPassword, auth_method: "code", auth_methods: ["code"] }

/** Answers a submission: an address with the form for the code, a code with `done`. */
const bySteps =
  (done: Flow, status = 200) =>
  (asked: { body: unknown }) =>
    typeof asked.body === "object" && asked.body !== null && "code" in asked.body
      ? { status, body: done }
      : { status: 200, body: flow("sent_email") }

test("a code lets somebody back in, who sets a password and is told which passkeys to remove", async () => {
  stubBrowser()
  let inside = false
  const asked = stubLab({
    [begin("recovery")]: flow("choose_method"),
    [submit("recovery")]: (request: { body: unknown }) => {
      const answered = bySteps(recovered)(request)
      inside = answered.body === recovered
      return answered
    },
    "GET /api/auth/session": () => ({ status: 200, body: inside ? codeSession : nobody }),
    [read("settings", "flow-s")]: { ...settingsFlow, id: "flow-s" },
    [submit("settings", "flow-s")]: { ...settingsFlow, id: "flow-s", state: "success" },
    "GET /api/webauthn/passkeys": { passkeys: [laptop], count: 1, rp_id: "localhost", user_handle: "AQID" },
    "GET /api/webauthn/passkeys/stats": stats,
  })
  const { user } = open("/recovery")
  await user.type(await screen.findByLabelText("E-mail"), "ada@example.org{Enter}")
  const code = await screen.findByLabelText("Recovery code")
  await waitFor(() => expect(document.activeElement).toBe(code))
  await user.type(code, "123 456{Enter}")
  expect(await screen.findByRole("heading", { name: "You are back in" })).toBeTruthy()
  expect(asked.find((a) => a.route === submit("recovery") && JSON.stringify(a.body).includes("123456"))?.body).toEqual({
    method: "code",
    code: "123456",
    csrf_token: "token-1",
  })
  expect(await screen.findByText("Remove the passkeys that you no longer have")).toBeTruthy()
  expect(screen.getAllByText("Laptop").length).toBe(2)
  await user.type(await screen.findByLabelText("New password"), "correct horse{Enter}")
  expect(await screen.findByText("Your password was changed.")).toBeTruthy()
  expect(pending("recovery")).toBeUndefined()
})

test("the sign-in page leads to it", async () => {
  stubBrowser()
  stubLab({ [begin("recovery")]: flow("choose_method") })
  const { user } = open("/login")
  await user.click(await screen.findByRole("link", { name: "Forgot your password?" }))
  expect(await screen.findByRole("heading", { name: "Get back into your account" })).toBeTruthy()
})

test.each(kinds)("a wrong code of a %s is said at its field and can be corrected", async (kind) => {
  stubBrowser()
  const wrong = flow("sent_email", {
    ui: { ...flow("sent_email").ui, messages: [{ id: kind === "recovery" ? 4060006 : 4070006, text: "Kratos' words.", type: "error" }] },
  })
  stubLab({ [begin(kind)]: flow("choose_method"), [submit(kind)]: bySteps(wrong) })
  const { user } = open(`/${kind}`)
  await user.type(await screen.findByLabelText("E-mail"), "ada@example.org{Enter}")
  await user.type(await screen.findByLabelText(/code$/), "000000{Enter}")
  const alert = await screen.findByRole("alert")
  expect(alert.textContent).toContain("Compare it with the mail")
  await waitFor(() => expect(document.activeElement).toBe(alert))
  expect(screen.getByLabelText<HTMLInputElement>(/code$/).value).toBe("000000")
})

test.each(kinds)("the code in the link of a %s is filled in and not used by itself", async (kind) => {
  stubBrowser()
  const asked = stubLab({ [read(kind)]: flow("sent_email") })
  open(`/${kind}?flow=flow-1&code=123456`)
  expect((await screen.findByLabelText<HTMLInputElement>(/code$/)).value).toBe("123456")
  expect(location.search).toBe("?flow=flow-1")
  expect(asked.some((a) => a.route.startsWith("POST"))).toBe(false)
})

test("a code without a flow belongs to the one that waits in this browser", async () => {
  stubBrowser()
  keepPending("recovery", "flow-1")
  stubLab({ [read("recovery")]: flow("sent_email") })
  open("/recovery?code=123456")
  expect((await screen.findByLabelText<HTMLInputElement>("Recovery code")).value).toBe("123456")
})

test("a link that was opened in another browser is explained, and its code isn't filled into the new form", async () => {
  stubBrowser()
  stubLab({
    [read("verification")]: answer(403, { error: { code: 403, id: "security_csrf_violation", reason: "Retry." } }),
    [begin("verification")]: { ...flow("choose_method"), id: "flow-2" },
    [submit("verification", "flow-2")]: { ...flow("sent_email"), id: "flow-2" },
  })
  const { user } = open("/verification?flow=flow-1&code=123456")
  expect((await screen.findByRole("alert")).textContent).toContain("FLOW_NOT_YOURS")
  await user.type(screen.getByLabelText("E-mail"), "ada@example.org{Enter}")
  expect((await screen.findByLabelText<HTMLInputElement>("Verification code")).value).toBe("")
})

test("a form that is over is followed by its successor", async () => {
  stubBrowser()
  const next = { ...flow("choose_method"), id: "flow-2" }
  stubLab({
    [read("recovery")]: flow("sent_email"),
    [submit("recovery")]: answer(400, {
      error: {
        code: 400,
        reason: "Submitted too often.",
        details: { continue_with: [{ action: "show_recovery_ui", flow: { id: "flow-2" } }] },
      },
    }),
    [read("recovery", "flow-2")]: next,
  })
  const { user } = open("/recovery?flow=flow-1&code=123456")
  await user.click(await screen.findByRole("button", { name: "Continue" }))
  expect((await screen.findByRole("alert")).textContent).toContain("Submitted too often.")
  expect(await screen.findByLabelText("E-mail")).toBeTruthy()
})

test("a verified address leads on", async () => {
  stubBrowser()
  stubLab({
    "GET /api/auth/session": ada,
    [read("verification")]: flow("sent_email"),
    [submit("verification")]: bySteps(flow("passed_challenge")),
  })
  const { user } = open("/verification?flow=flow-1&code=123456")
  await user.click(await screen.findByRole("button", { name: "Continue" }))
  expect(await screen.findByRole("heading", { name: "Your address is verified" })).toBeTruthy()
})

test("another code is sent to the same address", async () => {
  stubBrowser()
  const asked = stubLab({ [read("verification")]: flow("sent_email"), [submit("verification")]: flow("sent_email") })
  const { user } = open("/verification?flow=flow-1&code=123456")
  await user.click(await screen.findByRole("button", { name: "Send another code" }))
  await waitFor(() => expect(asked.at(-1)?.body).toEqual({ method: "code", email: "ada@example.org", csrf_token: "token-1" }))
  expect(screen.getByLabelText<HTMLInputElement>("Verification code").value).toBe("")
})

test("who is signed in is told to sign out first", async () => {
  stubBrowser()
  stubLab({ "GET /api/auth/session": ada })
  open("/recovery")
  expect(await screen.findByRole("button", { name: "Sign out and use a code" })).toBeTruthy()
})

test("a Kratos that is down is said, with a way to try again", async () => {
  stubBrowser()
  let up = false
  stubLab({
    [begin("recovery")]: () =>
      up
        ? { status: 200, body: flow("choose_method") }
        : { status: 502, body: { error: { code: 502, message: "Kratos can't be reached." } } },
  })
  const { user } = open("/recovery")
  expect((await screen.findByRole("alert")).textContent).toContain("KRATOS_UNAVAILABLE")
  up = true
  await user.click(screen.getByRole("button", { name: "Try again" }))
  expect(await screen.findByLabelText("E-mail")).toBeTruthy()
})

test("the settings flow is found in both ways in which a Kratos says it", () => {
  expect(settingsFlowOf(recovered)).toBe("flow-s")
  expect(
    settingsFlowOf({
      ...recovered,
      continue_with: [{ action: "redirect_browser_to", redirect_browser_to: "https://localhost:8443/settings?flow=flow-r" }],
    }),
  ).toBe("flow-r")
  expect(settingsFlowOf({ ...recovered, continue_with: [] })).toBeUndefined()
})
