import { execFile } from "node:child_process"
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"

import { build } from "vite"

import { startChromium } from "./chromium"
import { expect, test } from "./fixtures"
import { type Lab, startLab } from "./lab"

// The scripts know the SDK and three addresses; here they are bundled and run as they stand.

const frontend = join(import.meta.dirname, "..")

/** Bundles a script with the SDK. */
async function bundle(name: string, format: "es" | "iife"): Promise<string> {
  const built = await build({
    root: frontend,
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: { entry: join(import.meta.dirname, "orydocs", `${name}.ts`), formats: [format], name: "script" },
    },
  })
  const first = Array.isArray(built) ? built[0] : built
  if (!first || !("output" in first)) throw new Error(`nothing was made of ${name}`)
  return first.output[0].code
}

interface Ports {
  kratos_admin: number
  mail: number
}

const portsOf = async (lab: Lab): Promise<Ports> => JSON.parse(await readFile(join(lab.home, "ports.json"), "utf8")) as Ports

/** The mails whose code was taken, of each mailbox: the next one asked for is a newer one. */
const taken = new Set<string>()

/** The code in the newest mail to an address about a word, from the mailbox. */
async function mailed(mailbox: string, address: string, word: string): Promise<string> {
  let code = ""
  await expect(async () => {
    const found = (await (await fetch(`${mailbox}/api/v1/search?query=${encodeURIComponent(`to:"${address}"`)}`)).json()) as {
      messages: { ID: string; Subject: string }[]
    }
    const id = found.messages.find((mail) => mail.Subject.toLowerCase().includes(word) && !taken.has(mailbox + mail.ID))?.ID
    const mail = (await (await fetch(`${mailbox}/api/v1/message/${id ?? "none"}`)).json()) as { Text: string }
    code = /^\s*(\d{6})\s*$/m.exec(mail.Text)?.[1] ?? ""
    expect(code).toMatch(/^\d{6}$/)
    taken.add(mailbox + id)
  }).toPass({ timeout: 20_000 })
  return code
}

test("a script for Ory's documentation runs unchanged in Node, with certificates checked", async () => {
  const lab = await startLab()
  const folder = await mkdtemp(join(lab.home, "..", "script-"))
  try {
    const { kratos_admin, mail } = await portsOf(lab)
    const script = join(folder, "script.mjs")
    await writeFile(script, await bundle("node", "es"))
    const env = {
      PATH: process.env["PATH"] ?? "",
      ORY_SDK_URL: `${lab.url}/.ory`,
      ORY_ADMIN_URL: `http://localhost:${kratos_admin}`,
      MAILBOX_URL: `http://localhost:${mail}`,
    }
    const trusting = promisify(execFile)(process.execPath, [script], {
      env: { ...env, NODE_EXTRA_CA_CERTS: join(lab.home, "ca", "ca.pem") },
    })
    expect((await trusting).stdout.match(/^ok /gm)).toHaveLength(19)
    await expect(promisify(execFile)(process.execPath, [script], { env })).rejects.toThrow(/certificate|fetch failed/i)
  } finally {
    await rm(folder, { recursive: true, force: true })
    await lab.stop()
  }
})

test("a script for Ory's documentation runs unchanged in a page of the site", async ({ email }) => {
  const lab = await startLab()
  await lab.sting("trust")
  const browser = await startChromium(lab.person)
  try {
    const { mail } = await portsOf(lab)
    const page = await browser.newPage({ baseURL: lab.url })
    await page.goto("/error")
    await page.exposeFunction("codeOf", (address: string, word: string) => mailed(`http://localhost:${mail}`, address, word))
    await page.evaluate(await bundle("page", "iife"))
    const claims = await page.evaluate(([base, address]) => window.runOryScript(base, address), [`${lab.url}/.ory`, email] as const)
    expect(claims).toHaveLength(6)
  } finally {
    await browser.close()
    await lab.stop()
  }
})

test("a script for Ory's documentation runs unchanged in an app of another listed origin, and in no other's", async ({ email }) => {
  const lab = await startLab()
  const listed = "https://localhost:5173"
  await appendFile(join(lab.home, "sting.yml"), `webauthn: {config: {rp: {id: localhost, origins: ["${lab.url}", "${listed}"]}}}\n`)
  await lab.restart()
  await lab.sting("trust")
  const browser = await startChromium(lab.person)
  try {
    const { mail } = await portsOf(lab)
    const script = await bundle("page", "iife")
    const run = async (origin: string) => {
      // One that localhost served would be a neighbour of the lab; one that is handed over has to be allowed to reach it.
      const context = await browser.newContext({ permissions: ["local-network-access"] })
      const page = await context.newPage()
      // The app's own server is not what is tried here: its page is handed to the browser.
      await page.route(`${origin}/`, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>app</title>" }))
      await page.goto(`${origin}/`)
      await page.exposeFunction("codeOf", (address: string, word: string) => mailed(`http://localhost:${mail}`, address, word))
      await page.evaluate(script)
      return page.evaluate(([base, address]) => window.runOryScript(base, address), [`${lab.url}/.ory`, email] as const)
    }
    await expect(run("https://localhost:5174")).rejects.toThrow(/Failed to fetch/)
    expect(await run(listed)).toHaveLength(6)
  } finally {
    await browser.close()
    await lab.stop()
  }
})
