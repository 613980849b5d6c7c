import { mkdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"

import type { Page } from "@playwright/test"

import { Authenticator } from "../e2e/authenticator"
import { registerWithPasskey, signInByButton, signOut, statusOfMe, onDashboard } from "../e2e/person"
import { expect, healthy, test } from "./fixtures"
import { Window } from "./window"

/** What a browser does is in the panel within a second. */
const atOnce = { timeout: 1000 }

const email = "ada@example.org"

const go = (panels: Page, name: string) => panels.getByRole("navigation").getByRole("button", { name }).click()

test("what a browser does appears in the panels within a second, and what a panel does reaches the browser", async ({
  home,
  panels,
  visit,
}) => {
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  await expect(healthy(panels)).toBeVisible()
  const origin = await panels.locator(".hero-address code").innerText()
  expect(origin).toMatch(/^https:\/\/localhost:\d+$/)

  await test.step("the home panel makes the browsers trust the lab", async () => {
    await panels.getByRole("button", { name: "Trust in this machine's browsers" }).click()
    await expect(panels.getByText("absent → trusted")).toBeVisible()
  })
  const page = await visit(origin)
  const authenticator = await Authenticator.plugIn(page)

  await test.step("a person registers, with a passkey", async () => {
    await go(panels, "Sessions")
    await expect(panels.getByText("Nobody is signed in")).toBeVisible()
    await registerWithPasskey(page, email)
    const row = panels.getByRole("row", { name: new RegExp(email) })
    await expect(row).toBeVisible(atOnce)
    await expect(row).toContainText("password")
    await expect(row).toContainText(/Chrome \d+ on Linux/)
    await go(panels, "Passkeys")
    await expect(panels.getByRole("row", { name: new RegExp(email) })).toContainText("never")
  })

  await test.step("signs out and in with the passkey", async () => {
    await authenticator.present(false)
    await signOut(page)
    await go(panels, "Sessions")
    await expect(panels.getByText("Nobody is signed in")).toBeVisible(atOnce)
    await signInByButton(page, authenticator)
    await onDashboard(page)
    await expect(panels.getByRole("row", { name: new RegExp(email) })).toContainText("passkey", atOnce)
    await expect(panels.getByRole("row", { name: new RegExp(email) })).toContainText("kratos")
  })

  await test.step("the passkey is renamed in the panel", async () => {
    await go(panels, "Passkeys")
    await expect(panels.getByRole("row", { name: new RegExp(email) })).not.toContainText("never", atOnce)
    await panels.getByRole("button", { name: /^Rename the passkey/ }).click()
    await panels.keyboard.type("Desk drawer")
    await panels.keyboard.press("Enter")
    await expect(panels.getByRole("row", { name: /Desk drawer/ })).toBeVisible(atOnce)
    await page.goto("/settings")
    await expect(page.getByText("Desk drawer").first()).toBeVisible()
  })

  await test.step("the session is revoked in the panel", async () => {
    expect(await statusOfMe(page)).toBe(200)
    await go(panels, "Sessions")
    await panels.getByRole("button", { name: `Revoke the session of ${email}` }).click()
    await panels.getByRole("button", { name: "Revoke session" }).click()
    await expect(panels.getByText("Nobody is signed in")).toBeVisible()
    expect(await statusOfMe(page)).toBe(401)
  })

  await test.step("the person is removed, after being told what goes", async () => {
    await go(panels, "People")
    await panels.getByRole("button", { name: `Remove ${email}` }).click()
    await expect(panels.getByRole("dialog")).toContainText("The account, its password and 1 passkey go, for good.")
    await panels.getByRole("button", { name: "Remove account" }).click()
    await expect(panels.getByText("No accounts yet")).toBeVisible()
    await go(panels, "Passkeys")
    await expect(panels.getByText("No passkeys yet")).toBeVisible()
  })

  await test.step("each service shows the evidence of its probe", async () => {
    await go(panels, "Services")
    const cards = panels.getByRole("main").getByRole("listitem")
    await expect(cards.first()).toBeVisible()
    for (const card of await cards.all()) await expect(card).toContainText("Healthy")
    await panels.getByRole("button", { name: "Log of site" }).click()
    await expect(panels.getByRole("log", { name: "Log of site" })).toBeVisible()
  })

  await test.step("a service that is stopped is not there until it is started again", async () => {
    await panels.getByRole("button", { name: "Stop site" }).click()
    await panels.getByRole("dialog").getByRole("button", { name: "Stop site" }).click()
    await expect(panels.getByRole("listitem", { name: "site: Stopped" })).toBeVisible()
    await expect(page.goto("/login")).rejects.toThrow(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_CLOSED|ERR_CONNECTION_RESET/)
    await panels.getByRole("button", { name: "Start site" }).click()
    await expect(panels.getByRole("listitem", { name: "site: Healthy" })).toBeVisible()
    expect((await page.goto("/login"))?.status()).toBe(200)
  })

  expect(await window.close()).toBe(0)
  expect((await home.sting("status")).status).toBe(3)
})

test("the clock that a panel moves ends a session by its age", async ({ home, panels, visit }) => {
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  const origin = await panels.locator(".hero-address code").innerText()
  expect((await home.sting("trust")).status).toBe(0)
  const page = await visit(origin)
  await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  await expect(panels.getByRole("button", { name: "1 session" })).toBeVisible(atOnce)
  await panels.getByRole("textbox", { name: "Move the clock by" }).fill("2000h")
  await panels.keyboard.press("Enter")
  await expect(panels.getByText(/^The lab's clock is 83 d 8 h ahead\.$/)).toBeVisible()
  await expect(panels.getByRole("button", { name: "0 sessions" })).toBeVisible()
  expect(await statusOfMe(page)).toBe(401)
  await window.end()
})

test("a button opens the page in the system's browser, and shows the address to copy when none comes up", async ({ home, panels }) => {
  // The system's opener is a program called xdg-open: this one notes what it was asked for.
  const asked = join(home.person, "asked")
  const opener = join(home.person, "bin", "xdg-open")
  await mkdir(dirname(opener))
  await writeFile(opener, `#!/bin/sh\necho "$1" >>'${asked}'\n`, { mode: 0o755 })
  home.env["PATH"] = `${dirname(opener)}:${home.env["PATH"]}`
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  const origin = await panels.locator(".hero-address code").innerText()
  for (const page of ["login", "register", "dashboard"]) {
    await panels.getByRole("button", { name: `Open ${page}` }).click()
    await expect(panels.getByText(`Opened ${page} in your browser.`)).toBeVisible()
  }
  expect((await readFile(asked, "utf8")).trim().split("\n")).toEqual([`${origin}/login`, `${origin}/register`, `${origin}/dashboard`])

  await writeFile(opener, "#!/bin/sh\nexit 3\n", { mode: 0o755 })
  await panels.getByRole("button", { name: "Open login" }).click()
  const dialog = panels.getByRole("dialog", { name: "No browser came up" })
  await expect(dialog).toContainText("xdg-open found none")
  await expect(dialog.locator(".address code")).toHaveText(`${origin}/login`)
  await dialog.getByRole("link", { name: "BROWSER_NOT_OPENED" }).click()
  await expect(panels.getByRole("dialog", { name: "BROWSER_NOT_OPENED" })).toContainText("What to do")
  await window.end()
})
