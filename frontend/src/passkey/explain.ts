import { Fault } from "../api/fault"
import { replacedWords, withoutExtension } from "./replaced"

/** What was known about a ceremony when the browser gave it up. */
export interface CeremonyFacts {
  kind: "create" | "get"
  rpId: string
  origin: string
  /** Milliseconds between the call and its rejection. */
  elapsed: number
  /** Milliseconds that the options allowed; undefined: the browser's own limit. */
  timeout: number | undefined
  /** The person pressed the page's own Cancel. */
  cancelled?: boolean
  /** What of the passkey API was not the browser's own. */
  replaced?: readonly string[]
}

/** The code of a ceremony that the person stopped: no failure, and drawn as none. */
export const cancelledCode = "CEREMONY_CANCELLED"

/** Rejections faster than this, in milliseconds, come before a person could have read a prompt. */
const atOnce = 400

/** Turns what navigator.credentials threw into a cause and a next step. A Fault passes through. */
export function explainCeremony(thrown: unknown, facts: CeremonyFacts): Fault {
  if (thrown instanceof Fault) return thrown
  const error = innermost(thrown)
  if (facts.cancelled && error.name === "AbortError") {
    return fault(cancelledCode, "You stopped this.", "Nothing was changed. Begin again whenever you like.")
  }
  const found = explained(error, facts)
  const between = replacedWords(facts.replaced ?? [])
  return between === "" ? found : fault(found.code, found.message, `${found.hint ?? ""} ${between} ${withoutExtension}`.trim())
}

function explained(error: Named, facts: CeremonyFacts): Fault {
  switch (error.name) {
    case "TimeoutError":
      return fault(
        "CEREMONY_UNANSWERED",
        "The browser never answered, and the time for it is over.",
        "No authenticator took the call, or an extension holds it. Plug a security key in or turn Bluetooth on for a " +
          "phone and try again; without hardware, `sting open register --virtual` opens a browser with a virtual " +
          "authenticator. Your password works, too.",
      )
    case "NotAllowedError":
      return notAllowed(error, facts)
    case "InvalidStateError":
      return fault(
        "ALREADY_REGISTERED",
        "This authenticator already holds a passkey for this account.",
        "Sign in with it, or choose another authenticator: another device, a security key, a phone or a password manager.",
      )
    case "SecurityError":
      return fault(
        "RPID_NOT_ALLOWED_HERE",
        `The browser refuses the relying party ID ${facts.rpId} on a page at ${facts.origin}.`,
        `The RP ID must be the page's host or a parent domain of it, never an IP address: ${facts.rpId} goes with ` +
          `https://${facts.rpId} and its subdomains. Open such an address, or correct \`webauthn.config.rp.id\`.`,
      )
    case "AbortError":
      return fault(
        "CEREMONY_ABORTED",
        "The ceremony was stopped because another one began, or the page was left.",
        "Start it again and stay on this page until the browser's prompt is answered.",
      )
    case "NotSupportedError":
      return fault(
        "NO_COMMON_ALGORITHM",
        "No authenticator here can use any of the signature algorithms that were offered.",
        "Use another authenticator, or offer ES256 (-7) and RS256 (-257), which nearly all of them know.",
      )
    case "ConstraintError":
      return fault(
        "AUTHENTICATOR_TOO_SIMPLE",
        "The authenticator can't do what was required: keep a passkey on itself, or verify the person.",
        "Set a PIN on the security key, or use a phone, a password manager or the device's own authenticator.",
      )
    case "OperationError":
      return fault(
        "CEREMONY_PENDING",
        "The browser was still busy with another ceremony, or the authenticator failed.",
        "Close any passkey prompt that is open, also in other tabs, wait a moment and try again.",
      )
    case "UnknownError":
      return fault(
        "AUTHENTICATOR_FAILED",
        "The authenticator reported an error that the browser doesn't explain.",
        "Try again. Unplug a security key and plug it in once more; a full key needs a passkey removed first.",
      )
    case "TypeError":
    case "EncodingError":
    case "DataError":
      return fault(
        "OPTIONS_UNREADABLE",
        "The browser could not read the options of this ceremony.",
        `That is a fault of the relying party or of an extension that stands in between: ${error.message}`,
      )
    default:
      return fault(
        "CEREMONY_FAILED",
        `The ceremony failed in the browser (${error.name}).`,
        `Try again, then try another browser or authenticator. The browser said: ${error.message || "nothing more"}`,
      )
  }
}

/** NotAllowedError hides its cause on purpose; time and wording narrow it down. */
function notAllowed(error: Named, facts: CeremonyFacts): Fault {
  if (/TLS certificate/i.test(error.message)) {
    return fault(
      "CERTIFICATE_NOT_TRUSTED",
      "The browser allows no passkeys here because it does not trust the certificate of this page.",
      "Run `sting trust`, restart the browser and open the page again without clicking a warning away.",
    )
  }
  if (facts.timeout !== undefined && facts.elapsed >= facts.timeout * 0.97) {
    const seconds = Math.round(facts.timeout / 1000)
    return fault(
      "CEREMONY_TIMED_OUT",
      `The prompt was not answered within ${seconds} seconds.`,
      "Start again and answer the prompt. If none appeared: look behind this window, plug the security key in, or " +
        "turn Bluetooth on for a phone.",
    )
  }
  if (facts.elapsed < atOnce) {
    return fault(
      "REFUSED_AT_ONCE",
      "The browser refused before it asked anybody.",
      facts.kind === "get"
        ? "Either no passkey for this site is on this device, or the page was not in the foreground, or it sits in a " +
            "frame without permission. Click into the page and try again, or sign in with your password and add a passkey."
        : "Either no authenticator is there that can keep a passkey, or the page was not in the foreground, or it sits in " +
            "a frame without permission. Click into the page and try again, or plug a security key in.",
    )
  }
  return fault(
    "NOT_ALLOWED",
    "The browser stopped without a passkey: the prompt was closed, or nothing that fits was found.",
    facts.kind === "get"
      ? `Browsers don't tell which. Try again and pick a passkey for ${facts.rpId}; if the list is empty, it was made ` +
          "in another browser or profile, or was removed. Your password works, too."
      : "Browsers don't tell which. Try again and confirm the prompt; if the device's own authenticator isn't set up, " +
          "choose a security key, a phone or a password manager.",
  )
}

/** What an exception is called and what it says. */
export interface Named {
  name: string
  message: string
}

/** The DOMException inside the library's error, or whatever was thrown. */
export function innermost(thrown: unknown): Named {
  if (!isNamed(thrown)) return { name: typeof thrown, message: String(thrown) }
  return "cause" in thrown && isNamed(thrown.cause) ? innermost(thrown.cause) : thrown
}

function isNamed(thrown: unknown): thrown is Named {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    "name" in thrown &&
    typeof thrown.name === "string" &&
    "message" in thrown &&
    typeof thrown.message === "string"
  )
}

function fault(code: string, message: string, hint: string): Fault {
  return new Fault({ code, message, hint, help: `/help/${code}` })
}
