import { cleanup, render, screen, waitFor, within } from "@testing-library/react"
import { expect, test } from "vitest"

import { pages } from "../api/pages"
import { ada, open, refusal, stubBrowser, stubLab } from "../test/lab"
import { App } from "./App"
import { movedFrom } from "./MovedNote"
import { visit } from "./router"

const entry = {
  code: "EXPIRED_CHALLENGE",
  title: "The challenge is no longer good.",
  cause: "It is too old.",
  fix: "Start again. `sting clock` shows the time.",
  body: "More of it.\n\n    sting ceremonies",
}

test("the first page offers the two ways in to a stranger", async () => {
  stubBrowser()
  stubLab({})
  open("/")
  expect((await screen.findByRole("link", { name: "Create an account" })).getAttribute("href")).toBe("/register")
})

test("the first page knows who is signed in", async () => {
  stubBrowser()
  stubLab({ "GET /api/auth/session": ada })
  open("/")
  expect(await screen.findByText("ada@example.org")).toBeTruthy()
  expect(screen.getByRole("link", { name: "Open the dashboard" })).toBeTruthy()
})

test("a help entry shows cause, fix and its commands", async () => {
  stubBrowser()
  stubLab({ "GET /api/help/EXPIRED_CHALLENGE": entry })
  open("/help/EXPIRED_CHALLENGE")
  expect(await screen.findByRole("heading", { name: "The challenge is no longer good." })).toBeTruthy()
  expect(screen.getByText("It is too old.")).toBeTruthy()
  expect(screen.getByText("sting clock").tagName).toBe("CODE")
  expect(screen.getByText("sting ceremonies").tagName).toBe("PRE")
})

test("a code without help says so", async () => {
  stubBrowser()
  stubLab({ "GET /api/help/NOPE": refusal(404, "NOT_FOUND", "There is no help about this code.") })
  open("/help/NOPE")
  expect((await screen.findByRole("alert")).textContent).toContain("There is no help about this code.")
})

test("the error page explains the code and repeats nothing else of its address", async () => {
  stubBrowser()
  stubLab({ "GET /api/help/EXPIRED_CHALLENGE": entry })
  open("/error?code=EXPIRED_CHALLENGE&error_description=Call+this+number")
  expect(await screen.findByText("It is too old.")).toBeTruthy()
  expect(screen.queryByText(/Call this number/)).toBeNull()
})

test("an address that is none of ours says so", async () => {
  stubBrowser()
  stubLab({})
  open("/nowhere")
  expect(await screen.findByRole("heading", { name: "There is no such page" })).toBeTruthy()
})

test("a move inside the page takes the focus to the new heading", async () => {
  stubBrowser()
  stubLab({})
  const { user } = open("/")
  await user.click(await within(screen.getByRole("navigation", { name: "Pages" })).findByRole("link", { name: "Sign in" }))
  const heading = await screen.findByRole("heading", { level: 1, name: "Sign in" })
  await waitFor(() => expect(document.activeElement).toBe(heading))
})

test("a page that was asked for at another name of this machine says so, and its address is clean again", async () => {
  stubBrowser()
  stubLab({})
  const { user } = open("/login?x=1#moved-from=127.0.0.1")
  expect(await screen.findByText("You were moved here from 127.0.0.1")).toBeTruthy()
  expect(location.hash).toBe("")
  expect(location.search).toBe("?x=1")
  await user.click(screen.getByRole("button", { name: "Understood" }))
  expect(screen.queryByText(/You were moved here/)).toBeNull()
})

test("nobody can put words of their own on the page by its address", async () => {
  expect(movedFrom("#moved-from=your bank, call 555")).toBeUndefined()
  expect(movedFrom("#moved-from=evil.example")).toBeUndefined()
  expect(movedFrom("#moved-from=::1")).toBe("::1")
})

test("what the last page had to say is gone after a reload", async () => {
  stubBrowser()
  stubLab({})
  open("/register")
  visit("/login", { note: "You are signed out." })
  expect(await screen.findByText("You are signed out.")).toBeTruthy()
  cleanup()
  history.replaceState({ ...(history.state as object), document: performance.timeOrigin - 1 }, "", "/login")
  render(<App />)
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy()
  expect(screen.queryByText("You are signed out.")).toBeNull()
})

test.each(pages.map(({ path }) => path.replace(/\{\w+\}/, "x")))("%s, which the lab serves, is a page here", async (path) => {
  stubBrowser()
  stubLab({})
  open(path)
  await screen.findByRole("navigation", { name: "Pages" })
  expect(screen.queryByText("There is no such page")).toBeNull()
})
