import type { Frame } from "@playwright/test"

import { Authenticator } from "./authenticator"
import { asked, type Stage, type Told } from "./stage"

/** Servers of others on this machine. Each answers every path with an empty page. */
export interface Others {
  /** https://localhost:..., with a certificate that the browser trusts. */
  secure: string
  /** Without TLS: the port. */
  plainPort: number
  /** The same, with TLS and a certificate that nobody trusts: the port. */
  untrustedPort: number
}

/** Something that goes wrong on purpose. */
export interface Failure {
  name: string
  /** Needs the lab that requires user verification and waits two seconds. */
  strict?: true
  provoke: (stage: Stage, others: Others) => Promise<Told>
}

/** Goes somewhere else and asks there for a passkey of the lab's. */
const askAt =
  (url: (o: Others) => string, more: object = {}) =>
  async (s: Stage, others: Others) => {
    await s.page.goto(url(others))
    return s.complete("authentication", await s.get(more))
  }

/** Changes the authenticator, then presses the button. */
const pressAfter = (change: (s: Stage) => Promise<unknown>) => async (s: Stage) => {
  await change(s)
  return s.pressSignIn()
}

/** Changes the answer on its way from the page to the lab. */
const pressAndTamper =
  (tamper: (s: Stage, body: { credential: { response: Record<string, string> } }) => Promise<unknown>) => async (s: Stage) => {
    await s.page.route("**/authentication/complete", async (route) => {
      const body = route.request().postDataJSON() as never
      await tamper(s, body)
      await route.continue({ postData: JSON.stringify(body) })
    })
    return s.pressSignIn()
  }

const flip = (text: string) => (text.startsWith("A") ? "B" : "A") + text.slice(1)

export const failures: readonly Failure[] = [
  { name: "the page is on another port", provoke: askAt((o) => o.secure) },
  { name: "the page is on http instead of https", provoke: askAt((o) => `http://localhost:${o.plainPort}`) },
  { name: "the page is at 127.0.0.1", provoke: askAt((o) => `http://127.0.0.1:${o.plainPort}`) },
  { name: "an IP address is the RP ID", provoke: askAt((o) => `http://127.0.0.1:${o.plainPort}`, { rpId: "127.0.0.1" }) },
  { name: "the page is at a host below the RP ID localhost", provoke: askAt((o) => `http://app.localhost:${o.plainPort}`) },
  { name: "the page is on a custom host without TLS", provoke: askAt((o) => `http://lab.test:${o.plainPort}`) },
  { name: "the certificate of a custom host is not trusted", provoke: untrusted },
  { name: "the RP ID is another site's", provoke: async (s) => s.complete("authentication", await s.get({ rpId: "example.com" })) },
  { name: "a frame without permission", provoke: (s, o) => inFrame(s, o, "") },
  { name: "a frame of another origin", provoke: (s, o) => inFrame(s, o, "publickey-credentials-get *") },
  { name: "the challenge expired", provoke: expired },
  { name: "the same answer twice", provoke: twice },
  { name: "a challenge of another browser", provoke: ofAnotherBrowser },
  {
    name: "the page altered the challenge",
    provoke: async (s) => s.complete("authentication", await s.get({ challenge: "A".repeat(43) })),
  },
  {
    name: "the answer of a registration is sent to a sign-in",
    provoke: async (s) => s.complete("authentication", { ...(await s.create()), ...(await otherKind(s)) }),
  },
  { name: "the signature is of another key", provoke: pressAfter((s) => s.key.override({ isBogusSignature: true })) },
  {
    name: "the signature was changed on the way",
    provoke: pressAndTamper(async (_, b) => (b.credential.response["signature"] = flip(b.credential.response["signature"] ?? ""))),
  },
  { name: "nobody was present (UP)", provoke: pressAfter((s) => s.key.override({ isBadUP: true })) },
  { name: "nobody was verified (UV), and it is required", strict: true, provoke: pressAfter((s) => s.key.override({ isBadUV: true })) },
  { name: "the wrong finger, where verification is required", strict: true, provoke: pressAfter((s) => s.key.verified(false)) },
  { name: "the time runs out", strict: true, provoke: pressAfter((s) => s.key.present(false)) },
  { name: "an extension takes the call and never answers", strict: true, provoke: neverAnswered },
  { name: "the person presses Cancel on the page", provoke: cancelled },
  { name: "the page is left while the browser asks", provoke: left },
  { name: "the page is left while its autofill list waits", provoke: leftAutofill },
  { name: "autofill finds no passkey", provoke: autofillFindsNone },
  { name: "backup eligible (BE) flipped", provoke: pressAfter((s) => s.key.backup({ backupEligibility: true })) },
  { name: "backed up (BS) without backup eligible (BE)", provoke: pressAfter((s) => s.key.backup({ backupState: true })) },
  { name: "the counter was set back", provoke: counterSetBack },
  { name: "the user handle is nobody's", provoke: pressAfter((s) => s.key.change({ userHandle: btoa("nobody") })) },
  { name: "the passkey was removed in the lab", provoke: removed },
  { name: "the lab never heard of the passkey", provoke: pressAfter((s) => s.key.change({ credentialId: btoa("a passkey of nobody") })) },
  { name: "no passkey of the account is here", provoke: noneHere },
  { name: "the authenticator holds a passkey of the account already", provoke: async (s) => s.complete("registration", await s.create()) },
  {
    name: "no algorithm in common",
    provoke: async (s) =>
      s.complete("registration", await s.create({ pubKeyCredParams: [{ type: "public-key", alg: -47 }], excludeCredentials: [] })),
  },
  { name: "the authenticator can't verify anybody, and it is required", strict: true, provoke: tooSimple },
]

/** A browser that looks away from a bad certificate still allows no passkeys there. No virtual authenticator: it would. */
async function untrusted(s: Stage, others: Others): Promise<Told> {
  const careless = await s.page.context().browser()?.newContext({ ignoreHTTPSErrors: true })
  if (!careless) throw new Error("the browser is gone")
  try {
    const page = await careless.newPage()
    await page.goto(`https://lab.test:${others.untrustedPort}`)
    const { publicKey } = await s.begin("authentication")
    await page.bringToFront()
    return await s.complete("authentication", await asked(page, "get", { ...publicKey, rpId: "lab.test" }))
  } finally {
    await careless.close()
  }
}

/** Shows the lab in a frame of another origin, as a page that is served without the lab's headers could be. */
async function inFrame(s: Stage, others: Others, allow: string): Promise<Told> {
  const inside = `${s.lab.url}/framed`
  await s.page.route(inside, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>framed</title>" }))
  await s.page.goto(others.secure)
  await s.page.evaluate(
    ([src, allow]) =>
      new Promise((loaded) => {
        const frame = document.createElement("iframe")
        Object.assign(frame, { src, allow, onload: loaded })
        document.body.append(frame)
      }).then(() => undefined),
    [inside, allow] as const,
  )
  const frame: Frame | undefined = s.page.frames().find((f) => f.url() === inside)
  if (!frame) throw new Error("there is no frame")
  const { publicKey } = await s.begin("authentication")
  return s.complete("authentication", await asked(frame, "get", publicKey))
}

async function expired(s: Stage): Promise<Told> {
  await s.page.route("**/authentication/complete", async (route) => {
    await s.lab.sting("clock", "+6m")
    await route.continue()
  })
  try {
    return await s.pressSignIn()
  } finally {
    await s.lab.sting("clock", "reset")
  }
}

async function twice(s: Stage): Promise<Told> {
  const got = await s.get()
  await s.complete("authentication", got)
  return s.complete("authentication", got)
}

/** The lab's answer to the other browser; the record belongs to the one that began. */
async function ofAnotherBrowser(s: Stage): Promise<Told> {
  const got = await s.get()
  await s.desk.context().clearCookies()
  return s.complete("authentication", got)
}

/** A challenge for a sign-in, to go with the answer of a registration. */
async function otherKind(s: Stage): Promise<object> {
  const fresh = await Authenticator.plugIn(s.page, "usb")
  const made = await s.create({
    excludeCredentials: [],
    authenticatorSelection: { authenticatorAttachment: "cross-platform", residentKey: "required" },
  })
  await fresh.unplug()
  await s.begin("authentication")
  return made
}

async function cancelled(s: Stage): Promise<Told> {
  await s.key.present(false)
  const answered = s.page.waitForResponse("**/api/webauthn/report")
  const pressed = s.pressSignIn().catch(() => undefined)
  await s.page.getByRole("button", { name: "Cancel" }).click()
  const { ceremony_id } = (await (await answered).json()) as { ceremony_id: string }
  const words = await s.page.getByText("You stopped this.").innerText()
  void pressed
  return { words: `${words} (CEREMONY_CANCELLED)`, id: ceremony_id }
}

/** As the extension of a password manager that is locked: the page's own timer ends the wait. */
async function neverAnswered(s: Stage): Promise<Told> {
  await s.page.addInitScript(() => {
    if ("credentials" in navigator) navigator.credentials.get = () => new Promise(() => {})
  })
  return s.pressSignIn()
}

async function left(s: Stage): Promise<Told> {
  await s.key.present(false)
  await s.post("/api/auth/logout")
  await s.page.goto(`${s.lab.url}/login`)
  await s.page.bringToFront()
  const begun = s.page.waitForResponse("**/authentication/begin")
  await s.page.getByRole("button", { name: "Sign in with Passkey" }).click()
  await begun
  await s.page.getByText("The browser is asking you").waitFor()
  await s.page.goto("about:blank")
  return { words: nobodyThere, id: await newest(s, "abandoned") }
}

const nobodyThere = "nothing: nobody is there any more"

async function leftAutofill(s: Stage): Promise<Told> {
  await s.key.present(false)
  await s.offerAutofill()
  await s.page.goto("about:blank")
  return { words: nobodyThere, id: await newest(s, "abandoned") }
}

/** A virtual authenticator without a passkey ends the list at once, where a real browser goes on waiting. */
async function autofillFindsNone(s: Stage): Promise<Told> {
  await s.key.unplug()
  await Authenticator.plugIn(s.page)
  const reported = s.page.waitForResponse("**/api/webauthn/report")
  await s.offerAutofill()
  const { ceremony_id } = (await (await reported).json()) as { ceremony_id: string }
  return { words: "nothing: nobody opened the list", id: ceremony_id }
}

/** The id of the newest ceremony, once it is in that state. */
async function newest(s: Stage, state: string): Promise<string> {
  for (let tries = 0; tries < 50; tries++) {
    const { items } = JSON.parse(await s.lab.sting("ceremonies", "-n", "1", "--json")) as { items: { id: string; state: string }[] }
    if (items[0]?.state === state) return items[0].id
  }
  throw new Error(`the newest ceremony never was ${state}`)
}

async function counterSetBack(s: Stage): Promise<Told> {
  await s.complete("authentication", await s.get())
  await s.complete("authentication", await s.get())
  await s.key.change({ signCount: 1 })
  return s.pressSignIn()
}

async function removed(s: Stage): Promise<Told> {
  const { passkeys } = await s.desk.evaluate(
    async () => (await fetch("/api/webauthn/passkeys")).json() as Promise<{ passkeys: { id: string }[] }>,
  )
  for (const { id } of passkeys) await s.post(`/api/webauthn/passkeys/${id}`, {}, "DELETE")
  return s.pressSignIn()
}

/** The account was named first, and its passkey is on another authenticator. */
async function noneHere(s: Stage): Promise<Told> {
  await s.key.unplug()
  await Authenticator.plugIn(s.page)
  return s.complete("authentication", await s.get({}, { username: s.email }))
}

async function tooSimple(s: Stage): Promise<Told> {
  await s.key.unplug()
  await Authenticator.plugIn(s.page, "usb", false)
  return s.complete("registration", await s.create({ excludeCredentials: [] }))
}
