import { Fault } from "../api/fault"
import type { Passkeys } from "../api/types"

// The Signal API (Web Authentication Level 3, §5.1.10): a page tells the
// password manager what became of passkeys that it keeps. A browser answers the
// same whether anybody listened, so that a page can't find out what keys a
// person has: "told" means the browser took it, and no more.

/** What came of telling: the browser took it, refused it, or has no such method. */
export type Told = "told" | "refused" | "unsupported"

interface SignalMethods {
  signalUnknownCredential?: (options: { rpId: string; credentialId: string }) => Promise<void>
  signalAllAcceptedCredentials?: (options: { rpId: string; userId: string; allAcceptedCredentialIds: string[] }) => Promise<void>
  signalCurrentUserDetails?: (options: { rpId: string; userId: string; name: string; displayName: string }) => Promise<void>
}

/** Tells which passkeys of a person this lab accepts: any other may be hidden or deleted. */
export function tellAccepted({ passkeys, rp_id: rpId, user_handle: userId }: Passkeys): Promise<Told> {
  const allAcceptedCredentialIds = passkeys.filter((passkey) => passkey.status === "active").map((passkey) => passkey.credential_id)
  return tell("signalAllAcceptedCredentials", { rpId, userId, allAcceptedCredentialIds })
}

/** Tells what the person is called now, so that the password manager's list says so, too. */
export function tellName({ rp_id: rpId, user_handle: userId }: Passkeys, name: string, displayName: string): Promise<Told> {
  return tell("signalCurrentUserDetails", { rpId, userId, name, displayName })
}

/** Tells that no account here has this passkey. */
export function tellUnknown(rpId: string, credentialId: string): Promise<Told> {
  return tell("signalUnknownCredential", { rpId, credentialId })
}

/** After a refused sign-in: tells of a passkey that the lab doesn't know any more, and says in the fault what came of it. */
export async function disowned(fault: Fault, rpId: string, credentialId: string): Promise<Fault> {
  if (fault.withheld) return fault // answered alike whatever it was: the passkey may be a good one
  if (fault.code !== "UNKNOWN_CREDENTIAL" && fault.code !== "REMOVED_CREDENTIAL") return fault
  const told = await tellUnknown(rpId, credentialId)
  const { code, message, requestId, ceremonyId, help, field, status } = fault
  const hint = [fault.hint, afterwards(told, rpId)].filter(Boolean).join(" ")
  return new Fault({ code, message, hint, requestId, ceremonyId, help, field, status })
}

/** What a person can expect of their password manager, or has to do there by hand. */
export function afterwards(told: Told, rpId: string): string {
  switch (told) {
    case "told":
      return "The browser was asked to stop offering it; a password manager that doesn't listen keeps it until you delete it there."
    case "refused":
      return `The browser would not pass that on: delete it by hand in your password manager or in the browser's settings, under ${rpId}.`
    case "unsupported":
      return `This browser can't tell the password manager: delete it by hand there or in the browser's settings, under ${rpId}.`
  }
}

async function tell<M extends keyof SignalMethods>(method: M, options: Parameters<NonNullable<SignalMethods[M]>>[0]): Promise<Told> {
  const api: SignalMethods | undefined = typeof PublicKeyCredential === "undefined" ? undefined : PublicKeyCredential
  const signal = api?.[method] as ((options: object) => Promise<void>) | undefined
  if (!api || !signal) return "unsupported"
  try {
    await signal.call(api, options)
    return "told"
  } catch {
    return "refused"
  }
}
