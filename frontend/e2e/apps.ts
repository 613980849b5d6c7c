import { type ChildProcess, execFile, spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

import { ended, ready } from "./lab"

const run = promisify(execFile)

/** An app of somebody else, built of packages that the registries have. */
interface Kind {
  /** What it is made of. */
  made: string
  register: string
  login: string
  start: () => Promise<[string, string[]]>
}

const node = (name: string) => () =>
  Promise.resolve<[string, string[]]>([process.execPath, [join(import.meta.dirname, "apps", name, "server.mjs")]])

export const kinds = {
  shop: { made: "Express and SimpleWebAuthn, JSON", register: "/signup", login: "/login", start: node("shop") },
  bank: {
    made: "Go and go-webauthn, a form and a redirect",
    register: "/register/passkey",
    login: "/login/passkey",
    start: async () => [await builtBank(), []],
  },
  club: { made: "Node and fido2-lib, an encoding of its own", register: "/join", login: "/enter", start: node("club") },
} satisfies Record<string, Kind>
export type AppName = keyof typeof kinds

let bank: Promise<string> | undefined
let folder = ""

/** Builds the app that is written in Go, once. */
function builtBank(): Promise<string> {
  bank ??= (async () => {
    folder = await mkdtemp(join(tmpdir(), "sting-bank-"))
    const program = join(folder, process.platform === "win32" ? "bank.exe" : "bank")
    await run("go", ["build", "-trimpath", "-o", program, "./frontend/e2e/apps/bank"], { cwd: join(import.meta.dirname, "../..") })
    return program
  })()
  return bank
}

/** Removes what was built. */
export async function tidyApps(): Promise<void> {
  bank = undefined
  if (folder) await rm(folder, { recursive: true, force: true })
}

/** Somebody's app while it runs. */
export interface App {
  /** Such as http://localhost:40123. */
  url: string
  stop: () => Promise<void>
}

/** Starts an app whose pages press their own buttons, and include a script; `broken` is one of its ways to be set up wrong. */
export async function startApp(name: AppName, script = "", broken = ""): Promise<App> {
  const [program, args] = await kinds[name].start()
  const child: ChildProcess = spawn(program, args, {
    env: { ...process.env, AUTO: "1", PORT: "0", WATCH: script, BREAK: broken },
    stdio: ["ignore", "pipe", "pipe"],
  })
  return { url: await ready(child, "http"), stop: () => ended(child) }
}
