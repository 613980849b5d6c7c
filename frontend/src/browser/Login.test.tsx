import { act, screen, waitFor } from "@testing-library/react"
import { expect, test, vi } from "vitest"

import { ada, answer, facts, open, refusal, requestOptions, stubBrowser, stubLab, usedCredential, withPassword } from "../test/lab"

const begin = "POST /api/webauthn/authentication/begin"
const complete = "POST /api/webauthn/authentication/complete"
const report = "POST /api/webauthn/report"
const status = { "GET /api/auth/status": { unknown: [], notes: [] } }

/** A lab in which somebody is signed in once `route` was asked for. */
function signsIn(route: string, session = ada) {
  let inside = false
  return {
    ...status,
    [route]: () => {
      inside = true
      return { status: 200, body: { verified: true } }
    },
    "GET /api/auth/session": () => ({ status: 200, body: inside ? session : { ...session, authenticated: false, user: null } }),
  }
}

test("the passkey button signs in with nothing typed and lands on the dashboard", async () => {
  stubBrowser({ get: async () => usedCredential })
  const asked = stubLab({ [begin]: requestOptions, ...signsIn(complete) })
  const { user } = open("/login")
  await user.click(await screen.findByRole("button", { name: "Sign in with Passkey" }))
  expect(await screen.findByRole("heading", { name: "Dashboard" })).toBeTruthy()
  expect(asked.find((a) => a.route === begin)?.body).toEqual({})
})

test("a prompt that was closed is explained where the button is, and it can be tried again", async () => {
  stubBrowser({ get: async () => Promise.reject(new DOMException("", "NotAllowedError")) })
  stubLab({ [begin]: requestOptions })
  const { user } = open("/login")
  const button = await screen.findByRole("button", { name: "Sign in with Passkey" })
  await user.click(button)
  const alert = await screen.findByRole("alert")
  expect(alert.textContent).toContain("REFUSED_AT_ONCE")
  await waitFor(() => expect(document.activeElement).toBe(alert))
  expect(button.getAttribute("aria-disabled")).toBeNull()
})

test("what the browser refused is reported, and the id of its record is there to copy", async () => {
  stubBrowser({ get: async () => Promise.reject(new DOMException("No.", "SecurityError")) })
  const asked = stubLab({ [begin]: requestOptions, [report]: { success: true, ceremony_id: "cer-1" } })
  const { user } = open("/login")
  await user.click(await screen.findByRole("button", { name: "Sign in with Passkey" }))
  expect((await screen.findByRole("alert")).textContent).toContain("Record: cer-1")
  expect(asked.at(-1)?.body).toMatchObject({ challenge_id: "challenge-2", name: "SecurityError", message: "No.", mediation: "" })
  await user.click(screen.getByRole("button", { name: "Copy the id of the record" }))
  expect(await navigator.clipboard.readText()).toBe("cer-1")
})

test("a lab that doesn't take the report hides nothing of the failure", async () => {
  stubBrowser({ get: async () => Promise.reject(new DOMException("", "SecurityError")) })
  stubLab({ [begin]: requestOptions, [report]: refusal(503, "STORE_UNAVAILABLE", "Full.") })
  const { user } = open("/login")
  await user.click(await screen.findByRole("button", { name: "Sign in with Passkey" }))
  const alert = await screen.findByRole("alert")
  expect(alert.textContent).toContain("RPID_NOT_ALLOWED_HERE")
  expect(alert.textContent).not.toContain("Record:")
})

test("a ceremony that waits says so after a second and can be cancelled on the page", async () => {
  const get = (options: CredentialRequestOptions) =>
    new Promise((_, reject) => options.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError"))))
  stubBrowser({ get })
  const asked = stubLab({ [begin]: requestOptions, [report]: { success: true, ceremony_id: "cer-1" } })
  const { user } = open("/login")
  await user.click(await screen.findByRole("button", { name: "Sign in with Passkey" }))
  const cancel = await screen.findByRole("button", { name: "Cancel" })
  expect(screen.queryByText(/The browser is asking you/)).toBeNull()
  await screen.findByText(/The browser is asking you/, {}, { timeout: 2_000 })
  await user.click(cancel)
  await screen.findByText("You stopped this.")
  expect(screen.queryByRole("alert")).toBeNull()
  expect(screen.queryByRole("button", { name: "Cancel" })).toBeNull()
  expect(asked.at(-1)?.body).toMatchObject({ name: "AbortError" })
})

test("the autofill offer is withdrawn before the button's own ceremony", async () => {
  const order: string[] = []
  const get = (options: CredentialRequestOptions) => {
    if (options.mediation !== "conditional") {
      order.push("button")
      return Promise.resolve(usedCredential)
    }
    order.push("autofill")
    return new Promise((_, reject) => {
      // A browser needs a moment to take its list away.
      const gone = () => {
        order.push("withdrawn")
        reject(new DOMException("", "AbortError"))
      }
      options.signal?.addEventListener("abort", () => setTimeout(gone, 50))
    })
  }
  stubBrowser({ autofill: true, get })
  stubLab({ [begin]: requestOptions, ...signsIn(complete) })
  const { user } = open("/login")
  await waitFor(() => expect(order).toEqual(["autofill"]))
  await user.click(screen.getByRole("button", { name: "Sign in with Passkey" }))
  await screen.findByRole("heading", { name: "Dashboard" })
  expect(order).toEqual(["autofill", "withdrawn", "button"])
})

test("the e-mail field offers passkeys and keeps a visible label", async () => {
  stubBrowser()
  stubLab({})
  open("/login")
  expect((await screen.findByLabelText("E-mail")).getAttribute("autocomplete")).toBe("username webauthn")
})

test("a wrong password is answered with its cause, the next step and a link to the help", async () => {
  stubBrowser()
  stubLab({ "POST /api/auth/login": refusal(401, "INVALID_CREDENTIALS", "The address or the password is wrong.") })
  const { user } = open("/login")
  await user.type(await screen.findByLabelText("E-mail"), "ada@example.org")
  await user.type(screen.getByLabelText("Password"), "nope{Enter}")
  const alert = await screen.findByRole("alert")
  expect(alert.textContent).toContain("The address or the password is wrong.")
  expect(alert.textContent).toContain("Do the next thing.")
  expect(alert.textContent).toContain("req-1")
  expect(screen.getByRole("link", { name: "INVALID_CREDENTIALS" }).getAttribute("href")).toBe("/help/INVALID_CREDENTIALS")
})

test("empty fields are named before anything is sent, and the first one gets the focus", async () => {
  stubBrowser()
  const asked = stubLab({})
  const { user } = open("/login")
  await user.click(await screen.findByRole("button", { name: "Sign in with password" }))
  const email = screen.getByLabelText("E-mail")
  await waitFor(() => expect(document.activeElement).toBe(email))
  expect(email.getAttribute("aria-invalid")).toBe("true")
  expect(asked.some((a) => a.route === "POST /api/auth/login")).toBe(false)
})

test("a password signs in and goes where the lab allows", async () => {
  stubBrowser()
  stubLab({
    ...signsIn("POST /api/auth/login", withPassword),
    "GET /api/auth/return_to?to=%2Fsettings": { to: "/settings" },
    "GET /api/webauthn/passkeys": { passkeys: [], count: 0 },
    "GET /api/webauthn/passkeys/stats": { active_passkeys: 0, max_passkeys: 10, total_usage: 0, last_used: null, can_add_more: true },
    "GET /api/auth/sessions": { sessions: [], count: 0 },
  })
  const { user } = open("/login?return_to=%2Fsettings")
  await user.type(await screen.findByLabelText("E-mail"), "ada@example.org")
  await user.type(screen.getByLabelText("Password"), "long enough{Enter}")
  expect(await screen.findByRole("heading", { name: "Settings" })).toBeTruthy()
})

test("without a built-in authenticator the page says so before the click", async () => {
  stubBrowser({ platform: false })
  stubLab({})
  open("/login")
  expect((await screen.findByRole("note")).textContent).toMatch(/no built-in authenticator.*security key.*phone.*password manager.*virtual/)
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Sign in with Passkey" }).disabled).toBe(false)
})

test("where ceremonies can't work the button is off and the cause is on the page", async () => {
  stubBrowser()
  vi.stubGlobal("PublicKeyCredential", undefined)
  stubLab({})
  open("/login")
  expect((await screen.findByRole("alert")).textContent).toContain("NO_WEBAUTHN")
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Sign in with Passkey" }).disabled).toBe(true)
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Sign in with password" }).disabled).toBe(false)
})

test("a fresh proof is asked of the same person, with their passkeys only", async () => {
  stubBrowser({ get: async () => usedCredential })
  const asked = stubLab({
    ...status,
    "GET /api/auth/session": ada,
    [begin]: requestOptions,
    [complete]: { verified: true },
    "GET /api/auth/return_to?to=%2Fdashboard": { to: "/dashboard" },
  })
  const { user } = open("/login?refresh=1&return_to=%2Fdashboard")
  expect(await screen.findByRole("heading", { name: "Confirm it's you" })).toBeTruthy()
  expect(screen.getByLabelText<HTMLInputElement>("E-mail").value).toBe("ada@example.org")
  await user.click(screen.getByRole("button", { name: "Sign in with Passkey" }))
  await screen.findByRole("heading", { name: "Dashboard" })
  expect(asked.find((a) => a.route === begin)?.body).toEqual({ username: "ada@example.org" })
})

test("somebody who is signed in already may go on or make way", async () => {
  stubBrowser()
  stubLab({ "GET /api/auth/session": ada })
  open("/login")
  expect(await screen.findByRole("heading", { name: "You are signed in" })).toBeTruthy()
  expect(screen.getByRole("button", { name: "Sign out and use another account" })).toBeTruthy()
})

test("a session that can't be looked up is said, and signing in stays possible", async () => {
  stubBrowser()
  stubLab({ "GET /api/auth/session": refusal(503, "KRATOS_UNAVAILABLE", "Kratos does not answer.") })
  open("/login")
  expect((await screen.findByRole("alert")).textContent).toContain("Kratos does not answer.")
  expect(screen.getByRole("button", { name: "Sign in with Passkey" })).toBeTruthy()
})

test("a lab that doesn't tell its state is said on the page", async () => {
  stubBrowser()
  stubLab({
    "GET /api/lab": answer(500, {
      error: "The lab failed.",
      error_code: "INTERNAL",
      hint: "Look at the log.",
      request_id: "r",
      ceremony_id: "",
      help: "",
    }),
  })
  open("/login")
  expect((await screen.findByRole("alert")).textContent).toContain("The lab failed.")
})

test("a clock that was put right is noticed when the person comes back", async () => {
  let offset = 600
  stubBrowser()
  stubLab({ "GET /api/lab": () => ({ status: 200, body: { ...facts, clock_offset_seconds: offset } }) })
  open("/login")
  await screen.findByText(/10 minutes ahead of/)
  offset = 0
  act(() => void dispatchEvent(new Event("focus")))
  await waitFor(() => expect(screen.queryByText(/10 minutes ahead of/)).toBeNull())
})

test("a moved clock is on the page", async () => {
  stubBrowser()
  stubLab({ "GET /api/lab": { ...facts, clock_offset_seconds: 600 } })
  open("/login")
  expect(await screen.findByText(/10 minutes ahead of/)).toBeTruthy()
})
