import { Authenticator } from "./authenticator"
import { startChromium } from "./chromium"
import { expect, password, test } from "./fixtures"
import { startLab } from "./lab"
import { codeOf, linkOf } from "./mailbox"
import { onDashboard, register, registerAndSkip, registerWithPasskey, signInByButton, signInWithPassword, signOut, tabTo } from "./person"

const newPassword = "another battery staple"

/** Fields of a club before the address: a number, a choice, a text, a box to tick. */
const clubSchema = JSON.stringify({
  $id: "https://club.example.org/person.schema.json",
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Member",
  type: "object",
  properties: {
    traits: {
      type: "object",
      properties: {
        number: { type: "integer", title: "Member number", minimum: 1 },
        side: { type: "string", title: "Side", description: "Which half you play in.", enum: ["left", "right"] },
        nickname: { type: "string", title: "Nickname" },
        letter: { type: "boolean", title: "I want the club's letter" },
        email: {
          type: "string",
          format: "email",
          title: "E-mail",
          "ory.sh/kratos": { credentials: { password: { identifier: true } }, verification: { via: "email" }, recovery: { via: "email" } },
        },
      },
      required: ["email", "number"],
      additionalProperties: false,
    },
  },
})

test("an account with an extra field is verified by mail, loses its passkey, is recovered, and signs in with a new one", async ({
  email,
}) => {
  const lab = await startLab("registration: {identity_schema: club.schema.json}\n", { "club.schema.json": clubSchema })
  await lab.sting("trust")
  const browser = await startChromium(lab.person)
  try {
    const page = await browser.newPage({ baseURL: lab.url })
    const lost = await Authenticator.plugIn(page)
    await page.goto("/register")
    await page.getByLabel("Member number").fill("1815")
    await page.getByLabel("Side").selectOption("right")
    await page.getByLabel("Nickname").fill("Countess")
    await page.getByLabel("I want the club's letter").check()
    await page.getByLabel("E-mail").fill(email)
    await page.getByRole("button", { name: "Continue" }).click()
    await page.getByLabel("Password", { exact: true }).fill(password)
    await page.getByRole("button", { name: "Create account" }).click()
    await page.getByRole("button", { name: "Create a passkey" }).click()
    await onDashboard(page)

    await expect(page.getByText(`${email} is not verified yet`)).toBeVisible()
    await page.getByRole("link", { name: "Verify the address" }).click()
    await page.getByLabel("Verification code").fill(await codeOf(lab, email))
    await page.getByRole("button", { name: "Continue" }).click()
    await expect(page.getByRole("heading", { name: "Your address is verified" })).toBeVisible()
    await page.getByRole("button", { name: "Continue" }).click()
    await onDashboard(page)
    await expect(page.getByText("is not verified yet")).toBeHidden()

    await lost.unplug()
    await signOut(page)
    await page.getByRole("link", { name: "Forgot your password?" }).click()
    await lab.sting("mail", "clear", "--yes")
    await page.getByLabel("E-mail").fill(email)
    await page.getByRole("button", { name: "Send a code" }).click()
    await page.getByLabel("Recovery code").fill(await codeOf(lab, email))
    await page.getByRole("button", { name: "Continue" }).click()
    await expect(page.getByRole("heading", { name: "You are back in" })).toBeVisible()
    const warning = page.getByRole("note").filter({ hasText: "Remove the passkeys that you no longer have" })
    await expect(warning).toContainText("Headless Chrome on Linux")

    const found = await Authenticator.plugIn(page)
    await page.getByLabel("Name of the new passkey").fill("Found again")
    await page.getByRole("button", { name: "Add a passkey" }).click()
    await expect(page.getByText("“Found again” was added.")).toBeVisible()
    await page.getByRole("button", { name: "Remove Headless Chrome on Linux" }).click()
    await page.getByRole("button", { name: "Remove passkey" }).click()
    await expect(page.getByText("1 of 10")).toBeVisible()

    await found.present(false)
    await signOut(page)
    await signInByButton(page, found)
    await onDashboard(page)
    await page.goto("/settings")
    await expect(page.getByLabel("Nickname")).toHaveValue("Countess")
    await expect(page.getByLabel("Member number")).toHaveValue("1815")
    await expect(page.getByLabel("Side")).toHaveValue("right")
    await expect(page.getByLabel("I want the club's letter")).toBeChecked()
  } finally {
    await browser.close()
    await lab.stop()
  }
})

test("the link in the mail opens the page with its code filled in", async ({ page, lab, email }) => {
  await registerAndSkip(page, email)
  await page.goto(await linkOf(lab, email))
  await expect(page.getByLabel("Verification code")).toHaveValue(/^\d{6}$/)
  await page.getByRole("button", { name: "Continue" }).click()
  await expect(page.getByRole("heading", { name: "Your address is verified" })).toBeVisible()
})

test("the link in another browser says why it can't be used there, and a new code works", async ({ page, otherPage, lab, email }) => {
  await registerAndSkip(page, email)
  await otherPage.goto(await linkOf(lab, email))
  await expect(otherPage.getByRole("alert")).toContainText("FLOW_NOT_YOURS")
  await lab.sting("mail", "clear", "--yes")
  await otherPage.getByLabel("E-mail").fill(email)
  await otherPage.getByRole("button", { name: "Send a code" }).click()
  await otherPage.getByLabel("Verification code").fill(await codeOf(lab, email))
  await otherPage.getByRole("button", { name: "Continue" }).click()
  await expect(otherPage.getByRole("heading", { name: "Your address is verified" })).toBeVisible()
})

test("a wrong code is refused where it was typed, and the right one still works", async ({ page, lab, email }) => {
  await registerAndSkip(page, email)
  await signOut(page)
  await lab.sting("mail", "clear", "--yes")
  await page.goto("/recovery")
  await page.getByLabel("E-mail").fill(email)
  await page.keyboard.press("Enter")
  const code = await codeOf(lab, email)
  await page.getByLabel("Recovery code").fill(code === "000000" ? "111111" : "000000")
  await page.keyboard.press("Enter")
  await expect(page.getByRole("alert")).toContainText("Compare it with the mail")
  await page.getByLabel("Recovery code").fill(code)
  await page.getByRole("button", { name: "Continue" }).click()
  await expect(page.getByRole("heading", { name: "You are back in" })).toBeVisible()
})

test("recovery and a new password with nothing but a keyboard", async ({ page, lab, email }) => {
  await registerAndSkip(page, email)
  await signOut(page)
  await lab.sting("mail", "clear", "--yes")
  await page.goto("/login")
  await expect(page.getByRole("button", { name: "Sign in with Passkey" })).toBeEnabled()
  await tabTo(page, "Forgot your password?")
  await page.keyboard.press("Enter")
  await expect(page.getByRole("heading", { name: "Get back into your account" })).toBeFocused()
  await expect(page.getByLabel("E-mail")).toBeVisible()
  await page.keyboard.press("Tab")
  await expect(page.getByLabel("E-mail")).toBeFocused()
  await page.keyboard.type(email)
  await page.keyboard.press("Enter")
  await expect(page.getByLabel("Recovery code")).toBeFocused()
  await page.keyboard.type(await codeOf(lab, email))
  await page.keyboard.press("Enter")
  await expect(page.getByRole("heading", { name: "You are back in" })).toBeFocused()
  await expect(page.getByRole("heading", { name: "Set a new password" })).toBeVisible()
  await tabTo(page, "New password")
  await page.keyboard.type(newPassword)
  await page.keyboard.press("Enter")
  await expect(page.getByText("Your password was changed.")).toBeVisible()
  await tabTo(page, "Go to the dashboard")
  await page.keyboard.press("Enter")
  await onDashboard(page)
})

test("a password is changed in the settings, and only the new one signs in", async ({ page, email }) => {
  await registerAndSkip(page, email)
  await page.goto("/settings")
  await page.getByLabel("New password").fill(email)
  await page.getByRole("button", { name: "Change password" }).click()
  await expect(page.getByText(/too similar to your address/)).toBeVisible()
  await page.getByLabel("New password").fill(newPassword)
  await page.getByRole("button", { name: "Change password" }).click()
  await expect(page.getByText("Your password was changed.")).toBeVisible()
  await signOut(page)
  await signInWithPassword(page, email)
  await expect(page.getByRole("alert")).toContainText("INVALID_CREDENTIALS")
  await signInWithPassword(page, email, newPassword)
  await onDashboard(page)
})

test("an old session proves itself afresh before the password is changed, and comes back", async ({ page, lab, email }) => {
  const authenticator = await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  await page.goto("/settings")
  await expect(page.getByLabel("New password")).toBeVisible()
  await lab.sting("clock", "+20m")
  try {
    await page.getByLabel("New password").fill(newPassword)
    await page.getByRole("button", { name: "Change password" }).click()
    await expect(page.getByRole("heading", { name: "Confirm it's you" })).toBeVisible()
    await page.getByRole("button", { name: "Sign in with Passkey" }).click()
    await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible()
    await page.getByLabel("New password").fill(newPassword)
    await page.getByRole("button", { name: "Change password" }).click()
    await expect(page.getByText("Your password was changed.")).toBeVisible()
  } finally {
    await lab.sting("clock", "reset")
    await authenticator.unplug()
  }
})

test("a changed profile is kept, and a new address is verified", async ({ page, lab, email }) => {
  await registerAndSkip(page, email)
  await page.goto("/settings")
  await page.getByLabel("First Name").fill("Ada")
  await page.getByRole("button", { name: "Save profile" }).click()
  await expect(page.getByText("Your profile was saved.")).toBeVisible()
  await page.reload()
  await expect(page.getByLabel("First Name")).toHaveValue("Ada")
  await page.getByLabel("E-mail").fill(`new.${email}`)
  await page.getByRole("button", { name: "Save profile" }).click()
  await expect(page.getByText(`A code was sent to new.${email}.`)).toBeVisible()
  await page.getByRole("link", { name: "Type the code" }).click()
  await page.getByLabel("Verification code").fill(await codeOf(lab, `new.${email}`))
  await page.getByRole("button", { name: "Continue" }).click()
  await expect(page.getByRole("heading", { name: "Your address is verified" })).toBeVisible()
  await page.getByRole("button", { name: "Continue" }).click()
  await expect(page.getByText("Address verified")).toBeVisible()
})

test("a refused flow ends on a page that says what Kratos said", async ({ page }) => {
  await page.goto("/.ory/self-service/login/browser?return_to=https://evil.example/")
  await expect(page).toHaveURL(/\/error\?id=/)
  await expect(page.getByText(/evil\.example.* is not allowed/)).toBeVisible()
  await expect(page.getByText(/allowed_return_urls/)).toBeVisible()
})

test("a ceremony that waits can be cancelled on the page, and leaves a record that says so", async ({ page, lab, email }) => {
  const authenticator = await Authenticator.plugIn(page)
  await authenticator.present(false)
  await register(page, email)
  await page.getByRole("button", { name: "Create a passkey" }).click()
  await expect(page.getByText(/The browser is asking you/)).toBeVisible()
  await page.getByRole("button", { name: "Cancel" }).click()
  await expect(page.getByText("You stopped this.")).toBeVisible()
  const record = await page.locator(".note-record").innerText()
  expect(await lab.sting("ceremonies", "show", record)).toContain("AbortError")
  await authenticator.present(true)
  await page.getByRole("button", { name: "Create a passkey" }).click()
  await onDashboard(page)
})

test("a page that was asked for at 127.0.0.1 says why it moved", async ({ page, lab }) => {
  await page.goto(lab.url.replace("localhost", "127.0.0.1") + "/login")
  await expect(page.getByText("You were moved here from 127.0.0.1")).toBeVisible()
  await expect(page).toHaveURL(`${lab.url}/login`)
})

test("what a page had to say is gone after a reload", async ({ page, email }) => {
  await registerAndSkip(page, email)
  await signOut(page)
  await page.reload()
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible()
  await expect(page.getByText("You are signed out.")).toBeHidden()
})
