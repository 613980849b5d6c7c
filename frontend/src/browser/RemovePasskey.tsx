import { lab } from "../api/http"
import type { Passkey, Signal } from "../api/types"
import { forget } from "../passkey/signal"
import { Button } from "../ui/Button"
import { Dialog } from "../ui/Dialog"
import { FaultNote } from "../ui/FaultNote"
import { useAct } from "./useAct"

interface Props {
  passkey: Passkey
  onClose: () => void
  /** What the password manager makes of it, in a sentence; `ask`: what is told to it only if the person says so. */
  onRemoved: (afterwards: string, ask?: Signal) => void
}

/** Asks before a passkey is removed, and says what the lab can't remove. */
export function RemovePasskey({ passkey, onClose, onRemoved }: Props) {
  const { busy, fault, run } = useAct()
  const remove = () =>
    run(async () => {
      const { signal } = await lab.removePasskey(passkey.id)
      if (signal?.advice === "tell") onRemoved(await forget(signal))
      else if (signal?.advice === "ask") onRemoved(`${signal.reason} ${signal.next}`, signal)
      else onRemoved(signal?.reason ?? "The password manager was told nothing: delete it there by hand.")
    })
  return (
    <Dialog title={`Remove “${passkey.name}”?`} onClose={onClose}>
      <p>
        The lab will refuse this passkey from now on. If the lab made it and no snapshot still has it, the browser is asked to delete it from your authenticator or
        password manager, too; that can't be undone.
      </p>
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
