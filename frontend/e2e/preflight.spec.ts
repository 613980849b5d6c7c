import { execFile } from "node:child_process"
import { createHash, X509Certificate } from "node:crypto"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { createServer, type RequestListener, type Server } from "node:http"
import { createServer as createSecureServer } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

import { type Browser, expect, type Page, test } from "@playwright/test"

import { Authenticator } from "./authenticator"
import { startChromium } from "./chromium"
import { program } from "./lab"

const run = promisify(execFile)

/** Names that the pages of this table stand at, each on this machine. */
const hosts = [
  "localhost",
  "*.localhost",
  "lab.test",
  "*.lab.test",
  "intranet",
  "github.io",
  "*.github.io",
  "example.com",
  "*.example.com",
  "example.net",
  "xn--bcher-kva.example",
]

interface Case {
  page: string
  rpID: string
  /** What https://RP_ID/.well-known/webauthn lists; `self`: the page. */
  related?: "self" | "another"
  /** What the preflight says for Chromium. */
  says: "works" | "refused" | "depends"
  /** Where it depends: what it comes to here. */
  here?: "works" | "refused"
}

const cases: Case[] = [
  { page: "https://localhost", rpID: "localhost", says: "works" },
  { page: "http://localhost", rpID: "localhost", says: "works" },
  { page: "https://sting.localhost", rpID: "sting.localhost", says: "works" },
  { page: "http://sting.localhost", rpID: "sting.localhost", says: "works" },
  { page: "https://a.sting.localhost", rpID: "sting.localhost", says: "works" },
  { page: "https://app.example.com", rpID: "example.com", says: "works" },
  { page: "https://github.io", rpID: "github.io", says: "works" },
  { page: "https://lab.test", rpID: "lab.test", says: "depends", here: "works" },
  { page: "https://app.lab.test", rpID: "lab.test", says: "depends", here: "works" },
  { page: "https://intranet", rpID: "intranet", says: "depends", here: "works" },
  { page: "https://bücher.example", rpID: "xn--bcher-kva.example", says: "depends", here: "works" },
  { page: "http://lab.test", rpID: "lab.test", says: "refused" },
  { page: "http://127.0.0.1", rpID: "localhost", says: "refused" },
  { page: "https://127.0.0.1", rpID: "127.0.0.1", says: "refused" },
  { page: "https://127.0.0.1", rpID: "example.com", related: "self", says: "refused" },
  { page: "https://[::1]", rpID: "localhost", says: "refused" },
  { page: "https://localhost", rpID: "sting.localhost", says: "refused" },
  { page: "https://localhost", rpID: "yourdomain.com", says: "refused" },
  { page: "https://localhost", rpID: "example.com", related: "self", says: "refused" },
  { page: "https://intranet", rpID: "example.com", related: "self", says: "refused" },
  { page: "https://localhost", rpID: "LOCALHOST", says: "refused" },
  { page: "https://app.example.com", rpID: "com", says: "refused" },
  { page: "https://me.github.io", rpID: "github.io", says: "refused" },
  { page: "https://lab.test", rpID: "test", says: "refused" },
  { page: "https://bücher.example", rpID: "bücher.example", says: "refused" },
  { page: "https://example.com", rpID: "https://example.com", says: "refused" },
  { page: "https://example.com", rpID: "example.com:443", says: "refused" },
  { page: "https://example.com", rpID: "example.com.", says: "refused" },
  { page: "https://example.com", rpID: "127.0.0.1", says: "refused" },
  { page: "https://sting.localhost", rpID: "localhost", says: "refused" },
  { page: "https://example.net", rpID: "example.com", related: "self", says: "depends", here: "works" },
  { page: "https://example.net", rpID: "example.com", related: "another", says: "depends", here: "refused" },
  { page: "https://example.net", rpID: "example.com", says: "depends", here: "refused" },
  { page: "http://sting.localhost", rpID: "example.com", related: "self", says: "depends", here: "works" },
  { page: "https://example.com", rpID: "app.example.com", says: "depends", here: "refused" },
]

let folder: string
let servers: Server[]
let secure: number
let plain: number
let related: string[] | null = null
let browser: Browser

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sting-preflight-"))
  const at = (name: string) => join(folder, name)
  const names = [...hosts.map((h) => `DNS:${h}`), "DNS:a.sting.localhost", "IP:127.0.0.1", "IP:::1"].join(",")
  await run("openssl", [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=preflight",
    "-addext",
    `subjectAltName=${names}`,
    "-keyout",
    at("key"),
    "-out",
    at("pem"),
  ])
  const pem = await readFile(at("pem"))
  const answer: RequestListener = (request, response) => {
    if (request.url !== "/.well-known/webauthn") return response.setHeader("Content-Type", "text/html").end("<title>page</title>")
    if (!related) return response.writeHead(404).end()
    return response.setHeader("Content-Type", "application/json").end(JSON.stringify({ origins: related }))
  }
  const tls = createSecureServer({ key: await readFile(at("key")), cert: pem }, answer)
  const tls6 = createSecureServer({ key: await readFile(at("key")), cert: pem }, answer)
  const http = createServer(answer)
  servers = [tls, tls6, http]
  secure = await listen(tls, "127.0.0.1", 0)
  await listen(tls6, "::1", secure)
  plain = await listen(http, "127.0.0.1", 0)
  const key = createHash("sha256")
    .update(new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" }))
    .digest("base64")
  browser = await startChromium(
    folder,
    `--ignore-certificate-errors-spki-list=${key}`, // trusted, and no installed authority can be asked for these names
    `--host-resolver-rules=MAP *:443 127.0.0.1:${secure},MAP * 127.0.0.1,EXCLUDE 127.0.0.1,EXCLUDE ::1`,
  )
})

test.afterAll(async () => {
  await browser.close()
  for (const server of servers) server.close()
  await rm(folder, { recursive: true, force: true })
})

for (const [i, c] of cases.entries()) {
  const share = i % 4 === 0 ? [] : ["@long"]
  const list = c.related ? `, whose list of related origins has ${c.related === "self" ? "the page" : "another page"}` : ""
  test(`Chromium does what the preflight says of ${c.page} for ${c.rpID}${list}`, { tag: share }, async () => {
    const url = `${c.page}:${c.page.startsWith("https") ? secure : plain}`
    const said = await foresee(`${url}/login`, c.rpID)
    expect(said.verdict, said.says).toBe(c.says)

    related = c.related === "self" ? [said.origin] : c.related === "another" ? ["https://elsewhere.example"] : null
    const context = await browser.newContext()
    try {
      const page = await context.newPage()
      await page.goto(url)
      await Authenticator.plugIn(page)
      const got = await create(page, c.rpID)
      const works = c.says === "works" || c.here === "works"
      // Where a list of related origins decides, what the page gets otherwise was foreseen as well.
      expect(got).toBe(works ? said.origin : said.gets)
    } finally {
      await context.close()
    }
  })
}

/** What the program says of Chromium, without a lab. */
async function foresee(url: string, rpID: string): Promise<{ origin: string; verdict: string; gets: string; says: string }> {
  const words = ["preflight", url, rpID, "--json", "--home", join(folder, "home")]
  const stdout = await run(program, words).then(
    (done) => done.stdout,
    (failed: { stdout: string }) => failed.stdout, // status 1: refused
  )
  const all = JSON.parse(stdout) as { origin: string; families: { family: string; verdict: string; gets: string; says: string }[] }
  const chromium = all.families.find((f) => f.family === "chromium")
  if (!chromium) throw new Error("the preflight says nothing of Chromium")
  return { origin: all.origin, verdict: chromium.verdict, gets: chromium.gets, says: chromium.says }
}

/** Makes a passkey and returns the origin that the browser signed, or the name of what it threw. */
function create(page: Page, rpID: string): Promise<string> {
  return page.evaluate(async (id) => {
    if (!("PublicKeyCredential" in window)) return "no API"
    try {
      const made = await navigator.credentials.create({
        publicKey: {
          rp: { id, name: "preflight" },
          user: { id: new Uint8Array(8), name: "ada", displayName: "Ada" },
          challenge: new Uint8Array(16),
          pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        },
      })
      const response = (made as PublicKeyCredential).response
      return (JSON.parse(new TextDecoder().decode(response.clientDataJSON)) as { origin: string }).origin
    } catch (error) {
      return error instanceof DOMException ? error.name : String(error)
    }
  }, rpID)
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, resolve)
  })
  return (server.address() as AddressInfo).port
}
