import { expect, type Page } from "@playwright/test"

import type { Authenticator } from "./authenticator"
import { password } from "./fixtures"

/** What a person does again and again, by the labels that they read. */

/** Fills the pages of /register up to the offer of a passkey. */
export async function register(page: Page, email: string): Promise<void> {
  await page.goto("/register")
  await page.getByLabel("E-mail").fill(email)
  await page.getByRole("button", { name: "Continue" }).click()
  await page.getByLabel("Password", { exact: true }).fill(password)
  await page.getByRole("button", { name: "Create account" }).click()
  await expect(page.getByRole("heading", { name: "Create a passkey" })).toBeVisible()
}

/** Registers without a passkey. */
export async function registerAndSkip(page: Page, email: string): Promise<void> {
  await register(page, email)
  await page.getByRole("button", { name: "Skip for now" }).click()
  await onDashboard(page)
}

/** Registers with a passkey on whatever authenticator is plugged in. */
export async function registerWithPasskey(page: Page, email: string): Promise<void> {
  await register(page, email)
  await page.getByRole("button", { name: "Create a passkey" }).click()
  await onDashboard(page)
}

/** Waits for the dashboard of somebody who is signed in. */
export async function onDashboard(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Dashboard" })).toBeVisible()
  await expect(page.getByRole("heading", { name: "This session" })).toBeVisible()
}

/**
 * Signs out by the button of the header, and waits until the sign-in page has
 * asked for the challenge of its autofill list: whatever comes next must not meet
 * that request half way. A browser without such a list asks for none.
 */
export async function signOut(page: Page): Promise<void> {
  const offered = page.waitForResponse("**/api/webauthn/authentication/begin", { timeout: 5_000 }).catch(() => null)
  await page.getByRole("button", { name: "Sign out" }).click()
  await expect(page.getByText("You are signed out.")).toBeVisible()
  await offered
}

/** Types address and password on /login. */
export async function signInWithPassword(page: Page, email: string, secret = password): Promise<void> {
  await page.getByLabel("E-mail").fill(email)
  await page.getByLabel("Password", { exact: true }).fill(secret)
  await page.getByRole("button", { name: "Sign in with password" }).click()
}

/**
 * Presses "Sign in with Passkey" while nobody touched the authenticator before,
 * so that the autofill list stayed unused; it is touched when the button's own
 * ceremony begins.
 */
export async function signInByButton(
  page: Page,
  authenticator: Authenticator,
  press: (page: Page) => Promise<void> = click,
): Promise<void> {
  await page.route("**/api/webauthn/authentication/begin", async (route) => {
    await authenticator.present(true)
    await route.continue()
  })
  await press(page)
}

async function click(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign in with Passkey" }).click()
}

/** The status that this browser's next request for its own session gets. */
export async function statusOfMe(page: Page): Promise<number> {
  return page.evaluate(async () => (await fetch("/api/auth/me")).status)
}

/** Presses Tab until what carries this name, as it is read out, has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab")
    const here = page.locator(":focus")
    if ((await here.count()) === 0) continue
    const read = await here.evaluate((element) => {
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined
      return element.getAttribute("aria-label") ?? label ?? element.textContent ?? ""
    })
    if (read.trim() === name) return
  }
  throw new Error(`"${name}" is not reached by the keyboard`)
}
