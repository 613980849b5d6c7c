import { screen, waitFor, within } from "@testing-library/react"
import { expect, test } from "vitest"

import type { Flow } from "../api/kratos"
import { ada, answer, facts, form, here, input, laptop, open, settingsFlow, stats, stubBrowser, stubLab, withPassword } from "../test/lab"

const lists = {
  "GET /api/auth/session": ada,
  "GET /api/webauthn/passkeys": { passkeys: [laptop], count: 1, rp_id: "localhost", user_handle: "AQID" },
  "GET /api/webauthn/passkeys/stats": stats,
  "GET /api/auth/sessions": { sessions: [here], count: 1 },
}
const submit = "POST /.ory/self-service/settings?flow=flow-1"
const saved: Flow = { ...settingsFlow, state: "success" }

/** The settings flow with what Kratos says about one field. */
function complaining(name: string, id: number, text: string): Flow {
  const nodes = settingsFlow.ui.nodes.map((node) =>
    node.attributes.name === name ? { ...node, messages: [{ id, text, type: "error" as const }] } : node,
  )
  return { ...settingsFlow, ui: { nodes } }
}

test("a changed password says which sessions ended with the old one", async () => {
  stubBrowser()
  const others = { id: 1059001, type: "info" as const, text: "Your 2 other sessions were signed out." }
  stubLab({ ...lists, [submit]: { ...saved, ui: { ...saved.ui, messages: [others] } } })
  const { user } = open("/settings")
  expect((await screen.findByText(/Your other sessions end with the old password/)).textContent).toContain("this browser stays signed in")
  await user.type(await screen.findByLabelText("New password"), "correct horse{Enter}")
  expect(await screen.findByText("Your 2 other sessions were signed out.")).toBeTruthy()
})

test("a password is changed with the flow's token", async () => {
  stubBrowser()
  const asked = stubLab({ ...lists, [submit]: saved })
  const { user } = open("/settings")
  await user.type(await screen.findByLabelText("New password"), "correct horse{Enter}")
  expect(await screen.findByText("Your password was changed.")).toBeTruthy()
  expect(asked.find((a) => a.route === submit)?.body).toEqual({ method: "password", password: "correct horse", csrf_token: "token-1" })
  expect(screen.getByLabelText<HTMLInputElement>("New password").value).toBe("")
})

test("a password that Kratos refuses is said at its field, in plain words", async () => {
  stubBrowser()
  stubLab({ ...lists, [submit]: answer(400, complaining("password", 4000031, "The password can not be used because...")) })
  const { user } = open("/settings")
  const field = await screen.findByLabelText("New password")
  await user.type(field, "ada@example.org{Enter}")
  expect(await screen.findByText(/too similar to your address/)).toBeTruthy()
  expect(field.getAttribute("aria-invalid")).toBe("true")
  await waitFor(() => expect(document.activeElement).toBe(field))
})

test("a session that is too old for a new password proves itself afresh and comes back", async () => {
  stubBrowser()
  stubLab({ ...lists, [submit]: answer(403, { error: { code: 403, id: "session_refresh_required", reason: "Too old." } }) })
  const { user } = open("/settings")
  await user.type(await screen.findByLabelText("New password"), "correct horse{Enter}")
  expect(await screen.findByRole("heading", { name: "Confirm it's you" })).toBeTruthy()
  expect(new URLSearchParams(location.search).get("return_to")).toBe("/settings")
})

test("a Kratos elsewhere says which proof it wants", async () => {
  stubBrowser()
  stubLab({
    ...lists,
    "GET /api/lab": { ...facts, kratos_mode: "external" },
    [submit]: answer(403, { error: { code: 403, id: "session_refresh_required", reason: "Too old." } }),
  })
  const { user } = open("/settings")
  await user.type(await screen.findByLabelText("New password"), "correct horse{Enter}")
  expect(await screen.findByText(/use your password, because it knows nothing of passkeys/)).toBeTruthy()
})

test("somebody whom a Kratos elsewhere doesn't know is told why, and how to get there", async () => {
  stubBrowser()
  stubLab({
    ...lists,
    "GET /api/lab": { ...facts, kratos_mode: "external" },
    "GET /.ory/self-service/settings/browser": answer(401, { error: { code: 401, id: "session_inactive", reason: "No active session." } }),
  })
  open("/settings")
  expect(await screen.findByText(/has no way to make a session of a passkey/)).toBeTruthy()
  expect(screen.getByRole("link", { name: "Sign in with the password" }).getAttribute("href")).toContain("refresh=1")
  expect(await screen.findByText("Laptop")).toBeTruthy()
})

test("the profile has the fields of the schema and is saved as the schema has them", async () => {
  stubBrowser()
  const flow: Flow = {
    ...settingsFlow,
    ui: {
      nodes: [
        ...settingsFlow.ui.nodes,
        input("profile", "traits.age", "number", { value: 36 }),
        input("profile", "traits.news", "checkbox", { value: true }),
      ],
    },
  }
  const asked = stubLab({ ...lists, "GET /.ory/self-service/settings/browser": flow, [submit]: { ...flow, state: "success" } })
  const { user } = open("/settings")
  const form = within(await screen.findByRole("form", { name: "Your profile" }))
  const first = form.getByLabelText(/First Name/)
  await user.clear(first)
  await user.type(first, "Augusta")
  await user.click(form.getByRole("checkbox"))
  await user.click(form.getByRole("button", { name: "Save profile" }))
  expect(await screen.findByText("Your profile was saved.")).toBeTruthy()
  expect(asked.find((a) => a.route === submit)?.body).toEqual({
    method: "profile",
    traits: { email: "ada@example.org", name: { first: "Augusta" }, age: 36, news: false },
    csrf_token: "token-1",
  })
})

test("a choice of the schema stays one in the profile, with its remark", async () => {
  stubBrowser()
  const flow: Flow = {
    ...settingsFlow,
    ui: { nodes: [...settingsFlow.ui.nodes, input("profile", "traits.side", "text", { value: "left" })] },
  }
  const side = {
    name: "traits.side",
    label: "Side",
    type: "select",
    required: false,
    autocomplete: "",
    help: "Which half you play in.",
    options: ["left", "right"],
  }
  const asked = stubLab({
    ...lists,
    "GET /api/registration/form": { ...form, fields: [...form.fields, side] },
    "GET /.ory/self-service/settings/browser": flow,
    [submit]: { ...flow, state: "success" },
  })
  const { user } = open("/settings")
  const choice = await screen.findByRole("combobox")
  expect(screen.getByText("Which half you play in.")).toBeTruthy()
  expect((choice as HTMLSelectElement).value).toBe("left")
  await user.selectOptions(choice, "right")
  await user.click(screen.getByRole("button", { name: "Save profile" }))
  await screen.findByText("Your profile was saved.")
  expect(asked.find((a) => a.route === submit)?.body).toMatchObject({ traits: { side: "right" } })
})

test("a new address leads to where its code is typed", async () => {
  stubBrowser()
  const next = [{ action: "show_verification_ui", flow: { id: "flow-9", verifiable_address: "new@example.org" } }]
  stubLab({ ...lists, [submit]: { ...saved, continue_with: next } })
  const { user } = open("/settings")
  await user.click(await screen.findByRole("button", { name: "Save profile" }))
  expect(await screen.findByText("A code was sent to new@example.org.")).toBeTruthy()
  expect(screen.getByRole("link", { name: "Type the code" }).getAttribute("href")).toBe("/verification?flow=flow-9&return_to=%2Fsettings")
})

test("a settings form that is too old is replaced, and what was typed stays", async () => {
  stubBrowser()
  stubLab({
    ...lists,
    [submit]: answer(410, { error: { code: 410, id: "self_service_flow_expired", reason: "The flow expired." }, use_flow_id: "flow-2" }),
    "GET /.ory/self-service/settings/flows?id=flow-2": { ...settingsFlow, id: "flow-2" },
    "POST /.ory/self-service/settings?flow=flow-2": { ...saved, id: "flow-2" },
  })
  const { user } = open("/settings")
  await user.type(await screen.findByLabelText("New password"), "correct horse{Enter}")
  expect((await screen.findByRole("alert")).textContent).toContain("FLOW_EXPIRED")
  await user.click(screen.getByRole("button", { name: "Change password" }))
  expect(await screen.findByText("Your password was changed.")).toBeTruthy()
})

test("an address that isn't verified is said on the dashboard", async () => {
  stubBrowser()
  stubLab({
    "GET /api/auth/session": withPassword,
    "GET /api/auth/status": { unknown: [], notes: [] },
    "GET /.ory/sessions/whoami": {
      identity: { id: "person-1", verifiable_addresses: [{ value: "ada@example.org", verified: false, status: "sent" }] },
    },
  })
  open("/dashboard")
  expect(await screen.findByText("ada@example.org is not verified yet")).toBeTruthy()
  expect(screen.getByRole("link", { name: "Verify the address" }).getAttribute("href")).toBe("/verification")
})

test("what Kratos kept about a failure is shown with a next step", async () => {
  stubBrowser()
  stubLab({
    "GET /.ory/self-service/errors?id=e-1": {
      id: "e-1",
      error: { code: 403, id: "security_csrf_violation", reason: "Please retry the flow." },
    },
  })
  open("/error?id=e-1")
  expect(await screen.findByText("Please retry the flow.")).toBeTruthy()
  expect(screen.getByText(/begun in another browser/)).toBeTruthy()
})
