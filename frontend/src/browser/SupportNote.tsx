import { replacedFunctions, replacedWords, withoutExtension } from "../passkey/replaced"
import type { Support } from "../passkey/support"
import { FaultNote } from "../ui/FaultNote"
import { Note } from "../ui/Note"
import { Prose } from "../ui/Prose"
import { Link } from "./router"

/** Before anybody presses a button: what this browser can't do, and what works instead. */
export function SupportNote({ support, use }: { support: Support | undefined; use: "create" | "signin" }) {
  const between = replacedWords(replacedFunctions())
  return (
    <>
      {between !== "" && (
        <Note tone="warn" title="Something stands between this page and the browser's passkeys">
          <p>
            {between} {withoutExtension}
          </p>
          <p>
            <CheckLink />
          </p>
        </Note>
      )}
      <Possible support={support} use={use} />
    </>
  )
}

function Possible({ support, use }: { support: Support | undefined; use: "create" | "signin" }) {
  if (support === undefined) return null
  if (support.state === "blocked") {
    return (
      <FaultNote fault={support.fault}>
        <CheckLink />
      </FaultNote>
    )
  }
  if (support.platform) return null
  if (use === "signin") {
    return (
      <Note tone="info">
        <p>
          This device has no built-in authenticator. A passkey on a security key, on a phone, in a password manager or in a virtual
          authenticator works.
        </p>
        <p>
          <CheckLink />
        </p>
      </Note>
    )
  }
  return (
    <Note tone="info" title="No built-in authenticator on this device">
      <p>
        A passkey can be kept elsewhere: on a security key, on a phone (the browser shows a QR code), in a password manager, or in a virtual
        authenticator: <Prose text="`sting open register --virtual` opens a browser with one." />
      </p>
      <p>
        <CheckLink />
      </p>
    </Note>
  )
}

function CheckLink() {
  return <Link href="/browser-check">What can this browser do?</Link>
}
