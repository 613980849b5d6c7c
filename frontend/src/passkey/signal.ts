import { Fault } from "../api/fault"
import type { Passkeys, Signal } from "../api/types"

// The Signal API (Web Authentication Level 3, §5.1.10): a page tells the
// password manager what became of passkeys that it keeps. A browser answers the
// same whether anybody listened, so that a page can't find out what keys a
// person has: "told" means the browser took it, and no more.
//
// Whatever a developer runs at localhost shares one RP ID, and a browser takes
// the word of any page of it about any passkey. So the lab decides what may be
// told, never the page; and signalAllAcceptedCredentials is used nowhere: it
// hides whatever its list leaves out, such as what an undo would bring back.

/** What came of telling: the browser took it, refused it, or has no such method. */
export type Told = "told" | "refused" | "unsupported"

interface SignalMethods {
  signalUnknownCredential?: (options: { rpId: string; credentialId: string }) => Promise<void>
  signalCurrentUserDetails?: (options: { rpId: string; userId: string; name: string; displayName: string }) => Promise<void>
}

/** Tells what the person is called now, so that the password manager's list says so, too. Not of a user handle that another lab made. */
export async function tellName(
  { rp_id: rpId, user_handle: userId, own_handle: own }: Passkeys,
  name: string,
  displayName: string,
): Promise<Told | "left"> {
  return own ? tell("signalCurrentUserDetails", { rpId, userId, name, displayName }) : "left"
}

/** Has the password manager forget a passkey. The caller has the lab's word that it may, and the person's where the lab says "ask". */
export async function forget({ rp_id: rpId, credential_id: credentialId }: Signal): Promise<string> {
  return afterwards(await tell("signalUnknownCredential", { rpId, credentialId }), rpId)
}

/** After a refused sign-in: does what the lab's answer says about the passkey, and says in the fault what came of it. */
export async function disowned(fault: Fault): Promise<Fault> {
  if (fault.withheld || fault.signal?.advice !== "tell") return fault
  const { code, message, requestId, ceremonyId, help, field, status } = fault
  const hint = [fault.hint, await forget(fault.signal)].filter(Boolean).join(" ")
  return new Fault({ code, message, hint, requestId, ceremonyId, help, field, status })
}

/** What a person can expect of their password manager, or has to do there by hand. */
function afterwards(told: Told, rpId: string): string {
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
