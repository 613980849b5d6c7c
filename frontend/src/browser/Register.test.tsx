import { screen, waitFor } from "@testing-library/react"
import { expect, test } from "vitest"

import {
  ada,
  createdCredential,
  creationOptions,
  form,
  laptop,
  nobody,
  open,
  refusal,
  stubBrowser,
  stubLab,
  withPassword,
} from "../test/lab"

const formRoute = { "GET /api/registration/form": form, "GET /api/auth/status": { unknown: [], notes: [] } }
const register = "POST /api/auth/register"

/** A lab that makes the account when it is asked to. */
function registers() {
  let made = false
  return {
    ...formRoute,
    [register]: () => {
      made = true
      return { status: 201, body: withPassword }
    },
    "GET /api/auth/session": () => ({ status: 200, body: made ? withPassword : nobody }),
  }
}

async function fillIn(user: ReturnType<typeof open>["user"]) {
  await user.type(await screen.findByLabelText("E-mail"), "ada@example.org")
  await user.type(screen.getByLabelText(/First Name/), "Ada{Enter}")
  await user.type(await screen.findByLabelText("Password"), "long enough{Enter}")
}

test("the fields of the schema and a password make an account, then a passkey is offered", async () => {
  stubBrowser()
  const asked = stubLab(registers())
  const { user } = open("/register")
  await fillIn(user)
  expect(await screen.findByRole("heading", { name: "Create a passkey" })).toBeTruthy()
  expect(asked.find((a) => a.route === register)?.body).toEqual({
    email: "ada@example.org",
    password: "long enough",
    traits: { email: "ada@example.org", name: { first: "Ada" } },
  })
})

test("the offer can be skipped, and the lab is told", async () => {
  stubBrowser()
  const asked = stubLab({ ...registers(), "POST /api/webauthn/registration/skip": { status: "success" } })
  const { user } = open("/register")
  await fillIn(user)
  await user.click(await screen.findByRole("button", { name: "Skip for now" }))
  expect(await screen.findByRole("heading", { name: "Dashboard" })).toBeTruthy()
  expect(asked.some((a) => a.route === "POST /api/webauthn/registration/skip")).toBe(true)
})

test("a passkey is made and the dashboard follows", async () => {
  stubBrowser({ create: async () => createdCredential })
  const asked = stubLab({
    ...registers(),
    "POST /api/webauthn/registration/begin": creationOptions,
    "POST /api/webauthn/registration/complete": { verified: true, message: "", passkey: laptop },
  })
  const { user } = open("/register")
  await fillIn(user)
  await user.click(await screen.findByRole("button", { name: "Create a passkey" }))
  await screen.findByRole("heading", { name: "Dashboard" })
  expect(asked.find((a) => a.route.endsWith("/complete"))?.body).toMatchObject({ challenge_id: "challenge-1", credential: { id: "AQID" } })
})

test("an authenticator that has one already is named, and skipping stays possible", async () => {
  stubBrowser({ create: async () => Promise.reject(new DOMException("", "InvalidStateError")) })
  stubLab({ ...registers(), "POST /api/webauthn/registration/begin": creationOptions })
  const { user } = open("/register")
  await fillIn(user)
  await user.click(await screen.findByRole("button", { name: "Create a passkey" }))
  expect((await screen.findByRole("alert")).textContent).toContain("already holds a passkey")
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Skip for now" }).disabled).toBe(false)
})

test("where no built-in authenticator is, the page says before the click what works", async () => {
  stubBrowser({ platform: false })
  stubLab(registers())
  const { user } = open("/register")
  await fillIn(user)
  expect((await screen.findByRole("note")).textContent).toMatch(/security key.*phone.*password manager.*virtual/)
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Create a passkey" }).disabled).toBe(false)
})

test("an address that is taken is said at its field, with the way to sign in", async () => {
  stubBrowser()
  stubLab({ ...formRoute, [register]: refusal(409, "EMAIL_TAKEN", "This address has an account.") })
  const { user } = open("/register")
  await fillIn(user)
  const email = await screen.findByLabelText("E-mail")
  expect(email.getAttribute("aria-invalid")).toBe("true")
  await waitFor(() => expect(document.activeElement).toBe(email))
  expect(screen.getByRole("link", { name: "Sign in instead" }).getAttribute("href")).toBe("/login")
})

test("a field that the lab refuses is shown at that field", async () => {
  stubBrowser()
  stubLab({
    ...formRoute,
    [register]: refusal(400, "INVALID_FIELD", "This password is too similar to the address.", { field: "password" }),
  })
  const { user } = open("/register")
  await fillIn(user)
  expect(await screen.findByText(/too similar to the address/)).toBeTruthy()
  expect(screen.getByLabelText("Password").getAttribute("aria-invalid")).toBe("true")
})

test("a page is not left with a mistake on it", async () => {
  stubBrowser()
  stubLab(formRoute)
  const { user } = open("/register")
  await user.click(await screen.findByRole("button", { name: "Continue" }))
  expect(screen.getByText("E-mail is needed.")).toBeTruthy()
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("E-mail")))
})

test("details and password can share a page", async () => {
  stubBrowser()
  stubLab({ ...formRoute, "GET /api/registration/form": { ...form, pages: [["details", "password"], ["passkey"]] } })
  open("/register")
  expect(await screen.findByLabelText("E-mail")).toBeTruthy()
  expect(screen.getByLabelText("Password")).toBeTruthy()
  expect(screen.getByRole("button", { name: "Create account" })).toBeTruthy()
})

test("a registration that was left before its passkey goes on there", async () => {
  stubBrowser()
  stubLab({ ...formRoute, "GET /api/auth/session": withPassword })
  open("/register")
  expect(await screen.findByRole("heading", { name: "Create a passkey" })).toBeTruthy()
})

test("somebody who has a passkey already is not registered again", async () => {
  stubBrowser()
  stubLab({ ...formRoute, "GET /api/auth/session": ada })
  open("/register")
  expect(await screen.findByRole("heading", { name: "You are signed in" })).toBeTruthy()
})

test("a form that can't be loaded says why", async () => {
  stubBrowser()
  stubLab({ ...formRoute, "GET /api/registration/form": refusal(503, "STORE_UNAVAILABLE", "The data file can't be used.") })
  open("/register")
  expect((await screen.findByRole("alert")).textContent).toContain("The data file can't be used.")
})
