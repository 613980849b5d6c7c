import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { connect, createServer, type Socket } from "node:net"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"

/** Where Firefox is, "" where there is none. A snap's is none: it can't read a test's own home folder. */
export const firefoxPath = process.env["STING_FIREFOX"] || ["/usr/bin/firefox-esr"].find(existsSync) || ""

/** How long something on a page is waited for, in milliseconds. */
const patience = 15_000

/** Firefox asks nobody outside, and has no security key of its own. */
const settings: Record<string, string | number | boolean> = {
  "security.webauth.webauthn_enable_softtoken": true, // without it none can be plugged in
  "security.webauth.webauthn_enable_usbtoken": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.enabled": false,
  "app.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
}

/**
 * A real Firefox, driven through Marionette, the protocol that its own tests use.
 * Its profile stands where a person's would, so that `sting trust` finds it.
 */
export class Firefox {
  private readonly child: ChildProcess
  private readonly wire: Marionette

  private constructor(child: ChildProcess, wire: Marionette) {
    this.child = child
    this.wire = wire
  }

  /** Starts it with the profile in a HOME. Certificates are checked as always. */
  static async start(home: string): Promise<Firefox> {
    const profile = join(home, ".mozilla", "firefox", "person.default")
    await mkdir(profile, { recursive: true, mode: 0o700 })
    const port = await freePort()
    const prefs = Object.entries({ ...settings, "marionette.port": port })
    await writeFile(
      join(profile, "user.js"),
      prefs.map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""),
    )
    const child = spawn(firefoxPath, ["--headless", "--marionette", "--no-remote", "--profile", profile], {
      env: { ...process.env, HOME: home, MOZ_HEADLESS: "1", XDG_CONFIG_HOME: "", XDG_CACHE_HOME: "" },
      stdio: "ignore",
    })
    const wire = await Marionette.meet(port)
    await wire.call("WebDriver:NewSession", { acceptInsecureCerts: false })
    return new Firefox(child, wire)
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve))
    await this.wire.call("Marionette:Quit", { flags: ["eForceQuit"] }).catch(() => this.child.kill("SIGKILL"))
    await ended
    this.wire.leave()
  }

  /** Plugs an authenticator in that says yes at once. */
  async plugIn(): Promise<string> {
    const given = {
      protocol: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserConsenting: true,
      isUserVerified: true,
    }
    return (await this.wire.call<{ value: string }>("WebAuthn:AddVirtualAuthenticator", given)).value
  }

  /** How many keys the authenticator holds. */
  async keys(authenticatorId: string): Promise<number> {
    return (await this.wire.call<{ value: unknown[] }>("WebAuthn:GetCredentials", { authenticatorId })).value.length
  }

  /** Takes every key out of the authenticator. */
  async forget(authenticatorId: string): Promise<void> {
    await this.wire.call("WebAuthn:RemoveAllCredentials", { authenticatorId })
  }

  /** Opens an address; throws what Firefox says of a page that it won't show. */
  async goto(url: string): Promise<void> {
    await this.wire.call("WebDriver:Navigate", { url })
  }

  /** Types into the field of a label. */
  async fill(label: string, text: string): Promise<void> {
    const id = await this.element(`//input[@id=//label[normalize-space()=${quoted(label)}]/@for]`)
    await this.wire.call("WebDriver:ElementClear", { id })
    await this.wire.call("WebDriver:ElementSendKeys", { id, text })
  }

  /** Clicks a button by its words, once it can be clicked. */
  async click(words: string): Promise<void> {
    const id = await this.element(`//button[normalize-space()=${quoted(words)}][not(@disabled)]`)
    await this.wire.call("WebDriver:ElementClick", { id })
  }

  /** Waits for a heading. */
  async heading(words: string): Promise<void> {
    await this.element(`//*[self::h1 or self::h2 or self::h3][normalize-space()=${quoted(words)}]`)
  }

  /** Waits for a text. */
  async reads(words: string): Promise<void> {
    await this.element(`//*[text()=${quoted(words)}]`)
  }

  /** Runs an expression in the page and returns what it comes to. */
  async ask<T>(expression: string): Promise<T> {
    const script = `const done = arguments[arguments.length - 1]
      ;(async () => (${expression}))().then((v) => done(JSON.stringify(v)), (e) => done(JSON.stringify({ thrown: String(e) })))`
    const { value } = await this.wire.call<{ value: string }>("WebDriver:ExecuteAsyncScript", { script, args: [], sandbox: null })
    return JSON.parse(value) as T
  }

  /** Waits until the page has what an XPath finds. */
  async element(value: string): Promise<string> {
    for (const until = Date.now() + patience; ; await pause(50)) {
      try {
        const found = await this.wire.call<{ value: Record<string, string> }>("WebDriver:FindElement", { using: "xpath", value })
        return Object.values(found.value)[0] ?? ""
      } catch (error) {
        if (Date.now() > until)
          throw new Error(`${String(error)}\non a page that says\n${await this.ask<string>("document.body.innerText")}`)
      }
    }
  }
}

/** Marionette's frames: the length in decimal, a colon, a JSON list. */
class Marionette {
  private id = 0
  private buffer = Buffer.alloc(0)
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (why: Error) => void }>()

  private readonly socket: Socket

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on("data", (chunk: Buffer) => this.take(chunk))
    socket.on("close", () => {
      for (const { reject } of this.waiting.values()) reject(new Error("Firefox is gone"))
    })
  }

  /** Waits for Firefox to listen. */
  static async meet(port: number): Promise<Marionette> {
    for (const until = Date.now() + 30_000; ; await pause(100)) {
      const socket = connect(port, "127.0.0.1")
      const met = await new Promise<boolean>((resolve) => {
        socket.once("connect", () => resolve(true))
        socket.once("error", () => resolve(false))
      })
      if (met) return new Marionette(socket)
      if (Date.now() > until) throw new Error("Firefox does not listen")
    }
  }

  call<T>(command: string, params: object = {}): Promise<T> {
    const id = ++this.id
    const text = JSON.stringify([0, id, command, params])
    const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }))
    this.socket.write(`${Buffer.byteLength(text)}:${text}`)
    return answer as Promise<T>
  }

  leave(): void {
    this.socket.destroy()
  }

  private take(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk])
    for (;;) {
      const colon = this.buffer.indexOf(":")
      if (colon < 0) return
      const length = Number(this.buffer.subarray(0, colon).toString())
      if (this.buffer.length < colon + 1 + length) return
      const text = this.buffer.subarray(colon + 1, colon + 1 + length).toString()
      this.buffer = this.buffer.subarray(colon + 1 + length)
      const frame = JSON.parse(text) as unknown
      if (!Array.isArray(frame)) continue // the greeting
      const [, id, error, result] = frame as [number, number, { error: string; message: string } | null, unknown]
      const asked = this.waiting.get(id)
      this.waiting.delete(id)
      if (error) asked?.reject(new Error(`${error.error}: ${error.message}`))
      else asked?.resolve(result)
    }
  }
}

function quoted(words: string): string {
  return JSON.stringify(words)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0))
    })
  })
}
