import { useState } from "react"

import { type Fault, toFault } from "../../api/fault"
import { lab, type VirtualChange, type VirtualState } from "../lab"

/** Does one thing to the virtual authenticator; `fault` is why it did not work, to be drawn where it was asked for. */
export function useChange(onTold: (state: VirtualState) => void) {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const change = async (what: VirtualChange): Promise<boolean> => {
    setBusy(true)
    setFault(undefined)
    try {
      onTold(await lab.changeVirtual(what))
      return true
    } catch (thrown) {
      setFault(toFault(thrown))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { change, busy, fault }
}
