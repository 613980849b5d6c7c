import type { Support } from "../passkey/support"
import { FaultNote } from "../ui/FaultNote"
import { Note } from "../ui/Note"
import { Link } from "./router"

/** Before anybody presses a button: what this browser can't do, and what works instead. */
export function SupportNote({ support, use }: { support: Support | undefined; use: "create" | "signin" }) {
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
        <p>This device has no built-in authenticator. A passkey on a security key, on a phone, in a password manager or in a virtual authenticator works.</p>
        <p>
          <CheckLink />
        </p>
      </Note>
    )
  }
  return (
    <Note tone="info" title="No built-in authenticator on this device">
      <p>
        A passkey can be kept elsewhere: on a security key, on a phone (the browser shows a QR code), in a password manager, or in a virtual authenticator of the
        browser's developer tools.
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
