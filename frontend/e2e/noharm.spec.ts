import type { Server } from "node:http"

import type { Page } from "@playwright/test"

import { Authenticator } from "./authenticator"
import { expect, test } from "./fixtures"
import { servePlain } from "./foreign"
import { startLab } from "./lab"
import { onDashboard, registerWithPasskey, signOut } from "./person"

// THREATS T26: whatever a developer runs at localhost shares one RP ID with the lab.

/** Another program of this host, with an account of its own on the same authenticator. */
interface Shop {
  url: string
  server: Server
}

async function openShop(): Promise<Shop> {
  const { server, port } = await servePlain((_, response) => response.setHeader("Content-Type", "text/html").end("<title>Shop</title>"))
  return { url: `http://localhost:${port}`, server }
}

/** Registers at the shop. */
async function registerAt(shop: Shop, page: Page): Promise<string> {
  await page.goto(shop.url)
  return page.evaluate(async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32))
    const made = await navigator.credentials.create({
      publicKey: {
        rp: { id: "localhost", name: "Shop" },
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name: "me@shop.test", displayName: "Me" },
        challenge: bytes,
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        authenticatorSelection: { residentKey: "required" },
      },
    })
    return made?.id ?? ""
  })
}

/** Signs in at the shop with exactly that passkey. */
async function signsInAt(shop: Shop, page: Page, id: string): Promise<boolean> {
  await page.goto(shop.url)
  return page.evaluate(async (wanted) => {
    const raw = Uint8Array.from(atob(wanted.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0))
    const got = await navigator.credentials.get({
      publicKey: { rpId: "localhost", challenge: new Uint8Array(32), allowCredentials: [{ type: "public-key", id: raw }] },
    })
    return got?.id === wanted
  }, id)
}

/** Opens /login until the lab has refused what the autofill list offered. */
async function refusedAtLogin(page: Page): Promise<void> {
  const refused = page.waitForResponse((r) => r.url().endsWith("/authentication/complete") && r.status() === 400)
  await page.goto("/login")
  await refused
}

test("another program's passkey outlives every act of the lab", async ({ page, lab, email }) => {
  const shop = await openShop()
  const key = await Authenticator.plugIn(page)
  const earlier = await registerAt(shop, page)
  await refusedAtLogin(page)
  await expect(page.getByText(/of another program on this host, left alone/)).toBeVisible()
  await expect(page.getByRole("button", { name: "Remove it from the password manager" })).toHaveCount(0)
  await page.getByRole("link", { name: "What happened, step by step" }).click()
  await expect(page.getByText(/of another program on this host, left alone/).first()).toBeVisible()

  await registerWithPasskey(page, email)
  const later = await registerAt(shop, page)
  await page.goto("/dashboard")
  await key.offeringOnly([earlier, later], async () => {
    await signOut(page)
    await refusedAtLogin(page) // the autofill list answers by itself, with any of what it offers
    await expect(page.getByText(/of another program on this host, left alone/).first()).toBeVisible()
    await page.getByLabel("E-mail").fill(email)
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery")
    await page.getByRole("button", { name: "Sign in with password" }).click()
    await onDashboard(page)
  })
  await page.goto("/settings")
  await page.getByRole("button", { name: /^Remove / }).click()
  await page.getByRole("button", { name: "Remove passkey" }).click()
  await expect(page.getByText(/was asked to stop offering it/)).toBeVisible()
  await expect.poll(() => key.count(), "the lab's own is gone, the shop's two are there").toBe(2)

  await lab.sting("snapshot", "save", "acts")
  await lab.sting("snapshot", "restore", "acts", "--yes")
  await lab.sting("reset", "--yes")
  await refusedAtLogin(page)
  expect(await signsInAt(shop, page, earlier), "the passkey from before").toBe(true)
  expect(await signsInAt(shop, page, later), "the passkey from after").toBe(true)
  expect(await key.count()).toBe(2)
  shop.server.close()
})

test("the undo of a restore finds the passkey alive", async ({ page, lab, email }) => {
  const key = await Authenticator.plugIn(page)
  const name = `before-${Date.now()}`
  await lab.sting("snapshot", "save", name)
  await registerWithPasskey(page, email)
  await lab.sting("snapshot", "restore", name, "--yes")
  await refusedAtLogin(page)
  await expect(page.getByRole("button", { name: "Remove it from the password manager" })).toBeVisible()
  expect(await key.count()).toBe(1)
  const undo = (await lab.sting("snapshot", "list")).match(/before-restore-\S+/)?.[0] ?? ""
  await lab.sting("snapshot", "restore", undo, "--yes")
  await page.context().clearCookies() // or the session of the snapshot would do
  await page.goto("/login")
  await onDashboard(page)
  await expect(page.getByText(email).first()).toBeVisible()
})

test("a passkey that an undo would bring back goes when the person says so", async ({ page, lab, email }) => {
  const key = await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  await lab.sting("reset", "--yes")
  await refusedAtLogin(page)
  await page.getByRole("button", { name: "Remove it from the password manager" }).click()
  await expect(page.getByText(/was asked to stop offering it/)).toBeVisible()
  await expect.poll(() => key.count()).toBe(0)
})

test("a lab with another home folder leaves the passkeys of this one alone", async ({ page, email }) => {
  const key = await Authenticator.plugIn(page)
  await registerWithPasskey(page, email)
  const other = await startLab()
  try {
    const session = await page.context().newCDPSession(page)
    await session.send("Security.setIgnoreCertificateErrors", { ignore: true })
    const refused = page.waitForResponse((r) => r.url() === `${other.url}/api/webauthn/authentication/complete` && r.status() === 400)
    await page.goto(`${other.url}/login`)
    await refused
    await expect(page.getByText(/of another program on this host, left alone/)).toBeVisible()
    expect(await key.count()).toBe(1)
    await page.context().clearCookies() // both labs share them
    await page.goto("/login")
    await onDashboard(page)
  } finally {
    await other.stop()
  }
})
