import { startAuthentication, startRegistration, type RegistrationResponseJSON } from "@simplewebauthn/browser"

import { lab } from "../api/http"
import type { BegunRegistration, Passkey, Registered, SignedIn } from "../api/types"
import { type CeremonyFacts, explainCeremony } from "./explain"

/** The two routes that one way of making a passkey uses. */
export interface Registration {
  begin: () => Promise<BegunRegistration>
  complete: (credential: RegistrationResponseJSON, challengeId: string) => Promise<Registered>
}

/** Makes a passkey: options from the lab, the browser's prompt, the answer to the lab. Throws a Fault. */
export async function makePasskey(registration: Registration): Promise<Passkey> {
  const { publicKey, challenge_id } = await registration.begin()
  const facts = { kind: "create", rpId: publicKey.rp.id ?? location.hostname, timeout: publicKey.timeout } as const
  const credential = await explained(facts, () => startRegistration({ optionsJSON: publicKey }))
  return (await registration.complete(credential, challenge_id)).passkey
}

/**
 * Signs in with a passkey. Without a username the browser shows every passkey
 * of this site (a discoverable sign-in), with one only that person's.
 */
export async function signInWithPasskey(username?: string): Promise<SignedIn> {
  const { publicKey, challenge_id } = await lab.authenticationBegin(username)
  const facts = { kind: "get", rpId: publicKey.rpId ?? location.hostname, timeout: publicKey.timeout } as const
  const credential = await explained(facts, () => startAuthentication({ optionsJSON: publicKey }))
  return lab.authenticationComplete(credential, challenge_id)
}

async function explained<T>(facts: Pick<CeremonyFacts, "kind" | "rpId" | "timeout">, ceremony: () => Promise<T>): Promise<T> {
  const started = performance.now()
  try {
    return await ceremony()
  } catch (thrown) {
    throw explainCeremony(thrown, { ...facts, origin: location.origin, elapsed: performance.now() - started })
  }
}
