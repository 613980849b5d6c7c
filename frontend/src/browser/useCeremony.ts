import { useCallback, useEffect, useRef, useState } from "react"

import type { Phase, Watcher } from "../passkey/ceremonies"
import { leavingReason } from "../passkey/report"

/** A ceremony that this page waits for, or none. */
export interface Ceremony {
  /** Where it stands; undefined: none is under way. */
  phase: Phase | undefined
  /** Runs one; the watcher goes to it. A page that is left stops it. */
  run: <T>(work: (watcher: Watcher) => Promise<T>) => Promise<T>
  /** Stops it; what ran it sees the fault of a ceremony that was cancelled. */
  cancel: () => void
}

/** One ceremony at a time, with a way to stop it. */
export function useCeremony(): Ceremony {
  const [phase, setPhase] = useState<Phase>()
  const control = useRef<AbortController>(undefined)
  useEffect(() => () => control.current?.abort(leavingReason), [])
  const run = useCallback(async <T>(work: (watcher: Watcher) => Promise<T>) => {
    control.current = new AbortController()
    try {
      return await work({ signal: control.current.signal, entered: setPhase })
    } finally {
      setPhase(undefined)
    }
  }, [])
  const cancel = useCallback(() => control.current?.abort(), [])
  return { phase, run, cancel }
}
