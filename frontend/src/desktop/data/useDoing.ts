import { useCallback, useState } from "react"

import { type Fault, toFault } from "../../api/fault"

export interface Doing {
  /** What is being done right now; undefined: nothing, so that something can be begun. */
  busy: string | undefined
  /** What could not be done, until the next thing begins. */
  failed: { what: string; fault: Fault } | undefined
  /** Does one thing at a time. What fails is kept in `failed`; `undefined` is the answer then. */
  run: <T>(what: string, act: () => Promise<T>) => Promise<T | undefined>
}

/** One thing at a time is done to the lab's data: a restore while an import runs would leave neither. */
export function useDoing(): Doing {
  const [busy, setBusy] = useState<string>()
  const [failed, setFailed] = useState<Doing["failed"]>()
  const run = useCallback(async <T>(what: string, act: () => Promise<T>): Promise<T | undefined> => {
    setBusy(what)
    setFailed(undefined)
    try {
      return await act()
    } catch (thrown) {
      setFailed({ what, fault: toFault(thrown) })
      return undefined
    } finally {
      setBusy(undefined)
    }
  }, [])
  return { busy, failed, run }
}
