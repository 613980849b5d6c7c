import type { BrowserSeen, BrowserVisit } from "../api/types"
import { replacedWords, withoutExtension } from "../passkey/replaced"
import { capabilityWords, type Words } from "../ui/capabilities"

/** One thing that a browser can or can't do. */
export interface Ability {
  id: string
  title: string
  can: boolean | null
  /** What it means that it can, can't, or couldn't be asked. */
  says: string
  /** What to do where it can't; "" where nothing needs to be done. */
  todo: string
}

export interface Abilities {
  needed: Ability[]
  capabilities: Ability[]
  extensions: Ability[]
  keeping: Ability[]
}

/** Every ability of a browser, in words. `origin` is the page's, `lab` the lab's own. */
export function abilitiesOf(visit: BrowserVisit, seen: BrowserSeen | undefined, origin: string, lab: string): Abilities {
  const named = Object.entries(visit.capabilities).sort(([a], [b]) => a.localeCompare(b))
  const extension = "extension:"
  return {
    needed: needed(visit, origin, lab),
    capabilities: named
      .filter(([name]) => !name.startsWith(extension) && name !== "userVerifyingPlatformAuthenticator")
      .map(([name, can]) => ability(name, can)),
    extensions: named.filter(([name]) => name.startsWith(extension)).map(([name, can]) => ability(name, can)),
    keeping: keeping(visit, seen),
  }
}

/** What all of it comes to, for the top of the page. */
export interface Verdict {
  tone: "good" | "warn" | "bad"
  title: string
  text: string
}

export function verdictOf(visit: BrowserVisit, abilities: Abilities): Verdict {
  const missing = abilities.needed.find((a) => (a.id === "secure_context" || a.id === "webauthn") && a.can === false)
  if (missing) return { tone: "bad", title: "No passkeys on this page", text: `${missing.says} ${missing.todo}` }
  const cookies = abilities.keeping.find((a) => a.id !== "storage" && a.can === false)
  if (cookies) return { tone: "bad", title: "Passkeys work here, and no sign-in lasts", text: `${cookies.says} ${cookies.todo}` }
  const between = replacedWords(visit.replaced ?? [])
  if (between !== "")
    return { tone: "warn", title: "Passkeys work here, through something that stands in between", text: `${between} ${withoutExtension}` }
  if (visit.platform_authenticator === false) {
    return {
      tone: "warn",
      title: "Passkeys work here, but this device can't keep one itself",
      text: "A security key, a phone, a password manager or a virtual authenticator can.",
    }
  }
  return { tone: "good", title: "Passkeys work here", text: "The browser, its device and its cookies have everything that the lab needs." }
}

function needed(visit: BrowserVisit, origin: string, lab: string): Ability[] {
  const wants = "Use a current Chrome, Edge, Firefox or Safari, outside of a webview and of a strict privacy mode."
  return [
    row("secure_context", "Secure context", visit.secure_context, {
      yes: `The browser takes this page, at ${origin}, for secure.`,
      no: `The browser doesn't take this page, at ${origin}, for secure, so it hides the passkey API.`,
      todo: lab
        ? `Open ${lab}/browser-check instead; a page of your own has to be served over https, or at localhost.`
        : "Serve the page over https, or open it at localhost.",
    }),
    row("webauthn", "Passkey API (WebAuthn)", visit.webauthn, {
      yes: "PublicKeyCredential is there: the browser can hold ceremonies.",
      no: visit.secure_context
        ? "PublicKeyCredential is missing: this browser holds no ceremonies."
        : "PublicKeyCredential is hidden, because the page is no secure context.",
      todo: visit.secure_context ? wants : "Mend the secure context first.",
    }),
    row("replaced", "The browser's own passkey API", visit.replaced === null ? null : visit.replaced.length === 0, {
      yes: "navigator.credentials is the browser's own: nothing stands between a page and its authenticators.",
      no: replacedWords(visit.replaced ?? []),
      todo: withoutExtension,
    }),
    row("platform_authenticator", "Built-in authenticator", visit.platform_authenticator, {
      yes: "This device can verify a person by itself: by fingerprint, face or PIN.",
      no: "This device has no fingerprint, face or PIN set up for passkeys, so a prompt for one of its own fails at once.",
      todo:
        "Set a PIN or a screen lock on the device. Until then use a security key, a phone, a password manager, or " +
        "`sting open register --virtual`.",
    }),
    row("conditional_mediation", "Passkeys in the autofill list", visit.conditional_mediation, {
      yes: "The e-mail field of the sign-in page offers passkeys.",
      no: "The e-mail field of the sign-in page offers no passkeys.",
      todo: "Nothing: the button Sign in with Passkey does the same.",
    }),
  ]
}

function keeping(visit: BrowserVisit, seen: BrowserSeen | undefined): Ability[] {
  const back = (kept: boolean | null, came: boolean | undefined) => (kept ? (came ?? null) : kept)
  return [
    row("cookies", "Cookies", back(visit.cookies, seen?.cookie), {
      yes: "A cookie that this page set came back to the lab.",
      no: visit.cookies
        ? "The browser keeps a cookie of this page, and the lab didn't get it."
        : "The browser keeps no cookie of this page, so no sign-in lasts.",
      todo: "Allow cookies for this host, and look for an extension or a proxy that takes them away.",
      unasked: "Whether cookies come back only the lab can say, and it didn't answer.",
    }),
    row("host_cookie", "Cookies of this host alone (__Host-)", back(visit.host_cookie, seen?.host_cookie), {
      yes: "The browser keeps cookies with the prefix __Host-, which the session of a passkey sign-in has.",
      no:
        "The browser keeps no cookie with the prefix __Host- here, so a passkey sign-in doesn't last. It takes them " +
        "from https pages alone.",
      todo: "Open the page over https; if it is, allow cookies for this host.",
      unasked: "Whether they come back only the lab can say, and it didn't answer.",
    }),
    row("storage", "Storage of the page", visit.storage, {
      yes: "A page may keep something in this browser, such as which mail's code it waits for.",
      no: "A page may keep nothing in this browser: after a reload the page of a mail's code has forgotten which mail it waits for.",
      todo: "Allow site data for this host.",
    }),
  ]
}

function ability(name: string, can: boolean): Ability {
  const words = capabilityWords(name)
  return row(name, words.title, can, words)
}

function row(id: string, title: string, can: boolean | null, words: Omit<Words, "title"> & { unasked?: string }): Ability {
  if (can === null) return { id, title, can, says: words.unasked ?? "This browser can't be asked.", todo: "" }
  return { id, title, can, says: can ? words.yes : words.no, todo: can ? "" : words.todo }
}
