import { type ChildProcess, execFile, spawn } from "node:child_process"
import { mkdir } from "node:fs/promises"
import { join, resolve } from "node:path"
import { promisify } from "node:util"

import { expect } from "@playwright/test"

import { freePort, type Home, program } from "./home"

const run = promisify(execFile)

/** The title that the window manager shows. */
const title = "STING Companion"

/** A real window of the program. */
export class Window {
  private readonly child: ChildProcess
  private readonly gone: Promise<number | null>
  private said = ""

  private constructor(child: ChildProcess) {
    this.child = child
    this.gone = new Promise((done) => child.once("exit", done))
    child.stderr?.on("data", (chunk: Buffer) => {
      this.said += chunk.toString()
    })
  }

  /** The program with the window that people get. */
  static readonly program = program("STING_WINDOW_BIN", "sting-window")

  /** Opens the window that people get. */
  static async open(home: Home, file = Window.program): Promise<Window> {
    const window = new Window(spawn(file, [], { env: home.env, stdio: ["ignore", "ignore", "pipe"] }))
    await window.shown()
    return window
  }

  /** Opens the window of a development build: its page, with the same bindings, is at an address as well. */
  static async openForDevelopment(home: Home): Promise<{ window: Window; address: string }> {
    const port = await freePort()
    const env = { ...home.env, devserver: `localhost:${port}`, assetdir: resolve(import.meta.dirname, "../dist") }
    const window = new Window(spawn(program("STING_DEV_BIN", "sting-dev"), [], { env, stdio: ["ignore", "ignore", "pipe"] }))
    await window.shown()
    return { window, address: `http://localhost:${port}/` }
  }

  /** The process of the window. */
  get pid(): number {
    return this.child.pid ?? 0
  }

  /** What stands on stderr. */
  get log(): string {
    return this.said
  }

  /** Presses keys in the window, in xdotool's words: "ctrl+2". */
  async press(...keys: string[]): Promise<void> {
    await run("wmctrl", ["-a", title])
    await run("xdotool", ["key", "--clearmodifiers", ...keys]) // a call of its own: keys sent to a window by name are ignored as forged
  }

  /** Puts the window away, as its button does. */
  async minimise(): Promise<void> {
    const { stdout } = await run("wmctrl", ["-lp"])
    const line = stdout.split("\n").find((l) => l.includes(` ${this.pid} `)) ?? ""
    await run("xdotool", ["windowminimize", "--sync", line.split(" ")[0] ?? ""])
  }

  /** Whether this is the window that the keys go to. */
  inFront(): Promise<boolean> {
    return run("xdotool", ["getactivewindow", "getwindowpid"]).then(
      ({ stdout }) => Number(stdout) === this.pid,
      () => false, // none has the focus
    )
  }

  /** Closes the window as a person does, and returns the program's exit status. */
  async close(): Promise<number | null> {
    await run("wmctrl", ["-c", title])
    return this.gone
  }

  /** Sends a signal, waits for the end and returns the program's exit status. */
  async signal(name: NodeJS.Signals): Promise<number | null> {
    this.child.kill(name)
    return this.gone
  }

  /** Ends the window if it is still open. */
  async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.signal("SIGTERM")
  }

  private async shown(): Promise<void> {
    await expect
      .poll(() => run("wmctrl", ["-lp"]).then(({ stdout }) => stdout.includes(` ${this.pid} `) || this.child.exitCode !== null), {
        message: "no window came up",
        timeout: 20_000,
      })
      .toBe(true)
    if (this.child.exitCode !== null)
      throw new Error(`the program ended with ${this.child.exitCode} before its window came up:\n${this.said}`)
  }
}

/** What a picture holds: how many colours the window has inside its frame, and a digest of all of it. */
export interface Picture {
  colours: number
  digest: string
}

/** A page that shows nothing has one colour or two; words and their edges have dozens. */
const words = 40

/**
 * Takes pictures of the whole screen until one shows words and is like the one
 * before, so that nothing moves any more. The last one stays as NAME.png; one
 * that is like `unlike` is waited out.
 */
export async function shoot(name: string, unlike: readonly string[] = []): Promise<Picture> {
  const folder = resolve(process.env["STING_SHOTS"] ?? join(import.meta.dirname, "../../build/shots"))
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${name}.png`)
  let last: Picture = { colours: 0, digest: "" }
  await expect
    .poll(
      async () => {
        const before = last.digest
        last = await take(file)
        return last.colours > words && last.digest === before && !unlike.includes(last.digest)
      },
      { message: `the screen never shows ${name}`, intervals: [300], timeout: 15_000 },
    )
    .toBe(true)
  return last
}

async function take(file: string): Promise<Picture> {
  await run("import", ["-window", "root", file])
  const { stdout } = await run("convert", [file, "-format", "%# ", "-write", "info:", "-shave", "60x40", "-format", "%k", "info:"])
  const [digest = "", colours = "0"] = stdout.trim().split(/\s+/)
  return { digest, colours: Number(colours) }
}
