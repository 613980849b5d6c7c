import { useCallback, useEffect, useState } from "react"

import { type Fault, toFault } from "../api/fault"

/** Data that comes from elsewhere; every screen draws all three. */
export type Load<T> = { state: "loading" } | { state: "ready"; data: T } | { state: "failed"; fault: Fault }

/**
 * Loads once for each `load` (keep it stable), again on `reload`, and forgets
 * answers that come too late. While reloading the last answer stays on screen.
 */
export function useLoad<T>(load: () => Promise<T>): readonly [Load<T>, () => void] {
  const [value, setValue] = useState<Load<T>>({ state: "loading" })
  const [round, setRound] = useState(0)
  useEffect(() => {
    let late = false
    load().then(
      (data) => late || setValue({ state: "ready", data }),
      (thrown: unknown) => late || setValue({ state: "failed", fault: toFault(thrown) }),
    )
    return () => {
      late = true
    }
  }, [load, round])
  const reload = useCallback(() => setRound((n) => n + 1), [])
  return [value, reload]
}
