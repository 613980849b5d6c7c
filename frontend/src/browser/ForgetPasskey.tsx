import { useState } from "react"

import type { Signal } from "../api/types"
import { forget } from "../passkey/signal"
import { Button } from "../ui/Button"
import * as icons from "../ui/icons"

/** Where an undo would bring a passkey back, the password manager forgets it only at a person's word: this button. */
export function ForgetPasskey({ signal }: { signal: Signal | undefined }) {
  const [said, setSaid] = useState<string>()
  if (signal?.advice !== "ask") return null
  return (
    <>
      <span role="status">{said}</span>
      {!said && (
        <Button size="small" icon={icons.bin} onClick={() => void forget(signal).then(setSaid)}>
          Remove it from the password manager
        </Button>
      )}
    </>
  )
}
