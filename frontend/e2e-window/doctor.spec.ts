import type { Page } from "@playwright/test"

import { expect, healthy, test } from "./fixtures"
import { Window } from "./window"

/** A round of all checks, with a self-test through HTTPS. */
const round = { timeout: 45_000 }

const go = (panels: Page, name: string) => panels.getByRole("navigation").getByRole("button", { name }).click()

const examineAgain = (panels: Page) => panels.getByRole("button", { name: "Examine again" })

test("the doctor of a fresh home finds nothing wrong, and says what it looked at", async ({ home, panels }) => {
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  await expect(healthy(panels)).toBeVisible()
  await go(panels, "Doctor")
  await expect(examineAgain(panels)).toBeEnabled(round)
  await expect(panels.getByRole("heading", { name: "Nothing is wrong" })).toBeVisible()
  await expect(panels.getByText(/^Looked at certificates, .* and services and this machine\.$/)).toBeVisible()
  await panels.getByRole("button", { name: /^Well \d+$/ }).click()
  await expect(panels.getByRole("listitem", { name: "TLS-03: ok" })).toContainText("localhost")
  await panels.getByRole("button", { name: /^Skipped \d+$/ }).click()
  for (const row of await panels.getByRole("listitem", { name: /: skipped$/ }).all())
    await expect(row.getByRole("paragraph").nth(1)).not.toBeEmpty()

  await test.step("what it did itself is gone", async () => {
    await go(panels, "People")
    await expect(panels.getByText("No accounts yet")).toBeVisible()
  })
  await window.end()
})

test("a service that is stopped shows as the one cause, and the doctor's repair mends it", async ({ home, panels }) => {
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  await expect(healthy(panels)).toBeVisible()
  expect((await home.sting("stop", "mail")).status).toBe(0)
  await go(panels, "Doctor")
  const row = panels.getByRole("listitem", { name: "ML-01: failed" })
  await expect(row).toBeVisible(round)
  await expect(examineAgain(panels)).toBeEnabled(round)
  await expect(row).toContainText(/The mail catcher doesn't answer at port \d+\./)
  await expect(row).toContainText(/nobody could look at .*ML-11/)
  await expect(row.locator(".finding-command code")).toHaveText(/^sting --home .* restart mail$/)
  await expect(panels.getByRole("listitem", { name: /: failed$/ })).toHaveCount(1)

  await row.getByRole("button", { name: "Repair ML-01" }).click()
  await expect(panels.getByText("What was changed")).toBeVisible(round)
  await expect(row).toBeHidden()
  await expect(panels.getByRole("navigation").getByText(/^All \d services are healthy$/)).toBeAttached()
  await examineAgain(panels).click()
  await expect(examineAgain(panels)).toBeEnabled(round)
  await expect(panels.getByRole("heading", { name: "Nothing is wrong" })).toBeVisible()
  await window.end()
})

test("a browser that opens /browser-check leaves its passport, and the preflight knows what can't work", async ({
  home,
  panels,
  visit,
}) => {
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  await expect(healthy(panels)).toBeVisible()
  const origin = await panels.locator(".hero-address code").innerText()
  expect((await home.sting("trust")).status).toBe(0)
  await go(panels, "Doctor")
  await panels.getByRole("tab", { name: "Browsers" }).click()
  await expect(panels.getByText("No browser was here yet")).toBeVisible()
  const page = await visit(origin)
  await page.goto("/browser-check")
  await expect(panels.getByRole("columnheader", { name: /Chrome \d+ on Linux/ })).toBeVisible()
  await expect(panels.getByRole("row", { name: /^Secure context/ }).getByRole("cell")).toHaveText("yes")

  await panels.getByRole("tab", { name: "Preflight" }).click()
  await panels.getByRole("textbox", { name: "Address of the page" }).fill("https://127.0.0.1:8443/login")
  await panels.getByRole("textbox", { name: "RP ID" }).fill("127.0.0.1")
  await panels.getByRole("button", { name: "Would it work?" }).click()
  await expect(panels.getByText("https://127.0.0.1:8443 with the RP ID 127.0.0.1: refused")).toBeVisible()
  for (const family of ["Chromium", "Firefox", "Safari"])
    await expect(panels.getByRole("listitem", { name: `${family}: refused` })).toBeVisible()
  await window.end()
})
