import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { Authenticator } from "./authenticator"
import { startChromium } from "./chromium"
import { expect, password, test } from "./fixtures"
import { kratosState, standIn } from "./kratos"
import { startLab } from "./lab"
import { onDashboard, registerAndSkip, registerWithPasskey, signInByButton, signInWithPassword, signOut, statusOfMe } from "./person"

test("a managed Kratos that dies in the middle of a sign-in comes back, and signs nobody out", async ({ email }) => {
  test.setTimeout(150_000)
  const folder = await mkdtemp(join(tmpdir(), "sting-kratos-"))
  const kratos = await standIn(folder)
  const lab = await startLab(`kratos: {mode: managed, binary: "${kratos.binary}"}\n`)
  await lab.sting("trust")
  const browser = await startChromium(lab.person)
  try {
    const byPassword = await browser.newPage({ baseURL: lab.url })
    await registerAndSkip(byPassword, `p-${email}`)
    const byPasskey = await browser.newPage({ baseURL: lab.url })
    const authenticator = await Authenticator.plugIn(byPasskey)
    await registerWithPasskey(byPasskey, `k-${email}`)
    await authenticator.present(false)
    await signOut(byPasskey)
    await signInByButton(byPasskey, authenticator)
    await onDashboard(byPasskey)

    const page = await browser.newPage({ baseURL: lab.url })
    await page.goto("/login")
    await page.getByLabel("E-mail").fill(`p-${email}`)
    await page.getByLabel("Password", { exact: true }).fill(password)
    await kratos.crash()
    await page.getByRole("button", { name: "Sign in with password" }).click()
    const fault = page.getByRole("alert").first()
    await expect(fault).toContainText("KRATOS_UNAVAILABLE")
    await expect(fault).toContainText("The lab starts it again by itself")
    await expect(page.getByLabel("Password", { exact: true })).toHaveValue(password)
    if (process.env["STING_SHOTS"])
      await page.screenshot({ path: join(process.env["STING_SHOTS"], "login-kratos-down.png"), fullPage: true })

    await expect.poll(() => kratosState(lab)).not.toBe("Healthy")
    await byPassword.goto("/dashboard")
    await expect(byPassword.getByRole("alert").first()).toContainText("KRATOS_UNAVAILABLE")
    expect(await statusOfMe(byPassword), "who can't be asked about is not signed out").toBe(503)
    await byPasskey.reload()
    await onDashboard(byPasskey)

    await kratos.release()
    await expect.poll(() => kratosState(lab), { timeout: 60_000 }).toBe("Healthy")
    await page.getByRole("button", { name: "Sign in with password" }).click()
    await onDashboard(page)
    await byPassword.reload()
    await onDashboard(byPassword)
    await byPasskey.reload()
    await onDashboard(byPasskey)
    await expect(byPasskey.getByText("k-" + email).first()).toBeVisible()
    await signOut(byPassword)
    await signInWithPassword(byPassword, `p-${email}`)
    await onDashboard(byPassword)
  } finally {
    await browser.close()
    await lab.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
