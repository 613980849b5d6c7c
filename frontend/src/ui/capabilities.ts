/** A capability of getClientCapabilities in words. */
export interface Words {
  title: string
  yes: string
  no: string
  /** What to do without it. */
  todo: string
}

const nothing = "Nothing: the lab doesn't use it."

/** Web Authentication Level 3, §5.8.7 names them; extensions are listed as extension:ID. */
const words: Record<string, Words> = {
  conditionalCreate: {
    title: "A passkey made in passing",
    yes: "After a sign-in with a password the browser can make a passkey without a prompt of its own.",
    no: "A passkey is made only by a prompt.",
    todo: "Nothing: the pages ask for one.",
  },
  conditionalGet: {
    title: "Passkeys in the autofill list",
    yes: "A field of a form can offer passkeys.",
    no: "A field of a form offers no passkeys.",
    todo: "Nothing: a button that asks for a passkey does the same.",
  },
  hybridTransport: {
    title: "A phone as the authenticator",
    yes: "The browser can show a QR code, and a phone nearby signs.",
    no: "No phone can be used from here; often Bluetooth is missing or off.",
    todo: "Use what is built in or plugged in.",
  },
  immediateGet: {
    title: "Only what is there at once",
    yes: "A page can ask for a passkey of this device alone, and hears at once when there is none.",
    no: "A page can't ask whether there is a passkey without a prompt.",
    todo: nothing,
  },
  passkeyPlatformAuthenticator: {
    title: "A place for passkeys",
    yes: "This device, or a phone nearby, can keep a passkey.",
    no: "Neither this device nor a phone can keep a passkey for this browser.",
    todo: "Use a security key or a password manager, or `sting open register --virtual`.",
  },
  relatedOrigins: {
    title: "Passkeys for related origins",
    yes: "A relying party can let pages of its other domains use its passkeys (/.well-known/webauthn).",
    no: "A passkey works on pages of its relying party ID alone, whatever /.well-known/webauthn lists.",
    todo: "Use one domain for all pages that share passkeys.",
  },
  signalAllAcceptedCredentials: {
    title: "Hears which passkeys are still good",
    yes: "The lab can tell the password manager which passkeys are left, so that it stops offering removed ones.",
    no: "A passkey that was removed here is still offered by the browser.",
    todo: "Delete it in the password manager too.",
  },
  signalCurrentUserDetails: {
    title: "Hears of a new name",
    yes: "The lab can tell the password manager a person's new name or address.",
    no: "A passkey keeps the name that it was made with.",
    todo: "Rename it in the password manager too.",
  },
  signalUnknownCredential: {
    title: "Hears of an unknown passkey",
    yes: "The lab can tell the password manager that it doesn't know a passkey that was offered.",
    no: "A passkey that the lab doesn't know is offered again.",
    todo: "Delete it in the password manager.",
  },
  userVerifyingPlatformAuthenticator: {
    title: "An authenticator of its own",
    yes: "This device has an authenticator of its own that knows its user.",
    no: "This device has no authenticator of its own that knows its user.",
    todo: "Use a security key, a phone or a password manager.",
  },
  "extension:appid": {
    title: "AppID",
    yes: "Old U2F keys of an AppID can sign in.",
    no: "Old U2F keys of an AppID can't sign in.",
    todo: nothing,
  },
  "extension:appidExclude": {
    title: "AppID, excluded",
    yes: "Old U2F keys can be named as already registered.",
    no: "Old U2F keys can't be named as already registered.",
    todo: nothing,
  },
  "extension:credBlob": {
    title: "A few bytes beside the passkey",
    yes: "A security key may keep up to 32 bytes beside a passkey.",
    no: "Nothing can be kept beside a passkey on a security key.",
    todo: nothing,
  },
  "extension:credProps": {
    title: "Says whether it can be found",
    yes: "After a registration the browser says whether the passkey is discoverable. The lab asks for it.",
    no: "The lab doesn't hear whether a passkey is discoverable.",
    todo: "Nothing: a discoverable one is required anyway.",
  },
  "extension:credentialProtectionPolicy": {
    title: "Protection by PIN",
    yes: "A passkey on a security key can be hidden until the PIN was entered.",
    no: "A passkey on a security key can't be hidden behind its PIN.",
    todo: nothing,
  },
  "extension:credProtect": {
    title: "Protection by PIN",
    yes: "A passkey on a security key can be hidden until the PIN was entered.",
    no: "A passkey on a security key can't be hidden behind its PIN.",
    todo: nothing,
  },
  "extension:enforceCredentialProtectionPolicy": {
    title: "Protection by PIN, or none",
    yes: "A registration can be refused where that protection is missing.",
    no: "A registration can't be made to depend on that protection.",
    todo: nothing,
  },
  "extension:getCredBlob": {
    title: "Reads those bytes",
    yes: "A sign-in can read what is kept beside a passkey.",
    no: "A sign-in can't read what is kept beside a passkey.",
    todo: nothing,
  },
  "extension:hmacCreateSecret": {
    title: "A secret of a security key",
    yes: "A security key can be made to hold a secret for encryption (hmac-secret).",
    no: "hmac-secret can't be asked for.",
    todo: "Use PRF, where there is one.",
  },
  "extension:largeBlob": {
    title: "A file beside the passkey",
    yes: "A page may keep some kilobytes beside a passkey, where the authenticator has room.",
    no: "Nothing larger can be kept beside a passkey.",
    todo: nothing,
  },
  "extension:minPinLength": {
    title: "Length of the PIN",
    yes: "An organisation may read how long a security key's PIN has to be.",
    no: "The length of a security key's PIN can't be read.",
    todo: nothing,
  },
  "extension:payment": {
    title: "Payments",
    yes: "A passkey can confirm a payment (Secure Payment Confirmation).",
    no: "A passkey can't confirm a payment here.",
    todo: nothing,
  },
  "extension:prf": {
    title: "Keys for encryption (PRF)",
    yes: "A page can derive keys from a passkey, where the authenticator knows how: for files that are encrypted end to end.",
    no: "No keys can be derived from a passkey in this browser.",
    todo: "Encrypt with something else beside the passkey.",
  },
  "extension:uvm": {
    title: "How the person was verified",
    yes: "A sign-in can say by which method the person was verified.",
    no: "A sign-in doesn't say by which method the person was verified.",
    todo: nothing,
  },
}

/** What a capability means; one that this program has never heard of keeps its name. */
export function capabilityWords(name: string): Words {
  return (
    words[name] ?? {
      title: name,
      yes: "The browser says that it can. This program has no words for it.",
      no: "The browser says that it can't. This program has no words for it.",
      todo: nothing,
    }
  )
}
