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
      const { signal, ended_sessions: ended } = await lab.removePasskey(passkey.id)
      const say = (afterwards: string, ask?: Signal) => onRemoved([endedWords(ended), afterwards].filter(Boolean).join(" "), ask)
      if (signal?.advice === "tell") say(await forget(signal))
      else if (signal?.advice === "ask") say(`${signal.reason} ${signal.next}`, signal)
      else say(signal?.reason ?? "The password manager was told nothing: delete it there by hand.")
    })
  return (
    <Dialog title={`Remove “${passkey.name}”?`} onClose={onClose}>
      <p>
        The lab will refuse this passkey from now on. If the lab made it and no snapshot still has it, the browser is asked to delete it
        from your authenticator or password manager, too; that can't be undone.
      </p>
      <p>Sessions elsewhere that were signed in with it end at once. This browser stays signed in.</p>
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

/** How many sessions ended with a passkey, in a sentence; none is no news. */
function endedWords(ended: number): string {
  if (!(ended > 0)) return ""
  return ended === 1
    ? "The session that was signed in with it elsewhere has ended."
    : `The ${ended} sessions that were signed in with it elsewhere have ended.`
}
