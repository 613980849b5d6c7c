import { type ChildProcess, execFile, spawn } from "node:child_process"
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

/** The program under test. */
export const program = resolve(process.env["STING_BIN"] ?? join(import.meta.dirname, "../../build/bin/sting"))

/** A running lab with a home folder and a HOME of its own. */
export interface Lab {
  /** Such as https://localhost:40123. */
  url: string
  /** The folder that holds its data. */
  home: string
  /** HOME for it and for the browsers that are to trust it. */
  person: string
  /** Runs `sting ARGS` against it and returns what stands on stdout. */
  sting: (...args: string[]) => Promise<string>
  /** Ends it and starts it again with the same home folder, at the same address. */
  restart: () => Promise<void>
  /** Ends it and removes its folders. */
  stop: () => Promise<void>
}

/** Starts a fresh lab on free ports. `more` is added to its sting.yml, `files` stand beside it. */
export async function startLab(more = "", files: Record<string, string> = {}): Promise<Lab> {
  const root = await mkdtemp(join(tmpdir(), "sting-e2e-"))
  const home = join(root, "home")
  const person = join(root, "person")
  await mkdir(home, { mode: 0o700 })
  await mkdir(person, { mode: 0o700 })
  const ports = "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n"
  await writeFile(join(home, "sting.yml"), ports + more, { mode: 0o600 })
  for (const [name, text] of Object.entries(files)) await writeFile(join(home, name), text, { mode: 0o600 })
  const env = { ...process.env, HOME: person, XDG_DATA_HOME: "", XDG_CONFIG_HOME: "" }
  const serve = () => spawn(program, ["serve", "--home", home], { env, stdio: ["ignore", "pipe", "pipe"] })
  let child = serve()
  const url = await ready(child)
  return {
    url,
    home,
    person,
    sting: async (...args) => (await run(program, [...args, "--home", home], { env })).stdout,
    restart: async () => {
      await ended(child)
      child = serve()
      const now = await ready(child)
      if (now !== url) throw new Error(`the lab came back at ${now}, it was at ${url}`)
    },
    stop: async () => {
      await ended(child)
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Resolves with the address of the line `ready SCHEME://...`. */
export function ready(child: ChildProcess, scheme = "https"): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ""
    let complained = ""
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString()
      const address = new RegExp(`^ready (${scheme}:\\S+)$`, "m").exec(said)?.[1]
      if (address) resolve(address)
    })
    child.stderr?.on("data", (chunk: Buffer) => {
      complained += chunk.toString()
    })
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`${child.spawnargs.join(" ")} ended with ${code}:\n${complained}`)))
  })
}

/** Asks a program to end and waits until it has. */
export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve()
    child.removeAllListeners("exit")
    child.once("exit", () => resolve())
    child.kill("SIGTERM")
  })
}
