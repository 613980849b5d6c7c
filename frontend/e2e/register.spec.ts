import { Authenticator } from "./authenticator"
import { expect, password, test } from "./fixtures"
import { onDashboard, register, registerAndSkip, registerWithPasskey } from "./person"

test("an account with a passkey lands on the dashboard with both kinds of session told", async ({ page, email }) => {
  const authenticator = await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  expect(await authenticator.count()).toBe(1)
  await expect(page.getByText("1 passkey", { exact: true })).toBeVisible()
  await expect(page.getByText("kratos_auth: true")).toBeVisible()
})

test("the passkey can be skipped", async ({ page, email }) => {
  await registerAndSkip(page, email)
  await expect(page.getByText("None yet")).toBeVisible()
  await expect(page.getByText("flask_auth: false")).toBeVisible()
  await expect(page.getByRole("link", { name: "Add a passkey" })).toBeVisible()
})

test("without a built-in authenticator the page says so before the click, and a security key works", async ({ page, email }) => {
  await register(page, email)
  const note = page.getByText("No built-in authenticator on this device")
  await expect(note).toBeVisible()
  await expect(page.getByText(/security key, on a phone .* password manager, or in a virtual authenticator/)).toBeVisible()
  const key = await Authenticator.plugIn(page, "usb")
  await page.getByRole("button", { name: "Create a passkey" }).click()
  await onDashboard(page)
  expect(await key.count()).toBe(1)
})

test("a ceremony that the person's finger fails is explained, and can be tried again", async ({ page, email }) => {
  const authenticator = await Authenticator.plugIn(page)
  await authenticator.verified(false)
  await register(page, email)
  await page.getByRole("button", { name: "Create a passkey" }).click()
  await expect(page.getByRole("alert")).toContainText(/REFUSED_AT_ONCE|NOT_ALLOWED/)
  await expect(page.getByRole("alert")).toBeFocused()
  await authenticator.unplug()
  await Authenticator.plugIn(page)
  await page.getByRole("button", { name: "Create a passkey" }).click()
  await onDashboard(page)
})

test("an address that is taken is said at its field", async ({ page, otherPage, email }) => {
  await registerAndSkip(page, email)
  await otherPage.goto("/register")
  await otherPage.getByLabel("E-mail").fill(email)
  await otherPage.getByRole("button", { name: "Continue" }).click()
  await otherPage.getByLabel("Password", { exact: true }).fill(password)
  await otherPage.getByRole("button", { name: "Create account" }).click()
  await expect(otherPage.getByLabel("E-mail")).toHaveAttribute("aria-invalid", "true")
  await expect(otherPage.getByLabel("E-mail")).toBeFocused()
  await otherPage.getByRole("link", { name: "Sign in instead" }).click()
  await expect(otherPage.getByRole("heading", { name: "Sign in" })).toBeVisible()
})

test("a password that is too short is said before anything is sent", async ({ page, email }) => {
  await page.goto("/register")
  await page.getByLabel("E-mail").fill(email)
  await page.getByRole("button", { name: "Continue" }).click()
  await page.getByLabel("Password", { exact: true }).fill("short")
  await page.getByRole("button", { name: "Create account" }).click()
  await expect(page.getByText(/Use at least \d+ characters; this has 5/)).toBeVisible()
})

test("a password that the lab refuses is said at its field", async ({ page, email }) => {
  await page.goto("/register")
  await page.getByLabel("E-mail").fill(email)
  await page.getByRole("button", { name: "Continue" }).click()
  await page.getByLabel("Password", { exact: true }).fill(email)
  await page.getByRole("button", { name: "Create account" }).click()
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true")
})

test("a registration that was left before its passkey goes on there", async ({ page, email }) => {
  await register(page, email)
  await page.goto("/")
  await page.goto("/register")
  await expect(page.getByRole("heading", { name: "Create a passkey" })).toBeVisible()
})
