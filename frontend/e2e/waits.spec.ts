import { createConnection } from "node:net"

import type { Page } from "@playwright/test"

import { expect, password, test } from "./fixtures"
import type { Lab } from "./lab"

// Pages that wait for ever, fall silent, or scroll into nothing.

/** Registers and stops where a passkey is offered. */
async function registerUpToTheOffer(page: Page, email: string): Promise<void> {
  await page.goto("/register")
  await page.getByLabel("E-mail").fill(email)
  await page.getByRole("button", { name: "Continue" }).click()
  await page.getByLabel("Password").fill(password)
  await page.getByRole("button", { name: "Create account" }).click()
  await expect(page.getByRole("heading", { name: "Create a passkey" })).toBeVisible()
}

/** An extension that takes every call and never answers. */
const hang = (page: Page) =>
  page.addInitScript(() => {
    if (!("credentials" in navigator)) return
    navigator.credentials.create = () => new Promise(() => {})
    navigator.credentials.get = () => new Promise(() => {})
  })

test("an extension that never answers is named, and Cancel and Skip work", async ({ page, email }) => {
  await hang(page)
  await registerUpToTheOffer(page, email)
  await expect(page.getByText("navigator.credentials.create and navigator.credentials.get are not the browser's own")).toBeVisible()
  await page.getByRole("button", { name: "Create a passkey" }).click()
  await expect(page.locator(".waiting").getByText("sting open register --virtual")).toBeVisible({ timeout: 20_000 })
  await page.getByRole("button", { name: "Cancel" }).click()
  await expect(page.getByText("You stopped this.")).toBeVisible()
  await page.getByRole("button", { name: "Create a passkey" }).click()
  await page.getByRole("button", { name: "Skip for now" }).click()
  await page.waitForURL("**/dashboard")
})

test("a sign-in whose cookies are thrown away says so", async ({ page, otherPage, email }) => {
  await registerUpToTheOffer(otherPage, email)
  await page.route("**/api/**", async (route) => {
    await page.context().clearCookies() // as a browser that blocks them: what was set is gone before the next request
    await route.continue()
  })
  const devtools = await page.context().newCDPSession(page)
  await devtools.send("Emulation.setDocumentCookieDisabled", { disabled: true })
  await page.goto("/login")
  await page.getByLabel("E-mail").fill(email)
  await page.getByLabel("Password").fill(password)
  await page.getByRole("button", { name: "Sign in with password" }).click()
  await expect(page.getByText("this browser keeps no cookies of this host")).toBeVisible()
  expect(new URL(page.url()).pathname).toBe("/login")
})

interface Service {
  name: string
  url: string
  evidence: { what: string }[]
}

/** Sends so many mails over one connection, in clear. */
async function sendMany(lab: Lab, count: number): Promise<string> {
  const status = JSON.parse(await lab.sting("status", "--json")) as { services: Service[] }
  const mail = status.services.find((s) => s.name === "mail")
  const port = Number(/port (\d+)/.exec(mail?.evidence.find((e) => e.what.startsWith("SMTP"))?.what ?? "")?.[1])
  const one = (n: number) => [
    "MAIL FROM:<app@example.org>",
    `RCPT TO:<many${n}@example.org>`,
    "DATA",
    `Subject: mail ${n}\r\n\r\nhello\r\n.`,
  ]
  const lines = ["EHLO e2e", ...Array.from({ length: count }, (_, n) => one(n)).flat(), "QUIT"]
  await new Promise<void>((resolve, reject) => {
    const socket = createConnection(port, "127.0.0.1")
    socket.on("error", reject)
    socket.on("close", () => (lines.length === 0 ? resolve() : reject(new Error(`the catcher hung up before ${lines[0]}`))))
    socket.on("data", (data) => {
      if (!/^\d{3} /m.test(data.toString())) return
      const line = lines.shift()
      if (line !== undefined) socket.write(`${line}\r\n`)
    })
  })
  return mail?.url ?? ""
}

/** By how many pixels the document is higher than what it holds in its flow. */
const emptyBelow = (page: Page) =>
  page.evaluate(() => {
    const flow = Math.max(innerHeight, document.body.getBoundingClientRect().bottom + scrollY)
    return document.documentElement.scrollHeight - Math.ceil(flow)
  })

test("no page's document is higher than what it shows, however many mails there are", async ({ page, lab }) => {
  const box = await sendMany(lab, 60)
  for (const [width, height] of [
    [1280, 720],
    [390, 700],
  ] as const) {
    await page.setViewportSize({ width, height })
    for (const url of ["/", "/login", "/register", "/recovery", "/verification", "/browser-check", "/help/NOT_ALLOWED", box]) {
      await page.goto(url)
      await page.waitForLoadState("networkidle").catch(() => undefined)
      expect(await emptyBelow(page), `${url} at ${width}x${height}`).toBeLessThanOrEqual(1)
    }
    await expect(page.getByRole("button", { name: /mail 59/ })).toBeVisible()
    if (width > 1000) {
      await page.mouse.wheel(0, 3000)
      expect(await page.evaluate(() => scrollY)).toBe(0)
    }
  }
})
