import type { Browser } from "@playwright/test"

import { Authenticator } from "./authenticator"
import { startChromium } from "./chromium"
import { expect, password, test } from "./fixtures"
import { type Lab, startLab } from "./lab"
import { onDashboard } from "./person"

/** Runs `act` with a lab of its own whose sting.yml holds `yaml`, and a Chromium that trusts it. */
async function withLab(yaml: string, act: (lab: Lab, browser: Browser) => Promise<void>): Promise<void> {
  const lab = await startLab(yaml)
  try {
    await lab.sting("trust")
    const browser = await startChromium(lab.person)
    try {
      await act(lab, browser)
    } finally {
      await browser.close()
    }
  } finally {
    await lab.stop()
  }
}

test("a relying party ID that can't be one is said on every page, and the password still works", async ({ email }) => {
  await withLab("webauthn: {config: {rp: {id: 127.0.0.1}}}\n", async (lab, browser) => {
    const page = await browser.newPage({ baseURL: lab.url })
    await page.goto("/login")
    await expect(page.getByRole("button", { name: "Sign in with Passkey" })).toBeDisabled()
    await expect(page.getByRole("alert")).toContainText("An IP address can never be a relying party ID")
    await expect(page.getByRole("alert")).toContainText("CEREMONIES_STOPPED")
    await page.goto("/register")
    await expect(page.locator(".banner")).toContainText("An IP address can never be a relying party ID")
    await page.getByLabel("E-mail").fill(email)
    await page.getByRole("button", { name: "Continue" }).click()
    await page.getByLabel("Password", { exact: true }).fill(password)
    await page.getByRole("button", { name: "Create account" }).click()
    await expect(page.getByRole("button", { name: "Create a passkey" })).toBeDisabled()
    await page.getByRole("button", { name: "Skip for now" }).click()
    await onDashboard(page)
  })
})

test("details and password share a page where the configuration says so", async ({ email }) => {
  await withLab("registration: {steps: [[password, details], passkey]}\n", async (lab, browser) => {
    const page = await browser.newPage({ baseURL: lab.url })
    await Authenticator.plugIn(page)
    await page.goto("/register")
    await page.getByLabel("Password", { exact: true }).fill(password)
    await page.getByLabel("E-mail").fill(email)
    await page.getByRole("button", { name: "Create account" }).click()
    await page.getByRole("button", { name: "Create a passkey" }).click()
    await onDashboard(page)
  })
})

test("a restart signs nobody out", async ({ email }) => {
  const lab = await startLab()
  await lab.sting("trust")
  const browser = await startChromium(lab.person)
  try {
    const page = await browser.newPage({ baseURL: lab.url })
    await page.goto("/register")
    await page.getByLabel("E-mail").fill(email)
    await page.getByRole("button", { name: "Continue" }).click()
    await page.getByLabel("Password", { exact: true }).fill(password)
    await page.getByRole("button", { name: "Create account" }).click()
    await page.getByRole("button", { name: "Skip for now" }).click()
    await onDashboard(page)
    await lab.restart()
    await page.reload()
    await onDashboard(page)
  } finally {
    await browser.close()
    await lab.stop()
  }
})
