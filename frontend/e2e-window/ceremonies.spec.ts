import { Authenticator } from "../e2e/authenticator"
import { onDashboard, registerWithPasskey, signInByButton, signOut } from "../e2e/person"
import { expect, test } from "./fixtures"
import { Window } from "./window"

/** What a browser does is in the panel within a second. */
const atOnce = { timeout: 1000 }

const email = "ada@example.org"

test("a sign-in with a removed passkey is in the panel within a second, with its cause, and leads to the tombstone", async ({
  home,
  panels,
  visit,
}) => {
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  const origin = await panels.locator(".hero-address code").innerText()
  expect((await home.sting("trust")).status).toBe(0)
  const page = await visit(origin)
  const authenticator = await Authenticator.plugIn(page)
  const go = (name: string) => panels.getByRole("navigation").getByRole("button", { name }).click()
  const detail = panels.getByRole("article", { name: /^Ceremony / })

  await test.step("a registration appears, verified, with every step of the specification and its bytes", async () => {
    await go("Ceremonies")
    await expect(panels.getByText("No ceremonies yet")).toBeVisible()
    await registerWithPasskey(page, email)
    const row = panels.getByRole("button", { name: /Registration/ }).first()
    await expect(row).toContainText("verified", atOnce)
    await row.click()
    await expect(detail.getByRole("region", { name: "Verdict: Verified" })).toBeVisible()
    await expect(detail.getByText("§7.1.7", { exact: true })).toBeVisible()
    await detail.getByRole("tab", { name: "Bytes" }).click()
    await detail
      .getByRole("region", { name: "authenticatorData" })
      .getByRole("button", { name: /^flags/ })
      .hover()
    await expect(detail.getByRole("region", { name: "authenticatorData" }).locator(".hex-bytes [data-lit]")).toHaveCount(1)
    await expect(detail.getByRole("region", { name: "attestationObject" }).locator(".hex-bytes [data-lit]")).toHaveCount(1)
    await shot("ceremony-bytes")
  })

  await test.step("a sign-in that works leads to the session that came out of it", async () => {
    await authenticator.present(false)
    await leave()
    await signInByButton(page, authenticator)
    await onDashboard(page)
    const row = panels.getByRole("button", { name: /Sign-in.*verified/ }).first()
    await expect(row).toBeVisible(atOnce)
    await row.click()
    await expect(detail.getByRole("button", { name: /^Show the session/ })).toBeVisible()
  })

  await test.step("the passkey is removed, and refused", async () => {
    await page.unroute("**/api/webauthn/authentication/begin") // the list of the e-mail field stays unused again
    await authenticator.present(false)
    await leave()
    await go("Passkeys")
    await panels.getByRole("button", { name: /^Remove the passkey/ }).click()
    await panels.getByRole("button", { name: "Remove passkey" }).click()
    await expect(panels.getByText("No passkeys yet")).toBeVisible()
    await go("Ceremonies")
    await expect(panels.getByRole("button", { name: /Registration/ }).first()).toBeVisible()
    const answered = page.waitForResponse("**/api/webauthn/authentication/complete")
    await signInByButton(page, authenticator)
    expect((await answered).ok()).toBe(false)
    const row = panels.getByRole("button", { name: /Sign-in.*rejected.*REMOVED_CREDENTIAL/ })
    await expect(row).toBeVisible(atOnce)
    await row.click()
    await expect(detail.getByRole("region", { name: "Verdict: Rejected" })).toContainText("What to do:")
    await expect(detail.getByRole("region", { name: "Verdict: Rejected" })).toContainText(/removed/)
    await shot("ceremony-rejected")
  })

  await test.step("the record leads to the tombstone", async () => {
    await detail.getByRole("button", { name: /^Show the passkey/ }).click()
    const inspector = panels.getByRole("dialog", { name: "Passkey" })
    await expect(inspector).toContainText("the password manager may still offer this one")
    await expect(inspector.getByLabel("the key as JWK", { exact: true })).toContainText('"kty"')
    await shot("passkey-inspector")
    await inspector
      .getByRole("button", { name: /^Show the record/ })
      .first()
      .click()
    await expect(detail).toBeVisible()
  })
  await window.end()

  /**
   * Signs out, and waits until the login page has asked for the ceremony of its e-mail field, so that this
   * isn't taken for the button's.
   */
  async function leave(): Promise<void> {
    const offered = page.waitForResponse("**/api/webauthn/authentication/begin")
    await signOut(page)
    await offered
  }

  async function shot(name: string): Promise<void> {
    const folder = process.env["STING_SHOTS"]
    if (folder) await panels.screenshot({ path: `${folder}/${name}.png` })
  }
})
