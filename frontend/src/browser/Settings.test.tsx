import { screen, within } from "@testing-library/react"
import { expect, test, vi } from "vitest"

import { ada, createdCredential, creationOptions, here, laptop, open, refusal, stats, stubBrowser, stubLab } from "../test/lab"

const routes = {
  "GET /api/auth/session": ada,
  "GET /api/webauthn/passkeys": { passkeys: [laptop], count: 1 },
  "GET /api/webauthn/passkeys/stats": stats,
  "GET /api/auth/sessions": { sessions: [here, { ...here, id: "session-2", current: false, user_agent: "curl/8.9.1" }], count: 2 },
}

test("a passkey is shown with what it is and where it lives", async () => {
  stubBrowser()
  stubLab(routes)
  open("/settings")
  expect(await screen.findByText("Laptop")).toBeTruthy()
  expect(screen.getByText("Synced")).toBeTruthy()
  expect(screen.getByText(/Windows Hello/)).toBeTruthy()
  expect(screen.getByText("1 of 10")).toBeTruthy()
})

test("no passkey at all is said, with what to do", async () => {
  stubBrowser()
  stubLab({ ...routes, "GET /api/webauthn/passkeys": { passkeys: [], count: 0 } })
  open("/settings")
  expect(await screen.findByText("No passkey yet")).toBeTruthy()
})

test("a removed passkey is not listed", async () => {
  stubBrowser()
  stubLab({ ...routes, "GET /api/webauthn/passkeys": { passkeys: [{ ...laptop, status: "revoked", name: "Old phone" }], count: 0 } })
  open("/settings")
  await screen.findByText("No passkey yet")
  expect(screen.queryByText("Old phone")).toBeNull()
})

test("a passkey is added under the name that was chosen", async () => {
  stubBrowser({ create: async () => createdCredential })
  const asked = stubLab({
    ...routes,
    "POST /api/webauthn/passkeys/add/begin": creationOptions,
    "POST /api/webauthn/passkeys/add/complete": { verified: true, message: "", passkey: { ...laptop, id: "key-2", name: "Blue key" } },
  })
  const { user } = open("/settings")
  const name = await screen.findByLabelText("Name of the new passkey")
  await user.clear(name)
  await user.type(name, "Blue key")
  await user.click(screen.getByRole("button", { name: "Add a passkey" }))
  expect(await screen.findByText("“Blue key” was added.")).toBeTruthy()
  expect(asked.find((a) => a.route.endsWith("add/begin"))?.body).toEqual({ name: "Blue key" })
  expect(asked.find((a) => a.route.endsWith("add/complete"))?.body).toMatchObject({ challenge_id: "challenge-1", passkey_name: "Blue key" })
})

test("a passkey without a name is not begun", async () => {
  stubBrowser()
  const asked = stubLab(routes)
  const { user } = open("/settings")
  await user.clear(await screen.findByLabelText("Name of the new passkey"))
  await user.click(screen.getByRole("button", { name: "Add a passkey" }))
  expect(screen.getByText(/Give the passkey a name/)).toBeTruthy()
  expect(asked.some((a) => a.route.endsWith("add/begin"))).toBe(false)
})

test("a session that is too old is sent to a fresh proof and knows the way back", async () => {
  stubBrowser()
  stubLab({ ...routes, "POST /api/webauthn/passkeys/add/begin": refusal(403, "REAUTH_REQUIRED", "This needs a fresh sign-in.") })
  const { user } = open("/settings")
  await user.click(await screen.findByRole("button", { name: "Add a passkey" }))
  expect(await screen.findByRole("heading", { name: "Confirm it's you" })).toBeTruthy()
  expect(screen.getByText("This needs a fresh sign-in.")).toBeTruthy()
  expect(location.search).toBe("?refresh=1&return_to=%2Fsettings")
})

test("a passkey is renamed in place", async () => {
  stubBrowser()
  const asked = stubLab({
    ...routes,
    "PUT /api/webauthn/passkeys/key-1/rename": { success: true, message: "", passkey: { ...laptop, name: "Work laptop" } },
  })
  const { user } = open("/settings")
  await user.click(await screen.findByRole("button", { name: "Rename Laptop" }))
  const field = screen.getByLabelText("New name")
  await user.clear(field)
  await user.type(field, "Work laptop{Enter}")
  expect(await screen.findByText("“Laptop” is now called “Work laptop”.")).toBeTruthy()
  expect(asked.find((a) => a.route.startsWith("PUT"))?.body).toEqual({ name: "Work laptop" })
})

test("Escape leaves the name as it was", async () => {
  stubBrowser()
  stubLab(routes)
  const { user } = open("/settings")
  await user.click(await screen.findByRole("button", { name: "Rename Laptop" }))
  await user.type(screen.getByLabelText("New name"), "x{Escape}")
  expect(screen.getByText("Laptop")).toBeTruthy()
})

test("removing asks first, by name, and keeping it changes nothing", async () => {
  stubBrowser()
  const asked = stubLab(routes)
  const { user } = open("/settings")
  await user.click(await screen.findByRole("button", { name: "Remove Laptop" }))
  const dialog = screen.getByRole("dialog", { name: "Remove “Laptop”?" })
  await user.click(within(dialog).getByRole("button", { name: "Keep it" }))
  expect(screen.queryByRole("dialog")).toBeNull()
  expect(asked.some((a) => a.route.startsWith("DELETE"))).toBe(false)
})

const told = { advice: "tell", rp_id: "localhost", credential_id: "AAAA", reason: "", next: "" }

test("a removed passkey is signalled to the password manager, which may keep it", async () => {
  stubBrowser()
  const signal = vi.fn(async () => undefined)
  Object.assign(PublicKeyCredential, { signalUnknownCredential: signal })
  let removed = false
  const remove = () => {
    removed = true
    return { status: 200, body: { success: true, message: "", signal: told, ended_sessions: 2 } }
  }
  const list = () => ({ status: 200, body: { passkeys: removed ? [] : [laptop], count: 1, rp_id: "localhost", user_handle: "AQID" } })
  stubLab({ ...routes, "DELETE /api/webauthn/passkeys/key-1": remove, "GET /api/webauthn/passkeys": list })
  const { user } = open("/settings")
  await user.click(await screen.findByRole("button", { name: "Remove Laptop" }))
  expect(screen.getByText("Sessions elsewhere that were signed in with it end at once. This browser stays signed in.")).toBeTruthy()
  await user.click(screen.getByRole("button", { name: "Remove passkey" }))
  expect(await screen.findByText("“Laptop” was removed.")).toBeTruthy()
  expect(screen.getByText(/^The 2 sessions that were signed in with it elsewhere have ended\./)).toBeTruthy()
  expect(signal).toHaveBeenCalledWith({ rpId: "localhost", credentialId: "AAAA" })
  expect(screen.getByText(/was asked to stop offering it/)).toBeTruthy()
})

test.each(["leave", "ask"])(
  "a removed passkey of which the lab says %s stays in the password manager until the person says otherwise",
  async (advice) => {
    stubBrowser()
    const signal = vi.fn(async () => undefined)
    Object.assign(PublicKeyCredential, { signalUnknownCredential: signal })
    const remove = { success: true, message: "", signal: { ...told, advice, reason: "The snapshot before still has it." } }
    stubLab({ ...routes, "DELETE /api/webauthn/passkeys/key-1": remove })
    const { user } = open("/settings")
    await user.click(await screen.findByRole("button", { name: "Remove Laptop" }))
    await user.click(screen.getByRole("button", { name: "Remove passkey" }))
    expect(await screen.findByText(/The snapshot before still has it/)).toBeTruthy()
    expect(signal).not.toHaveBeenCalled()
    const button = screen.queryByRole("button", { name: "Remove it from the password manager" })
    expect(button !== null).toBe(advice === "ask")
    if (!button) return
    await user.click(button)
    expect(signal).toHaveBeenCalledWith({ rpId: "localhost", credentialId: "AAAA" })
    expect(await screen.findByText(/was asked to stop offering it/)).toBeTruthy()
  },
)

test("the last passkey of somebody without another way in stays, with the lab's reason", async () => {
  stubBrowser()
  stubLab({
    ...routes,
    "DELETE /api/webauthn/passkeys/key-1": refusal(400, "LAST_PASSKEY", "Cannot delete your last passkey. Add another passkey first."),
  })
  const { user } = open("/settings")
  await user.click(await screen.findByRole("button", { name: "Remove Laptop" }))
  await user.click(screen.getByRole("button", { name: "Remove passkey" }))
  expect((await screen.findByRole("alert")).textContent).toContain("Cannot delete your last passkey.")
})

test("another browser's session is ended and said to be", async () => {
  stubBrowser()
  const asked = stubLab({ ...routes, "DELETE /api/auth/sessions/session-2": { success: true, message: "" } })
  const { user } = open("/settings")
  expect(await screen.findByText("This browser")).toBeTruthy()
  await user.click(screen.getByRole("button", { name: "End session: curl" }))
  expect(await screen.findByText(/The session of curl was ended/)).toBeTruthy()
  expect(asked.some((a) => a.route === "DELETE /api/auth/sessions/session-2")).toBe(true)
})

test("lists that can't be loaded each say why", async () => {
  stubBrowser()
  stubLab({
    ...routes,
    "GET /api/webauthn/passkeys": refusal(503, "STORE_UNAVAILABLE", "The data file can't be used."),
    "GET /api/auth/sessions": refusal(503, "STORE_UNAVAILABLE", "The data file can't be used."),
  })
  open("/settings")
  expect(await screen.findAllByRole("alert")).toHaveLength(2)
})
