import type { Server } from "node:http"
import { join } from "node:path"
import { readFile } from "node:fs/promises"

import type { Browser, Page } from "@playwright/test"

import { startChromium } from "./chromium"
import { expect, test } from "./fixtures"
import { servePlain } from "./foreign"
import { type Lab, startLab } from "./lab"

// THREATS T27: a web page, from another site and from another port of this host, against every local listener.

let lab: Lab
let browser: Browser
let server: Server
let foreign: string[]
let targets: Record<string, string>

test.beforeAll(async () => {
  lab = await startLab()
  await lab.sting("trust")
  browser = await startChromium(lab.person, "--host-resolver-rules=MAP evil.test 127.0.0.1")
  const served = await servePlain((_, response) => response.setHeader("Content-Type", "text/html").end("<title>Elsewhere</title>"))
  server = served.server
  foreign = [`http://localhost:${served.port}`, `http://evil.test:${served.port}`]
  targets = await addresses(lab)
})

test.afterAll(async () => {
  await browser.close()
  server.close()
  await lab.stop()
})

/** What the lab listens at, by name. */
async function addresses(of: Lab): Promise<Record<string, string>> {
  const drawn = JSON.parse(await readFile(join(of.home, "ports.json"), "utf8")) as Record<string, number>
  return {
    site: of.url,
    kratosBehindTheSite: `${of.url}/.ory`,
    kratosPublic: `http://localhost:${drawn["kratos_public"]}`,
    kratosAdmin: `http://localhost:${drawn["kratos_admin"]}`,
    mail: `http://localhost:${drawn["mail"]}`,
    mailOverTLS: `https://localhost:${drawn["mail"]}`,
  }
}

const person = JSON.stringify({
  schema_id: "default",
  traits: { email: "intruder@evil.test" },
  credentials: { password: { config: { password: "chosen by a stranger" } } },
  verifiable_addresses: [{ value: "intruder@evil.test", verified: true, via: "email", status: "completed" }],
})

const enctypes = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]

/** What a form can post, and where. */
const posts: [target: string, path: string][] = [
  ["kratosAdmin", "/admin/identities"],
  ["kratosAdmin", "/admin/recovery/code"],
  ["kratosPublic", "/admin/identities"],
  ["kratosBehindTheSite", "/admin/identities"],
  ["site", "/api/auth/register"],
  ["site", "/api/auth/login"],
  ["mail", "/api/v1/send"],
  ["mailOverTLS", "/api/v1/send"],
  ["mail", "/api/v1/messages"],
]

async function everything(): Promise<string> {
  return (await lab.sting("users", "--json")) + (await lab.sting("sessions", "--json")) + (await lab.sting("mail", "list", "--json"))
}

/** Posts a form whose body, as text/plain, reads as JSON. */
async function post(page: Page, action: string, body: string, enctype: string): Promise<number> {
  const answered = page.waitForResponse((response) => response.url() === action)
  await page.evaluate(
    ({ action, body, enctype }) => {
      const form = document.createElement("form")
      Object.assign(form, { method: "post", action, enctype })
      const field = document.createElement("input")
      // name=value becomes {..., "x":"="} in a body of text/plain
      field.name = body.slice(0, -1) + ',"x":"'
      field.value = '"}'
      form.append(field)
      document.body.append(form)
      form.submit()
    },
    { action, body, enctype },
  )
  return (await answered).status()
}

for (const [at, name] of ["another port of this host", "another site"].entries()) {
  test(`forms from ${name} change nothing at any listener`, async () => {
    test.setTimeout(120_000)
    const before = await everything()
    for (const [target, path] of posts) {
      for (const enctype of target === "kratosAdmin" ? enctypes : enctypes.slice(0, 1)) {
        const page = await browser.newPage()
        await page.goto(foreign[at] ?? "")
        const status = await post(page, `${targets[target]}${path}`, person, enctype)
        expect(status, `${target}${path} as ${enctype}`).toBeGreaterThanOrEqual(400)
        await page.context().close()
      }
    }
    expect(await everything()).toBe(before)
  })

  test(`scripts from ${name} change nothing and read nothing`, async () => {
    test.setTimeout(120_000)
    const before = await everything()
    const page = await browser.newPage()
    await page.goto(foreign[at] ?? "")
    const reads = [
      ["kratosAdmin", "/admin/identities"],
      ["kratosAdmin", "/admin/courier/messages"],
      ["kratosPublic", "/sessions/whoami"],
      ["site", "/api/auth/session"],
      ["site", "/api/lab"],
      ["mail", "/api/v1/messages"],
      ["mailOverTLS", "/api/v1/messages"],
    ] as const
    for (const [target, path] of reads) {
      for (const mode of ["cors", "no-cors"] as const) {
        const got = await page.evaluate(read, { url: `${targets[target]}${path}`, mode })
        expect(got, `${target}${path} by ${mode}`).toBe("")
      }
    }
    for (const [target, path] of posts) {
      await page.evaluate(send, { url: `${targets[target]}${path}`, body: person })
    }
    expect(await everything()).toBe(before)
  })

  test(`streams and sockets from ${name} are refused before they begin`, async () => {
    const page = await browser.newPage()
    await page.goto(foreign[at] ?? "")
    const streams = Object.values(targets).map((address) => `${address}/events`)
    for (const url of streams) {
      expect(await page.evaluate(listen, url), url).toBe("refused")
      expect(await page.evaluate(dial, url.replace(/^http/, "ws")), `${url} as a web socket`).toBe("refused")
    }
  })
}

/** Returns what a page may read of an answer; "" for nothing. */
async function read({ url, mode }: { url: string; mode: RequestMode }): Promise<string> {
  try {
    return await (await fetch(url, { mode, credentials: "include" })).text()
  } catch {
    return ""
  }
}

async function send({ url, body }: { url: string; body: string }): Promise<void> {
  for (const type of ["text/plain", "application/json"]) {
    for (const mode of ["no-cors", "cors"] as const) {
      await fetch(url, { method: "POST", mode, credentials: "include", headers: { "Content-Type": type }, body }).catch(() => undefined)
    }
  }
  navigator.sendBeacon(url, new Blob([body], { type: "text/plain" }))
}

function listen(url: string): Promise<string> {
  return new Promise((resolve) => {
    const source = new EventSource(url, { withCredentials: true })
    source.onopen = () => resolve("open")
    source.onmessage = () => resolve("read")
    source.onerror = () => {
      source.close()
      resolve("refused")
    }
  })
}

function dial(url: string): Promise<string> {
  return new Promise((resolve) => {
    try {
      const socket = new WebSocket(url)
      socket.onopen = () => resolve("open")
      socket.onerror = () => resolve("refused")
    } catch {
      resolve("refused")
    }
  })
}
