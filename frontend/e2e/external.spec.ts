import { Authenticator } from "./authenticator"
import { startChromium } from "./chromium"
import { expect, password, test } from "./fixtures"
import { sendingOn } from "./kratos"
import { type Lab, startLab } from "./lab"
import { codeOf } from "./mailbox"
import { onDashboard, registerAndSkip, registerWithPasskey, signInByButton, signInWithPassword, signOut } from "./person"

/** The address of a lab's public Kratos API for other programs. */
async function kratosOf(lab: Lab): Promise<string> {
  const status = JSON.parse(await lab.sting("status", "--json")) as { services: { name: string; url?: string }[] }
  const url = status.services.find((service) => service.name === "kratos")?.url
  if (!url) throw new Error("the status names no address of Kratos")
  return url
}

const newPassword = "another battery staple"

test("with a Kratos elsewhere a passkey opens no settings of Kratos, the page says why, and the password does", async ({ email }) => {
  const kratos = await startLab()
  const lab = await startLab(`kratos: {mode: external, public_url: "${await kratosOf(kratos)}"}\n`)
  await lab.sting("trust")
  const browser = await startChromium(lab.person)
  try {
    const page = await browser.newPage({ baseURL: lab.url })
    const authenticator = await Authenticator.plugIn(page)
    await registerWithPasskey(page, email)
    await authenticator.present(false)
    await signOut(page)
    await signInByButton(page, authenticator)
    await onDashboard(page)
    await expect(page.getByText("kratos_auth: false")).toBeVisible()

    await page.goto("/settings")
    await expect(page.getByText(/has no way to make a session of a passkey/)).toBeVisible()
    await page.getByRole("link", { name: "Sign in with the password" }).click()
    await expect(page.getByRole("heading", { name: "Confirm it's you" })).toBeVisible()
    await page.getByLabel("Password", { exact: true }).fill(password)
    await page.getByRole("button", { name: "Sign in with password" }).click()
    await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible()
    await page.getByLabel("New password").fill(newPassword)
    await page.getByRole("button", { name: "Change password" }).click()
    await expect(page.getByText("Your password was changed.")).toBeVisible()
    await page.unroute("**/api/webauthn/authentication/begin")
    await authenticator.unplug()
    await signOut(page)
    await signInWithPassword(page, email, newPassword)
    await onDashboard(page)

    await kratos.stop()
    await page.goto("/recovery")
    await expect(page.getByRole("alert").first()).toContainText("KRATOS_UNAVAILABLE")
  } finally {
    await browser.close()
    await lab.stop()
    await kratos.stop()
  }
})

test("a Kratos that sends browsers on with 422 is followed: a recovery ends at a new password", async ({ email }) => {
  const kratos = await startLab()
  let site = ""
  const older = await sendingOn(await kratosOf(kratos), () => site)
  const lab = await startLab(`kratos: {mode: external, public_url: "${older.url}"}\n`)
  site = lab.url
  await lab.sting("trust")
  const browser = await startChromium(lab.person)
  try {
    const page = await browser.newPage({ baseURL: lab.url })
    await registerAndSkip(page, email)
    await signOut(page)
    await kratos.sting("mail", "clear", "--yes")
    await page.goto("/recovery")
    await page.getByLabel("E-mail").fill(email)
    await page.getByRole("button", { name: "Send a code" }).click()
    await page.getByLabel("Recovery code").fill(await codeOf(kratos, email))
    await page.getByRole("button", { name: "Continue" }).click()
    await expect(page.getByRole("heading", { name: "You are back in" })).toBeVisible()
    expect(older.sent).toHaveLength(1)
    await page.getByRole("textbox", { name: "New password" }).fill(newPassword)
    await page.getByRole("button", { name: "Change password" }).click()
    await expect(page.getByText("Your password was changed.")).toBeVisible()
    await page.goto("/dashboard")
    await signOut(page)
    await signInWithPassword(page, email, newPassword)
    await onDashboard(page)
  } finally {
    await browser.close()
    await lab.stop()
    await older.stop()
    await kratos.stop()
  }
})
