import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { createServer, type Server } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

import { startChromium } from "./chromium"
import { expect, test } from "./fixtures"
import type { Lab } from "./lab"

const run = promisify(execFile)

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

/** Serves over TLS with a certificate for `host` that the stolen key of the authority signed. */
async function serveAs(lab: Lab, host: string): Promise<{ server: Server; port: number }> {
  const folder = await mkdtemp(join(tmpdir(), "sting-forged-"))
  const at = (name: string) => join(folder, name)
  await writeFile(at("ext"), `subjectAltName=DNS:${host}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`)
  await run("openssl", ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", `/CN=${host}`, "-keyout", at("key"), "-out", at("csr")])
  const ca = [join(lab.home, "ca/ca.pem"), join(lab.home, "ca/ca-key.pem")] as const
  await run("openssl", ["x509", "-req", "-in", at("csr"), "-CA", ca[0], "-CAkey", ca[1], "-set_serial", "4711", "-days", "10", "-extfile", at("ext"), "-out", at("pem")])
  const server = createServer({ key: await readFile(at("key")), cert: await readFile(at("pem")) }, (_, answer) => answer.end("here"))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  await rm(folder, { recursive: true, force: true })
  return { server, port: (server.address() as AddressInfo).port }
}
