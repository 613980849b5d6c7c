import { capabilityWords } from "../../ui/capabilities"
import type { BrowserPassport } from "../lab"

/** What a browser says of one ability; undefined: it was not asked, or has no way to tell. */
export type Answer = boolean | undefined

/** One ability, and what each browser says of it. */
export interface Ability {
  name: string
  about: string
  answers: Answer[]
}

/** What every page can find out by itself. */
const probes: readonly { name: string; about: string; of: (p: BrowserPassport) => Answer }[] = [
  {
    name: "Secure context",
    about: "The page came in a way that the browser trusts; without it there are no passkeys.",
    of: (p) => p.secure_context,
  },
  { name: "WebAuthn", about: "There is a PublicKeyCredential, so passkeys can be asked for.", of: (p) => p.webauthn },
  {
    name: "Platform authenticator",
    about: "This device has its own, with a fingerprint, a face or a PIN. Without it a security key, a phone or a password manager works.",
    of: (p) => p.platform_authenticator ?? undefined,
  },
  {
    name: "Conditional mediation",
    about: "Passkeys are offered in the autofill of the e-mail field.",
    of: (p) => p.conditional_mediation ?? undefined,
  },
  { name: "Cookies", about: "A cookie that was set came back; without it nobody stays signed in.", of: (p) => p.cookies },
]

/** The abilities of browsers side by side: what each page can probe, then what the browsers list themselves. */
export function abilities(passports: readonly BrowserPassport[]): Ability[] {
  const listed = [...new Set(passports.flatMap((p) => Object.keys(p.capabilities)))].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
  return [
    ...probes.map(({ name, about, of }) => ({ name, about, answers: passports.map(of) })),
    ...listed.map((name) => ({ name, about: capabilityWords(name).yes, answers: passports.map((p) => p.capabilities[name]) })),
  ]
}

/** Extensions come last: there are many, and few ask for them. */
const rank = (name: string) => (name.startsWith("extension:") ? 1 : 0)
