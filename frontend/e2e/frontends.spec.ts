import { readFile } from "node:fs/promises"
import { request as ask } from "node:https"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"

import { startChromium } from "./chromium"
import { expect, password, test } from "./fixtures"
import { type Lab, startLab } from "./lab"

// An own front end on the lab's API: what the fixes promise, in the browser that has to keep the cookies.

/** A development server that answers with a page and hands /api on, as Vite's proxy does with changeOrigin. */
interface FrontEnd {
  url: string
  server: Server
  /** Where /api goes; the port of the page is known before the lab is. */
  lab: Lab | undefined
}

async function serveFrontEnd(): Promise<FrontEnd> {
  const end: FrontEnd = { url: "", lab: undefined, server: createServer((request, response) => void answer(end, request, response)) }
  await new Promise<void>((resolve) => end.server.listen(0, "127.0.0.1", resolve))
  end.url = `http://localhost:${(end.server.address() as AddressInfo).port}`
  return end
}

async function answer(end: FrontEnd, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!end.lab || !request.url?.startsWith("/api")) {
    response.setHeader("Content-Type", "text/html").end("<title>Front end</title>")
    return
  }
  const site = new URL(end.lab.url)
  const onward = ask(
    {
      host: "127.0.0.1",
      servername: site.hostname,
      port: site.port,
      path: request.url,
      method: request.method,
      headers: { ...request.headers, host: site.host },
      ca: await readFile(join(end.lab.home, "ca/ca.pem")),
    },
    (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers)
      answered.pipe(response)
    },
  )
  onward.on("error", () => response.writeHead(502).end())
  request.pipe(onward)
}

test("a listed front end whose server hands /api on is signed in, cookies and all", async ({ email }) => {
  const end = await serveFrontEnd()
  const lab = await startLab(`webauthn: {config: {rp: {origins: ["${end.url}"]}}}\n`)
  end.lab = lab
  await lab.sting("trust")
  const browser = await startChromium(lab.person)
  try {
    const page = await browser.newPage()
    await page.goto(end.url)
    expect(await page.evaluate(registerAndLook, { at: "", email, password })).toEqual({ status: 201, authenticated: true, email })
    // the same front end without the proxy is another site, whose cookies don't travel
    const across = await page.evaluate(registerAndLook, { at: lab.url, email: `across-${email}`, password })
    expect(across).toMatchObject({ status: 201, authenticated: false })
    expect(await lab.sting("config", "check").catch(saidAnyway)).toContain("SameSite")
  } finally {
    await browser.close()
    end.server.close()
    await lab.stop()
  }
})

test("a front end that is not listed is named by the status", async ({ page, lab, email }) => {
  const end = await serveFrontEnd()
  await page.goto(end.url)
  await page.evaluate(registerAndLook, { at: lab.url, email, password }).catch(() => undefined)
  end.server.close()
  expect(await lab.sting("status", "--json").catch(saidAnyway)).toContain(end.url)
})

/** What a command said that ended with another status than 0. */
function saidAnyway(failed: unknown): string {
  const { stdout, stderr } = failed as { stdout: string; stderr: string }
  return stdout + stderr
}

/** Registers at an API and asks who is signed in. */
async function registerAndLook({ at, email, password }: { at: string; email: string; password: string }) {
  const sent = { method: "POST", credentials: "include" as const, headers: { "Content-Type": "application/json" } }
  const made = await fetch(`${at}/api/auth/register`, { ...sent, body: JSON.stringify({ email, password }) })
  const session = (await (await fetch(`${at}/api/auth/session`, { credentials: "include" })).json()) as {
    authenticated: boolean
    user: { email: string } | null
  }
  return { status: made.status, authenticated: session.authenticated, email: session.user?.email }
}
