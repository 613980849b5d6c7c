import type { Page } from "@playwright/test"

import { Authenticator } from "../e2e/authenticator"
import { registerWithPasskey } from "../e2e/person"
import { expect, healthy, test } from "./fixtures"
import { Window } from "./window"

const email = "ada@example.org"

const go = (panels: Page, name: string) => panels.getByRole("navigation").getByRole("button", { name }).click()

test("a snapshot brings a removed person back, and a reset is undone", async ({ home, panels, visit }) => {
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  await expect(healthy(panels)).toBeVisible()
  const origin = await panels.locator(".hero-address code").innerText()
  expect((await home.sting("trust")).status).toBe(0)
  const page = await visit(origin)
  await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  const person = panels.getByRole("row", { name: new RegExp(email) })

  await test.step("a snapshot is taken", async () => {
    await go(panels, "Data & settings")
    await panels.getByRole("textbox", { name: "Name of the snapshot" }).fill("with-ada")
    await panels.getByRole("button", { name: "Take a snapshot" }).click()
    await expect(panels.getByRole("listitem", { name: "with-ada" })).toContainText("taken by hand")
  })

  await test.step("a second one of that name is refused beside the form", async () => {
    await panels.getByRole("textbox", { name: "Name of the snapshot" }).fill("with-ada")
    await panels.getByRole("button", { name: "Take a snapshot" }).click()
    await expect(panels.getByRole("region", { name: "Snapshots" }).getByRole("alert")).toContainText("SNAPSHOT_TAKEN")
  })

  await test.step("the person is removed, and the snapshot restored", async () => {
    await go(panels, "People")
    await panels.getByRole("button", { name: `Remove ${email}` }).click()
    await panels.getByRole("button", { name: "Remove account" }).click()
    await expect(panels.getByText("No accounts yet")).toBeVisible()
    await go(panels, "Data & settings")
    await panels.getByRole("button", { name: "Restore with-ada" }).click()
    await panels.getByRole("dialog").getByRole("button", { name: "Restore snapshot" }).click()
    await expect(panels.getByText(/^The lab has the people, passwords, passkeys and sessions of the snapshot with-ada;/)).toBeVisible({
      timeout: 30_000,
    })
    await expect(panels.getByRole("listitem", { name: /^before-restore-/ })).toContainText("taken before a restore")
    await go(panels, "People")
    await expect(person).toBeVisible()
  })

  await test.step("a reset empties the lab, and its undo fills it again", async () => {
    await go(panels, "Data & settings")
    await panels.getByRole("button", { name: "Reset the lab" }).click()
    const question = panels.getByRole("dialog", { name: "Reset the lab?" })
    await expect(question).toContainText("1 person, 1 passkey")
    await question.getByRole("button", { name: "Reset the lab" }).click()
    await expect(panels.getByText(/^Users, sessions, passkeys, mails and records are gone;/)).toBeVisible({ timeout: 30_000 })
    expect(JSON.parse((await home.sting("users", "--json")).stdout)).toMatchObject({ items: [] })
    await panels.getByRole("button", { name: "Undo" }).click()
    await expect(panels.getByText(/^The lab has the people, passwords, passkeys and sessions of the snapshot before-reset-/)).toBeVisible({
      timeout: 30_000,
    })
    await go(panels, "People")
    await expect(person).toBeVisible()
  })

  await test.step("the mock user is on until it is turned off, with a banner meanwhile", async () => {
    await go(panels, "Data & settings")
    await panels.getByRole("textbox", { name: "E-mail" }).fill("eve@example.org")
    await panels.getByRole("button", { name: "Turn the mock user on" }).click()
    await expect(panels.getByText("The mock user is on: every visitor of the site counts as signed in.")).toBeVisible()
    const session: unknown = await page.evaluate(() => fetch("/api/auth/session", { credentials: "omit" }).then((answer) => answer.json()))
    expect(session).toMatchObject({ auth_method: "mock", user: { email: "eve@example.org" } })
    await panels.getByRole("button", { name: "Turn the mock user off" }).click()
    await expect(panels.getByText("The mock user is on: every visitor of the site counts as signed in.")).toBeHidden()
  })
  await window.end()
})
