import { expect, test as base } from "@playwright/test"

import { Firefox, firefoxPath } from "./firefox"
import { type Lab, startLab } from "./lab"
import { password } from "./fixtures"

// Firefox is not asked for by the program: where there is none, these are skipped, and the report says so.
const test = base.extend<{ lab: Lab }>({
  lab: async ({}, provide) => {
    const lab = await startLab()
    await provide(lab)
    await lab.stop()
  },
})

test.skip(firefoxPath === "", "no Firefox is installed")

test("a Firefox that trusts the lab registers a passkey and signs in with nothing typed", async ({ lab }) => {
  const stranger = await Firefox.start(lab.person) // makes the profile that `sting trust` looks for
  try {
    await expect(stranger.goto(`${lab.url}/register`)).rejects.toThrow(/insecure/i)
  } finally {
    await stranger.close()
  }
  expect(await lab.sting("trust")).toMatch(/firefox/i)

  const firefox = await Firefox.start(lab.person)
  try {
    await firefox.goto(`${lab.url}/register`)
    const authenticator = await firefox.plugIn()
    await firefox.fill("E-mail", "ada@example.org")
    await firefox.click("Continue")
    await firefox.fill("Password", password)
    await firefox.click("Create account")
    await firefox.click("Create a passkey")
    await firefox.heading("Dashboard")
    expect(await firefox.keys(authenticator)).toBe(1)
    await firefox.click("Sign out")
    await firefox.reads("You are signed out.")
    await firefox.goto(`${lab.url}/login`)
    await firefox.click("Sign in with Passkey")
    await firefox.heading("Dashboard")
    const me = await firefox.ask<{ auth_method: string; agree: boolean; user: { email: string } }>(
      `fetch("/api/auth/session").then((answer) => answer.json())`,
    )
    expect(me).toMatchObject({ auth_method: "passkey", agree: true, user: { email: "ada@example.org" } })

    await firefox.goto(`${lab.url}/browser-check`)
    await firefox.element(`//*[contains(text(), "The lab keeps this until it ends.")]`)
    const { items } = JSON.parse(await lab.sting("browsers", "--json")) as {
      items: { user_agent: string; webauthn: boolean; cookies: boolean }[]
    }
    expect(items).toMatchObject([{ user_agent: expect.stringContaining("Firefox/"), webauthn: true, cookies: true }])
  } finally {
    await firefox.close()
  }
})
