import { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill, platformAuthenticatorIsAvailable } from "@simplewebauthn/browser"

import { Fault } from "../api/fault"
import type { LabFacts } from "../api/types"

/** Whether a ceremony can succeed here, found out before anybody presses a button. */
export type Support =
  | { state: "blocked"; fault: Fault }
  | {
      state: "possible"
      /** A built-in authenticator (fingerprint, face, device PIN) is there. Without one others still work. */
      platform: boolean
      /** The browser can offer passkeys in the list under a field. */
      autofill: boolean
    }

/** Looks at the page's context, the browser and the lab, in the order in which they can be mended. */
export async function examineSupport(lab: LabFacts): Promise<Support> {
  const fault = contextFault() ?? labFault(lab)
  if (fault) return { state: "blocked", fault }
  const [platform, autofill] = await Promise.all([
    platformAuthenticatorIsAvailable().catch(() => false),
    browserSupportsWebAuthnAutofill().catch(() => false),
  ])
  return { state: "possible", platform, autofill }
}

function contextFault(): Fault | undefined {
  if (!window.isSecureContext) {
    return new Fault({
      code: "INSECURE_CONTEXT",
      help: "/help/INSECURE_CONTEXT",
      message: `Passkeys need a secure context, and ${location.origin} is none.`,
      hint: "Open the page over https, at the address that `sting status` names. A browser hides the passkey API everywhere else.",
    })
  }
  if (!browserSupportsWebAuthn()) {
    return new Fault({
      code: "NO_WEBAUTHN",
      help: "/help/NO_WEBAUTHN",
      message: "This browser has no passkey API (PublicKeyCredential is missing).",
      hint:
        "Use a current Chrome, Edge, Firefox or Safari. A webview inside another program, a strict privacy mode or a " +
        "policy of the organisation can take the API away, too.",
    })
  }
  return undefined
}

function labFault(lab: LabFacts): Fault | undefined {
  if (!lab.ceremonies_enabled) {
    return new Fault({
      code: "CEREMONIES_STOPPED",
      help: "/help/CEREMONIES_STOPPED",
      message: lab.problem || `The relying party ID ${lab.rp_id} can't be used, so no passkey ceremony is started.`,
      hint: lab.fix || "`sting config check` names the line to correct. Signing in with a password works meanwhile.",
    })
  }
  const host = location.hostname
  if (host !== lab.rp_id && !host.endsWith("." + lab.rp_id)) {
    return new Fault({
      code: "RPID_MISMATCH",
      help: "/help/RPID_MISMATCH",
      message: `A page at ${host} can't use passkeys of the relying party ${lab.rp_id}.`,
      hint: lab.fix || `Open ${lab.origin} instead, or set \`webauthn.config.rp.id\` to ${host} or a parent domain of it.`,
    })
  }
  if (lab.problem !== "") {
    return new Fault({ code: "ORIGIN_MISMATCH", help: "/help/ORIGIN_MISMATCH", message: lab.problem, hint: lab.fix })
  }
  return undefined
}
