import { readFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import { request } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"

import type { Locator, Page } from "@playwright/test"

import { Authenticator } from "./authenticator"
import { startChromium } from "./chromium"
import { expect, test } from "./fixtures"
import type { Lab } from "./lab"
import { shoot } from "./shoot"

interface Passport {
  user_agent: string
  secure_context: boolean
  webauthn: boolean
  cookies: boolean
  host_cookie: boolean | null
  platform_authenticator: boolean | null
  capabilities: Record<string, boolean>
}

/** The browser that was here last, as the terminal tells. */
async function last(lab: Lab): Promise<Passport | undefined> {
  return (JSON.parse(await lab.sting("browsers", "--json")) as { items: Passport[] }).items[0]
}

/** What the doctor says of a check, without its exit status. */
async function doctor(lab: Lab, check: string): Promise<{ verdict: string; cause: string } | undefined> {
  const stdout = await lab.sting("doctor", check, "--json").catch((failed: { stdout: string }) => failed.stdout)
  return (JSON.parse(stdout) as { findings: { id: string; verdict: string; cause: string }[] }).findings.find((f) => f.id === check)
}

const says = (page: Page, ability: string): Locator => page.locator(`[data-ability="${ability}"] [data-tone]`)

test("a browser with a built-in authenticator has everything, and the doctor knows it", async ({ page, lab }) => {
  await Authenticator.plugIn(page)
  await page.goto("/browser-check")
  await expect(page.getByText("Passkeys work here", { exact: true })).toBeVisible()
  for (const ability of ["secure_context", "webauthn", "platform_authenticator", "cookies", "host_cookie", "storage"]) {
    await expect(says(page, ability), ability).toHaveText("Yes")
  }
  await expect(says(page, "relatedOrigins")).toHaveText("Yes")
  await expect(says(page, "extension:prf")).toHaveText("Yes")
  expect((await page.context().cookies()).filter((c) => c.name.includes("sting_check"))).toEqual([])
  expect(await last(lab)).toMatchObject({
    secure_context: true,
    webauthn: true,
    cookies: true,
    host_cookie: true,
    platform_authenticator: true,
  })
  expect((await last(lab))?.capabilities["relatedOrigins"]).toBe(true)
  expect(await doctor(lab, "BR-01")).toMatchObject({ verdict: "ok" })
  expect(await doctor(lab, "BR-02")).toMatchObject({ verdict: "ok" })
  await shoot(page, "browser-check")
})

test("a browser without one is told what follows and what works instead", async ({ page, lab }) => {
  await page.goto("/")
  await page.getByRole("link", { name: "Look what it can do" }).click()
  await expect(page.getByText("Passkeys work here, but this device can't keep one itself")).toBeVisible()
  await expect(says(page, "platform_authenticator")).toHaveText("No")
  await expect(page.locator('[data-ability="platform_authenticator"]')).toContainText("Set a PIN or a screen lock")
  expect(await last(lab)).toMatchObject({ platform_authenticator: false })
  const found = await doctor(lab, "BR-02")
  expect(found?.verdict, "Linux has no built-in authenticator, which is no failure").toBe("ok")
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"])
  await page.getByRole("button", { name: "Copy the JSON" }).click()
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as Passport
  expect(copied).toMatchObject({ platform_authenticator: false, webauthn: true })
  await shoot(page, "browser-check-no-authenticator")
})

test("a browser without the passkey API hears so before any click, and the doctor says it", async ({ page, lab }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "PublicKeyCredential", { value: undefined })
  })
  await page.goto("/login")
  await expect(page.getByRole("alert")).toContainText("no passkey API")
  await page.getByRole("main").getByRole("link", { name: "What can this browser do?" }).click()
  await expect(page.getByText("No passkeys on this page")).toBeVisible()
  await expect(says(page, "webauthn")).toHaveText("No")
  await expect(page.getByText("Without the passkey API the browser can't be asked.")).toBeVisible()
  expect(await doctor(lab, "BR-01")).toMatchObject({
    verdict: "failed",
    cause: expect.stringContaining("no passkey API") as unknown as string,
  })
  expect(await doctor(lab, "BR-02")).toMatchObject({ verdict: "skipped" })
  await shoot(page, "browser-check-no-webauthn")
})

test("a page over http at a host of its own is no secure context, and is told where to go", async ({ lab }) => {
  const { server, port } = await overHTTP(lab)
  const browser = await startChromium(lab.person, "--host-resolver-rules=MAP lab.test 127.0.0.1")
  try {
    const page = await browser.newPage()
    await page.goto(`http://lab.test:${port}/browser-check`)
    await expect(page.getByText("No passkeys on this page")).toBeVisible()
    await expect(says(page, "secure_context")).toHaveText("No")
    await expect(says(page, "webauthn")).toHaveText("No")
    await expect(says(page, "host_cookie")).toHaveText("No")
    await expect(page.locator('[data-ability="secure_context"]')).toContainText(`Open ${lab.url}/browser-check instead`)
    expect(await last(lab)).toMatchObject({ secure_context: false, webauthn: false, host_cookie: false })
    expect(await doctor(lab, "BR-01")).toMatchObject({
      verdict: "failed",
      cause: expect.stringContaining("no secure context") as unknown as string,
    })
  } finally {
    await browser.close()
    server.close()
  }
})

/** Serves the lab's pages over http, as a badly set up proxy does. */
async function overHTTP(lab: Lab): Promise<{ server: Server; port: number }> {
  const ca = await readFile(join(lab.home, "ca/ca.pem"))
  const to = new URL(lab.url)
  const server = createServer((incoming, answer) => {
    const headers = { ...incoming.headers, host: to.host }
    delete headers.origin // a proxy that hides where a request is from
    const onward = request({ host: "localhost", port: to.port, path: incoming.url, method: incoming.method, headers, ca }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    onward.on("error", () => answer.writeHead(502).end())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { server, port: (server.address() as AddressInfo).port }
}
