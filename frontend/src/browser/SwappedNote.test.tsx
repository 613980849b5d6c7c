import { screen, waitFor } from "@testing-library/react"
import { expect, test } from "vitest"

import type { AuthSession } from "../api/types"
import { ada, open, stats, stubBrowser, stubLab } from "../test/lab"
import { lastPerson, rememberPerson } from "./lastPerson"

const eve: AuthSession = {
  ...ada,
  session_id: "session-9",
  user: { ...ada.user!, id: "person-9", email: "eve@example.org" },
  signed_in_here: false,
}
const kratosStatus = {
  authenticated: true,
  auth_method: "password",
  sessions: ada.sessions,
  agree: true,
  flask_auth: true,
  kratos_auth: true,
  unknown: [],
  notes: [],
}

/** Opens a page as somebody, in a browser where ada was before. */
function openAs(
  who: AuthSession,
  path = "/dashboard",
  before: { id: string; email: string } | null = { id: "person-1", email: "ada@example.org" },
) {
  stubBrowser()
  if (before) rememberPerson(before)
  const asked = stubLab({
    "GET /api/webauthn/passkeys/stats": stats,
    "GET /api/auth/session": who,
    "GET /api/auth/status": kratosStatus,
    "POST /api/auth/logout": { success: true, message: "" },
  })
  return { ...open(path), asked }
}

test.each(["/dashboard", "/settings", "/login", "/register"])(
  "an account that was swapped is announced on %s, with who it was and who it is",
  async (path) => {
    openAs(eve, path)
    const note = await screen.findByText(/The account of this browser is eve@example.org now/)
    const said = note.closest('[role="alert"]')?.textContent
    expect(said).toContain("Before, ada@example.org was signed in here.")
    expect(said).toContain("Sign out of eve@example.org")
  },
)

test("a session that was planted where nobody was before is announced", async () => {
  openAs(eve, "/dashboard", null)
  expect(await screen.findByText(/Before, nobody was signed in here/)).toBeTruthy()
  expect(lastPerson()).toBeUndefined()
})

test("signing out is one press away", async () => {
  const { user, asked } = openAs(eve)
  await user.click(await screen.findByRole("button", { name: "Sign out of eve@example.org" }))
  await waitFor(() => expect(asked.some((a) => a.route === "POST /api/auth/logout")).toBe(true))
})

test("a browser whose own cookie was planted too is told all the same, until the person says it was them", async () => {
  const { user } = openAs({ ...eve, signed_in_here: true })
  await user.click(await screen.findByRole("button", { name: "It was me, elsewhere" }))
  expect(screen.queryByText(/The account of this browser is/)).toBeNull()
  expect(lastPerson()?.email).toBe("eve@example.org")
})

test.each([
  ["the same person", ada],
  ["the same person in a session from before the lab remembered", { ...ada, signed_in_here: false }],
  ["the mock user", { ...eve, auth_method: "mock" }],
])("%s is no news", async (_, who) => {
  openAs(who)
  expect(await screen.findByRole("heading", { name: "This session" })).toBeTruthy()
  expect(screen.queryByText(/The account of this browser is/)).toBeNull()
})
