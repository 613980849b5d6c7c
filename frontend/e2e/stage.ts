import { type BrowserContext, expect, type Page } from "@playwright/test"

import { Authenticator } from "./authenticator"
import type { Lab } from "./lab"
import { password } from "./fixtures"

/** What somebody was told about a failure, and the id of its record. */
export interface Told {
  words: string
  id: string
}

/** What navigator.credentials gave on a page. */
export interface Asked {
  answer?: { id: string; response: Record<string, string> }
  name: string
  message: string
  elapsed: number
  origin: string
  /** The RP ID that was asked for. */
  rp_id: string
}

interface Begun {
  challenge_id: string
  publicKey: Record<string, unknown>
}

interface Refusal {
  error?: string
  error_code?: string
  ceremony_id?: string
}

/** One person with a browser and an authenticator, who is signed in and has a passkey. */
export class Stage {
  readonly lab: Lab
  /** Where the ceremony happens. */
  readonly page: Page
  /** Another tab of the same browser, at the lab: speaks to it, as the page's own server would. */
  readonly desk: Page
  readonly key: Authenticator
  readonly email: string

  private constructor(lab: Lab, page: Page, desk: Page, key: Authenticator, email: string) {
    this.lab = lab
    this.page = page
    this.desk = desk
    this.key = key
    this.email = email
  }

  static async set(lab: Lab, context: BrowserContext, email: string): Promise<Stage> {
    await context.addInitScript(() => {
      // No list under the field, unless a case wants one: a virtual authenticator picks from it before anybody presses the button.
      if ("PublicKeyCredential" in window && sessionStorage.getItem("list") !== "wanted")
        PublicKeyCredential.isConditionalMediationAvailable = async () => false
    })
    const [page, desk] = [await context.newPage(), await context.newPage()]
    await desk.goto(`${lab.url}/api/help/HOST`)
    await page.goto(`${lab.url}/api/help/HOST`)
    const stage = new Stage(lab, page, desk, await Authenticator.plugIn(page), email)
    await stage.post("/api/auth/register", { email, password })
    const made = await stage.create()
    expect(made.answer, made.message).toBeDefined()
    await stage.complete("registration", made)
    return stage
  }

  /** Sends something to the lab as its own page does. */
  post<T = Refusal>(path: string, body: object = {}, method = "POST"): Promise<T> {
    return this.desk.evaluate(
      async ([path, method, body]) => {
        const answer = await fetch(path, { method, headers: { "Content-Type": "application/json" }, body })
        return (await answer.json()) as never
      },
      [path, method, JSON.stringify(body)] as const,
    )
  }

  private begun: Begun = { challenge_id: "", publicKey: {} }

  /** Draws a challenge. */
  async begin(kind: "registration" | "authentication", body: object = {}): Promise<Begun> {
    this.begun = await this.post<Begun>(`/api/webauthn/${kind}/begin`, body)
    await this.page.bringToFront() // a tab in the background may not ask
    return this.begun
  }

  /** Draws a challenge and lets the page make a passkey with it. */
  async create(more: object = {}): Promise<Asked> {
    const { publicKey } = await this.begin("registration")
    return asked(this.page, "create", { ...publicKey, ...more })
  }

  /** Draws a challenge and lets the page, wherever it is, ask for a passkey with it. */
  async get(more: object = {}, body: object = {}): Promise<Asked> {
    const { publicKey } = await this.begin("authentication", body)
    return asked(this.page, "get", { ...publicKey, ...more })
  }

  /** Hands an answer to the lab, or what came instead of one. */
  async complete(kind: "registration" | "authentication", got: Asked): Promise<Told> {
    const { challenge_id } = this.begun
    if (!got.answer) {
      const { name, message, elapsed, origin, rp_id } = got
      const kept = await this.post("/api/webauthn/report", {
        challenge_id,
        name,
        message,
        elapsed_ms: Math.round(elapsed),
        mediation: "",
        origin,
        rp_id,
      })
      return { words: `${name}: ${message}`, id: kept.ceremony_id ?? "" }
    }
    const said = await this.post(`/api/webauthn/${kind}/complete`, { credential: got.answer, challenge_id })
    return { words: `${said.error ?? "accepted"} (${said.error_code ?? ""})`, id: said.ceremony_id ?? "" }
  }

  /** Signs out and opens /login with its list under the field; returns when the list waits. */
  async offerAutofill(): Promise<void> {
    await this.post("/api/auth/logout")
    await this.page.bringToFront()
    await this.page.evaluate(() => sessionStorage.setItem("list", "wanted"))
    const begun = this.page.waitForResponse("**/authentication/begin")
    await this.page.goto(`${this.lab.url}/login`)
    await begun
  }

  /** Signs out and presses the button of /login; returns what the page says. */
  async pressSignIn(): Promise<Told> {
    await this.post("/api/auth/logout")
    await this.page.goto(`${this.lab.url}/login`)
    await this.page.bringToFront()
    await this.page.getByRole("button", { name: "Sign in with Passkey" }).click()
    return told(this.page)
  }
}

/** What the page's alert says. */
export async function told(page: Page): Promise<Told> {
  const alert = page.getByRole("alert")
  await expect(alert.locator(".note-record")).toBeVisible()
  const [sentence, code, id] = await Promise.all([
    alert.locator(".note-title").innerText(),
    alert.locator(".note-ids").first().locator("a, span").first().innerText(),
    alert.locator(".note-record").innerText(),
  ])
  expect(await alert.getByRole("link", { name: "What happened, step by step" }).getAttribute("href")).toBe(`/ceremonies/${id}`)
  return { words: `${sentence} (${code})`, id }
}

/** Calls navigator.credentials on a page, which may be anywhere. */
export function asked(page: Pick<Page, "evaluate">, kind: "create" | "get", options: object): Promise<Asked> {
  return page.evaluate(
    async ([kind, json]) => {
      const options = JSON.parse(json) as PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON
      const started = performance.now()
      const nothing = { name: "", message: "", elapsed: 0, origin: location.origin, rp_id: options.rpId ?? options.rp.id ?? "" }
      try {
        const got =
          kind === "create"
            ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
            : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
        return { ...nothing, answer: (got as PublicKeyCredential).toJSON() as never }
      } catch (thrown) {
        const { name, message } = thrown as Error
        return { ...nothing, name, message, elapsed: performance.now() - started }
      }
    },
    [kind, JSON.stringify(options)] as const,
  )
}
