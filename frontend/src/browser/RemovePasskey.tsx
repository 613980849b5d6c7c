import { lab } from "../api/http"
import type { Passkey } from "../api/types"
import { afterwards, tellAccepted } from "../passkey/signal"
import { Button } from "../ui/Button"
import { Dialog } from "../ui/Dialog"
import { FaultNote } from "../ui/FaultNote"
import { useAct } from "./useAct"

interface Props {
  passkey: Passkey
  onClose: () => void
  /** What the password manager makes of it, in a sentence. */
  onRemoved: (afterwards: string) => void
}

/** Asks before a passkey is removed, and says what the lab can't remove. */
export function RemovePasskey({ passkey, onClose, onRemoved }: Props) {
  const { busy, fault, run } = useAct()
  const remove = () =>
    run(async () => {
      await lab.removePasskey(passkey.id)
      onRemoved(await told())
    })
  return (
    <Dialog title={`Remove “${passkey.name}”?`} onClose={onClose}>
      <p>The lab will refuse this passkey from now on. Your authenticator or password manager may go on offering it: where the browser can, it is asked to stop.</p>
      {fault && <FaultNote fault={fault} focus />}
      <div className="dialog-actions">
        <Button onClick={onClose}>Keep it</Button>
        <Button kind="danger" busy={busy} busyText="Removing" onClick={() => void remove()}>
          Remove passkey
        </Button>
      </div>
    </Dialog>
  )
}

/** Tells the password manager which passkeys are left. The removal stands, whatever comes of this. */
async function told(): Promise<string> {
  try {
    const left = await lab.passkeys()
    return afterwards(await tellAccepted(left), left.rp_id)
  } catch {
    return afterwards("refused", location.hostname)
  }
}
