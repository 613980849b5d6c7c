import { Authenticator } from "./authenticator"
import { expect, test } from "./fixtures"
import { onDashboard, registerAndSkip, registerWithPasskey, signInByButton, signInWithPassword, signOut } from "./person"

test("a passkey signs in with nothing typed", async ({ page, email }) => {
  const authenticator = await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  await authenticator.present(false) // nobody touches it, so the autofill list stays unused
  await signOut(page)
  await signInByButton(page, authenticator)
  await onDashboard(page)
  await expect(page.getByText("flask_auth: true")).toBeVisible()
  await expect(page.getByText("kratos_auth: true")).toBeVisible()
  await expect(page.getByText("They agree")).toBeVisible()
})

test("a passkey from the autofill list signs in", async ({ page, email }) => {
  await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  await page.getByRole("button", { name: "Sign out" }).click()
  await onDashboard(page) // the virtual authenticator picks from the list as soon as it is offered
  await expect(page.getByText("flask_auth: true")).toBeVisible()
})

test("a password signs in, and the page knows it was one", async ({ page, email }) => {
  await registerAndSkip(page, email)
  await signOut(page)
  await signInWithPassword(page, email)
  await onDashboard(page)
  await expect(page.getByText("flask_auth: false")).toBeVisible()
  await expect(page.getByText("kratos_auth: true")).toBeVisible()
})

test("a wrong password and an unknown address get one answer, with a next step", async ({ page, email }) => {
  await registerAndSkip(page, email)
  await signOut(page)
  const said: string[] = []
  for (const address of [email, `nobody.${email}`]) {
    await page.goto("/login")
    await signInWithPassword(page, address, "not the password")
    const alert = page.getByRole("alert")
    await expect(alert).toContainText("INVALID_CREDENTIALS")
    await expect(alert).toBeFocused()
    said.push((await alert.innerText()).replace(/request \S+/, ""))
  }
  expect(said[0]).toBe(said[1])
  await page.getByRole("link", { name: "INVALID_CREDENTIALS" }).click()
  await expect(page.getByRole("heading", { name: "What to do" })).toBeVisible()
})

test("a passkey that was removed is refused with its cause", async ({ page, otherPage, email }) => {
  const authenticator = await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  await authenticator.present(false)
  await signOut(page)
  await otherPage.goto("/login?return_to=/settings")
  await signInWithPassword(otherPage, email)
  await otherPage.getByRole("button", { name: /^Remove / }).click()
  await otherPage.getByRole("button", { name: "Remove passkey" }).click()
  await expect(otherPage.getByText(/was removed/)).toBeVisible()
  await signInByButton(page, authenticator)
  await expect(page.getByRole("alert")).toContainText("Passkey not found or revoked")
  await expect(page.getByRole("alert")).toContainText("was asked to stop offering it")
  await expect.poll(() => authenticator.count(), "the authenticator was told").toBe(0)
})

test("the whole way in works with the keyboard alone", async ({ page, email }) => {
  const authenticator = await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  await authenticator.present(false)
  await signOut(page)
  await page.goto("/login")
  await expect(page.getByRole("button", { name: "Sign in with Passkey" })).toBeEnabled()
  await page.keyboard.press("Tab")
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused()
  await page.keyboard.press("Enter")
  await page.keyboard.press("Tab")
  await expect(page.getByRole("button", { name: "Sign in with Passkey" })).toBeFocused()
  await signInByButton(page, authenticator, () => page.keyboard.press("Enter"))
  await onDashboard(page)
})

test("the dashboard sends a stranger to the sign-in and takes them back", async ({ page, email }) => {
  await registerAndSkip(page, email)
  await signOut(page)
  await page.goto("/settings")
  await expect(page).toHaveURL(/\/login\?return_to=(%2F|\/)settings$/)
  await signInWithPassword(page, email)
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible()
})

test("an address elsewhere is not followed after the sign-in", async ({ page, email }) => {
  await registerAndSkip(page, email)
  await signOut(page)
  await page.goto("/login?return_to=https://example.com/")
  await signInWithPassword(page, email)
  await onDashboard(page)
  await expect(page).toHaveURL(/\/dashboard$/)
})
