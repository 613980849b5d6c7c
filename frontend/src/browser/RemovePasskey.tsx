import { lab } from "../api/http"
import type { Passkey } from "../api/types"
import { Button } from "../ui/Button"
import { Dialog } from "../ui/Dialog"
import { FaultNote } from "../ui/FaultNote"
import { useAct } from "./useAct"

interface Props {
  passkey: Passkey
  onClose: () => void
  onRemoved: () => void
}

/** Asks before a passkey is removed, and says what the lab can't remove. */
export function RemovePasskey({ passkey, onClose, onRemoved }: Props) {
  const { busy, fault, run } = useAct()
  const remove = () =>
    run(async () => {
      await lab.removePasskey(passkey.id)
      onRemoved()
    })
  return (
    <Dialog title={`Remove “${passkey.name}”?`} onClose={onClose}>
      <p>The lab will refuse this passkey from now on. Your authenticator or password manager may go on offering it until you delete it there, too.</p>
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
