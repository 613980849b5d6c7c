import { Button } from "../ui/Button"
import { Dialog } from "../ui/Dialog"
import * as icons from "../ui/icons"

interface Props {
  count: number
  query: string
  onClose: () => void
  onClear: () => void
}

/** Asks before many mails are deleted. */
export function ClearDialog({ count, query, onClose, onClear }: Props) {
  const what = count === 1 ? "one mail" : `${count} mails`
  return (
    <Dialog title={`Delete ${what}?`} onClose={onClose}>
      <p>
        {query.trim() === "" ? "The mailbox is empty then." : `Those that were found by “${query}” go, the others stay.`} They can't be
        brought back.
      </p>
      <div className="dialog-actions">
        <Button onClick={onClose}>Keep them</Button>
        <Button kind="danger" icon={icons.bin} onClick={onClear}>
          Delete {what}
        </Button>
      </div>
    </Dialog>
  )
}
