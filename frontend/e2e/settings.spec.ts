import { Authenticator } from "./authenticator"
import { expect, test } from "./fixtures"
import { onDashboard, registerAndSkip, registerWithPasskey, signInWithPassword, statusOfMe } from "./person"

test("a passkey is added, renamed and removed", async ({ page, email }) => {
  const authenticator = await Authenticator.plugIn(page)
  await registerAndSkip(page, email)
  await page.getByRole("link", { name: "Add a passkey" }).click()
  await expect(page.getByText("No passkey yet")).toBeVisible()
  await page.getByLabel("Name of the new passkey").fill("Blue key")
  await page.getByRole("button", { name: "Add a passkey" }).click()
  await expect(page.getByText("“Blue key” was added.")).toBeVisible()
  await expect(page.getByText("1 of 10")).toBeVisible()
  await page.getByRole("button", { name: "Rename Blue key" }).click()
  await page.getByLabel("New name").fill("Red key")
  await page.keyboard.press("Enter")
  await expect(page.getByText("“Blue key” is now called “Red key”.")).toBeVisible()
  await page.getByRole("button", { name: "Remove Red key" }).click()
  await expect(page.getByRole("dialog", { name: "Remove “Red key”?" })).toBeVisible()
  await page.keyboard.press("Escape")
  await expect(page.getByRole("dialog")).toBeHidden()
  await page.getByRole("button", { name: "Remove Red key" }).click()
  await page.getByRole("button", { name: "Remove passkey" }).click()
  await expect(page.getByText("“Red key” was removed.")).toBeVisible()
  await expect(page.getByText(/was asked to stop offering it/)).toBeVisible()
  await expect.poll(() => authenticator.count(), "the authenticator was told of the removal").toBe(0)
  await expect(page.getByText("No passkey yet")).toBeVisible()
})

test("one authenticator is not registered twice", async ({ page, email }) => {
  await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  await page.goto("/settings")
  await page.getByRole("button", { name: "Add a passkey" }).click()
  await expect(page.getByRole("alert")).toContainText("already holds a passkey")
  await expect(page.getByText("1 of 10")).toBeVisible()
})

test("an old session proves itself afresh before a passkey is added, and comes back", async ({ page, lab, email }) => {
  await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  await page.goto("/settings")
  await lab.sting("clock", "+20m")
  try {
    await page.getByRole("button", { name: "Add a passkey" }).click()
    await expect(page.getByRole("heading", { name: "Confirm it's you" })).toBeVisible()
    await expect(page.getByLabel("E-mail")).toHaveValue(email)
    await page.getByRole("button", { name: "Sign in with Passkey" }).click()
    await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible()
    await page.reload()
    await expect(page.getByText(/20 minutes ahead of/)).toBeVisible()
    await page.getByRole("button", { name: /^Remove / }).click()
    await page.getByRole("button", { name: "Remove passkey" }).click()
    await expect(page.getByText(/was removed/)).toBeVisible()
  } finally {
    await lab.sting("clock", "reset")
  }
})

test("ending the other browser's session makes its very next request a 401", async ({ page, otherPage, email }) => {
  await registerAndSkip(page, email)
  await otherPage.goto("/login")
  await signInWithPassword(otherPage, email)
  await onDashboard(otherPage)
  expect(await statusOfMe(otherPage)).toBe(200)

  await page.goto("/settings")
  await expect(page.getByText("This browser", { exact: true })).toHaveCount(1)
  const others = page.getByRole("listitem").filter({ hasText: "Signed in", hasNotText: "This browser" })
  await expect(others).toHaveCount(1)
  await others.getByRole("button", { name: /^End session/ }).click()
  await expect(page.getByText(/was ended\. Its next request is refused\./)).toBeVisible()

  expect(await statusOfMe(otherPage)).toBe(401)
  await otherPage.evaluate(() => dispatchEvent(new Event("focus")))
  await expect(otherPage.getByRole("heading", { name: "Your session was ended" })).toBeVisible()
  await otherPage.getByRole("link", { name: "Sign in again" }).click()
  await signInWithPassword(otherPage, email)
  await onDashboard(otherPage)
})
