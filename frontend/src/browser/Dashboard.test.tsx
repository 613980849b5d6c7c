import { act, screen, waitFor } from "@testing-library/react"
import { expect, test } from "vitest"

import { ada, nobody, open, refusal, stubBrowser, stubLab, withPassword } from "../test/lab"

const status = { "GET /api/auth/status": { unknown: [], notes: ["Both views are of one session."] } }

test("both kinds of session stand side by side", async () => {
  stubBrowser()
  stubLab({ ...status, "GET /api/auth/session": withPassword })
  open("/dashboard")
  expect(await screen.findByText("flask_auth: false")).toBeTruthy()
  expect(screen.getByText("kratos_auth: true")).toBeTruthy()
  expect(screen.getByText("They agree")).toBeTruthy()
  expect(await screen.findByText("Both views are of one session.")).toBeTruthy()
})

test("who has no passkey is told the next step", async () => {
  stubBrowser()
  stubLab({ ...status, "GET /api/auth/session": withPassword })
  open("/dashboard")
  expect((await screen.findByRole("link", { name: "Add a passkey" })).getAttribute("href")).toBe("/settings")
})

test("two people at once are said to disagree", async () => {
  stubBrowser()
  stubLab({ ...status, "GET /api/auth/session": { ...ada, agree: false } })
  open("/dashboard")
  expect(await screen.findByText("Two people are signed in here")).toBeTruthy()
})

test("nobody is sent to the sign-in page, which knows the way back", async () => {
  stubBrowser()
  stubLab({})
  open("/dashboard")
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy()
  expect(location.pathname + location.search).toBe("/login?return_to=%2Fdashboard")
})

test("a session that ends elsewhere is noticed when the person comes back", async () => {
  let session = ada
  stubBrowser()
  stubLab({ ...status, "GET /api/auth/session": () => ({ status: 200, body: session }) })
  open("/dashboard")
  await screen.findByRole("heading", { name: "Dashboard" })
  session = nobody
  act(() => void dispatchEvent(new Event("focus")))
  expect(await screen.findByRole("heading", { name: "Your session was ended" })).toBeTruthy()
  expect(screen.getByRole("link", { name: "Sign in again" }).getAttribute("href")).toBe("/login?return_to=%2Fdashboard")
})

test("signing out ends at the sign-in page with a word about it", async () => {
  let session = ada
  stubBrowser()
  stubLab({
    ...status,
    "GET /api/auth/session": () => ({ status: 200, body: session }),
    "POST /api/auth/logout": () => {
      session = nobody
      return { status: 200, body: { success: true, message: "Signed out." } }
    },
  })
  const { user } = open("/dashboard")
  await user.click(await screen.findByRole("button", { name: "Sign out" }))
  expect(await screen.findByText("You are signed out.")).toBeTruthy()
  await waitFor(() => expect(location.pathname).toBe("/login"))
})

test("a lab that can't tell who is signed in says why, and can be asked again", async () => {
  stubBrowser()
  stubLab({ "GET /api/auth/session": refusal(503, "KRATOS_UNAVAILABLE", "Kratos does not answer.") })
  open("/dashboard")
  expect((await screen.findByRole("alert")).textContent).toContain("Kratos does not answer.")
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy()
})

test("the mock user is never offered a passkey or a way out", async () => {
  stubBrowser()
  stubLab({ ...status, "GET /api/auth/session": { ...ada, auth_method: "mock", passkey_count: 0, has_passkey: false } })
  open("/dashboard")
  await screen.findByRole("heading", { name: "Dashboard" })
  expect(screen.queryByRole("link", { name: "Add a passkey" })).toBeNull()
  expect(screen.queryByRole("button", { name: "Sign out" })).toBeNull()
})
