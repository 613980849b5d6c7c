import { mkdir } from "node:fs/promises"
import { join, resolve } from "node:path"

import type { Page } from "@playwright/test"

import { Authenticator } from "./authenticator"
import { expect, test } from "./fixtures"
import { codeOf } from "./mailbox"
import { onDashboard, register, registerAndSkip, registerWithPasskey, signInWithPassword, signOut } from "./person"

const folder = resolve(process.env["STING_SHOTS"] ?? join(import.meta.dirname, "../../build/shots"))

/** Takes the page in light and dark, narrow and wide, and looks that nothing sticks out sideways. */
async function shoot(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 800 })
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(beyond, `${name} at ${width} px is wider than the screen`).toBeLessThanOrEqual(0)
      await page.screenshot({ path: join(folder, `page-${name}-${colorScheme}-${width}.png`), fullPage: true })
    }
  }
}

test("pictures of the pages before anybody is signed in", async ({ page }) => {
  await page.goto("/")
  await expect(page.getByRole("link", { name: "Create an account" })).toBeVisible()
  await shoot(page, "home")
  await page.goto("/login")
  await expect(page.getByRole("button", { name: "Sign in with Passkey" })).toBeEnabled()
  await expect(page.getByText("none found")).toBeVisible()
  await shoot(page, "login-no-authenticator")
  await signInWithPassword(page, "nobody@example.org", "not the password")
  await expect(page.getByRole("alert")).toBeVisible()
  await shoot(page, "login-wrong-password")
  await page.goto("/register")
  await page.getByRole("button", { name: "Continue" }).click()
  await shoot(page, "register-missing")
  await page.goto("/help/EXPIRED_CHALLENGE")
  await expect(page.getByRole("heading", { name: "What to do" })).toBeVisible()
  await shoot(page, "help")
})

test("pictures of the way from the registration to the settings", async ({ page }) => {
  const authenticator = await Authenticator.plugIn(page)
  await register(page, "ada@example.org")
  await shoot(page, "register-passkey")
  await page.getByRole("button", { name: "Create a passkey" }).click()
  await onDashboard(page)
  await shoot(page, "dashboard")
  await page.goto("/settings")
  await expect(page.getByText("1 of 10")).toBeVisible()
  await shoot(page, "settings")
  await authenticator.present(false)
  await signOut(page)
  await page.goto("/login")
  await expect(page.getByRole("button", { name: "Sign in with Passkey" })).toBeEnabled()
  await shoot(page, "login")
})

test("pictures of empty lists", async ({ page }) => {
  await Authenticator.plugIn(page)
  await registerAndSkip(page, "grace@example.org")
  await shoot(page, "dashboard-empty")
  await page.goto("/settings")
  await expect(page.getByText("No passkey yet")).toBeVisible()
  await shoot(page, "settings-empty")
})

test("pictures of a lab that fails and of a moved clock", async ({ page, lab }) => {
  await Authenticator.plugIn(page)
  await registerWithPasskey(page, "katherine@example.org")
  await lab.sting("clock", "+10m")
  try {
    await page.reload()
    await expect(page.getByText(/10 minutes ahead of/)).toBeVisible()
    await shoot(page, "dashboard-clock")
  } finally {
    await lab.sting("clock", "reset")
  }
  await page.context().setOffline(true)
  await page.evaluate(() => dispatchEvent(new Event("focus")))
  await expect(page.getByRole("alert").first()).toContainText("The lab does not answer.")
  await shoot(page, "dashboard-failed")
})

test("pictures of the way back in", async ({ page, lab }) => {
  const authenticator = await Authenticator.plugIn(page)
  await registerWithPasskey(page, "mary@example.org")
  await expect(page.getByText("is not verified yet")).toBeVisible()
  await shoot(page, "dashboard-unverified")
  await page.goto("/verification")
  await expect(page.getByLabel("Verification code")).toBeVisible()
  await shoot(page, "verification-code")
  await authenticator.present(false)
  await signOut(page)
  await lab.sting("mail", "clear", "--yes")
  await page.goto("/recovery")
  await expect(page.getByLabel("E-mail")).toBeVisible()
  await shoot(page, "recovery")
  await page.getByLabel("E-mail").fill("mary@example.org")
  await page.keyboard.press("Enter")
  const code = await codeOf(lab, "mary@example.org")
  await page.getByLabel("Recovery code").fill(code === "000000" ? "111111" : "000000")
  await page.keyboard.press("Enter")
  await expect(page.getByRole("alert")).toBeVisible()
  await shoot(page, "recovery-wrong-code")
  await page.getByLabel("Recovery code").fill(code)
  await page.keyboard.press("Enter")
  await expect(page.getByRole("heading", { name: "Set a new password" })).toBeVisible()
  await shoot(page, "recovered")
})

test("pictures of a ceremony that waits and of one that was stopped", async ({ page, lab }) => {
  const authenticator = await Authenticator.plugIn(page)
  await authenticator.present(false)
  await page.goto(lab.url.replace("localhost", "127.0.0.1") + "/register")
  await page.getByLabel("E-Mail").fill("emmy@example.org")
  await page.getByRole("button", { name: "Continue" }).click()
  await shoot(page, "moved")
  await page.getByLabel("Password", { exact: true }).fill("correct horse battery")
  await page.getByRole("button", { name: "Create account" }).click()
  await page.getByRole("button", { name: "Create a passkey" }).click()
  await expect(page.getByText(/The browser is asking you/)).toBeVisible()
  await shoot(page, "ceremony-waits")
  await page.getByRole("button", { name: "Cancel" }).click()
  await expect(page.getByText("You stopped this.")).toBeVisible()
  await shoot(page, "ceremony-stopped")
})
