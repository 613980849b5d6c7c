import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { startChromium } from "./chromium"
import { expect, test } from "./fixtures"
import { serveAs } from "./foreign"

test("a Chromium that was never told to trust the lab refuses the page", async ({ lab }) => {
  const stranger = await mkdtemp(join(tmpdir(), "sting-stranger-"))
  const browser = await startChromium(stranger)
  try {
    const page = await browser.newPage()
    await expect(page.goto(lab.url)).rejects.toThrow(/ERR_CERT_AUTHORITY_INVALID/)
  } finally {
    await browser.close()
    await rm(stranger, { recursive: true, force: true })
  }
})

test("a Chromium that trusts the lab opens the page without a word about the certificate", async ({ page }) => {
  const answer = await page.goto("/login")
  expect(answer?.status()).toBe(200)
  const details = await answer?.securityDetails()
  expect(details?.protocol).toBe("TLS 1.3")
  expect(await page.evaluate(() => isSecureContext)).toBe(true)
})

test("the key of the lab's authority can't vouch for anybody else", async ({ lab }) => {
  const localhost = await serveAs(lab, "localhost")
  const elsewhere = await serveAs(lab, "example.com")
  const browser = await startChromium(lab.person, "--host-resolver-rules=MAP example.com 127.0.0.1")
  try {
    const page = await browser.newPage()
    const good = await page.goto(`https://localhost:${localhost.port}/`)
    expect(await good?.text(), "a certificate of the same making for localhost is accepted").toBe("here")
    await expect(page.goto(`https://example.com:${elsewhere.port}/`)).rejects.toThrow(/ERR_CERT_/)
  } finally {
    await browser.close()
    localhost.server.close()
    elsewhere.server.close()
  }
})
