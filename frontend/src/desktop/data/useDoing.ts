import { useCallback, useState } from "react"

import { type Fault, toFault } from "../../api/fault"

export interface Doing {
  /** What is being done right now; undefined: nothing, so that something can be begun. */
  busy: string | undefined
  /** What could not be done, until the next thing begins. */
  failed: { what: string; fault: Fault } | undefined
  /** Does one thing at a time. What fails is kept in `failed`; `undefined` is the answer then. */
  run: <T>(what: string, act: () => Promise<T>) => Promise<T | undefined>
  /** Does what a question is about: what fails is thrown, for the question to show. */
  hold: <T>(what: string, act: () => Promise<T>) => Promise<T>
}

/** One thing at a time is done to the lab's data: a restore while an import runs would leave neither. */
export function useDoing(): Doing {
  const [busy, setBusy] = useState<string>()
  const [failed, setFailed] = useState<Doing["failed"]>()
  const hold = useCallback(async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    setBusy(what)
    setFailed(undefined)
    try {
      return await act()
    } finally {
      setBusy(undefined)
    }
  }, [])
  const run = useCallback(
    <T>(what: string, act: () => Promise<T>): Promise<T | undefined> =>
      hold(what, act).catch((thrown: unknown) => {
        setFailed({ what, fault: toFault(thrown) })
        return undefined
      }),
    [hold],
  )
  return { busy, failed, run, hold }
}
