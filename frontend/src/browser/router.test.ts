import { beforeEach, expect, test, vi } from "vitest"

import { pages } from "../api/pages"
import { loginPath, pageAt, visit } from "./router"

beforeEach(() => history.replaceState(null, "", "/"))

test("one of our pages is shown without a reload, with what the last one had to say", () => {
  visit("/login", { note: "You are signed out." })
  expect(location.pathname).toBe("/login")
  expect(history.state).toEqual({ note: "You are signed out.", document: performance.timeOrigin })
})

test("an address that would run a script goes nowhere", () => {
  const leave = vi.fn()
  vi.stubGlobal("location", { href: location.href, origin: location.origin, assign: leave })
  visit("javascript:alert(1)")
  visit("data:text/html,x")
  expect(leave).not.toHaveBeenCalled()
})

test("an address elsewhere is left to the browser", () => {
  const leave = vi.fn()
  vi.stubGlobal("location", { href: location.href, origin: location.origin, assign: leave })
  visit("https://app.example.org/back")
  expect(String(leave.mock.calls[0]?.[0])).toBe("https://app.example.org/back")
})

test("the sign-in page is told where to go on, and that a fresh proof is wanted", () => {
  expect(loginPath("/settings", true)).toBe("/login?refresh=1&return_to=%2Fsettings")
  expect(loginPath("/dashboard")).toBe("/login?return_to=%2Fdashboard")
})

test("every page that the lab has is found at its path, and no other", () => {
  const found = pages.map(({ path }) => pageAt(path.replace(/\{\w+\}/, "a%20b")))
  expect(found.map((f) => f?.page)).toEqual(pages.map((p) => p.path))
  expect(pageAt("/help/a%20b")).toEqual({ page: "/help/{code}", named: "a%20b" })
  for (const path of ["/help/", "/help/a/b", "/login/", "/shop"]) expect(pageAt(path)).toBeUndefined()
})
