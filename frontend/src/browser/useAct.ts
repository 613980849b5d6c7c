import { useCallback, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { lastPerson } from "./lastPerson"
import { loginPath, usePlace, visit } from "./router"
import { person, useSession } from "./session"

/** Something that a press of a button does, and what became of it. */
export interface Act {
  busy: boolean
  fault: Fault | undefined
  /** Runs it; true when it worked. */
  run: (work: () => Promise<void>) => Promise<boolean>
  clear: () => void
}

/**
 * Runs one thing at a time. A session that is too old for it is sent to prove
 * itself afresh and comes back; one that is gone makes the page say so.
 */
export function useAct(): Act {
  const { path } = usePlace()
  const { session, refresh } = useSession()
  const whose = person(session)?.user?.id
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const run = useCallback(
    async (work: () => Promise<void>) => {
      setBusy(true)
      setFault(undefined)
      try {
        await work()
        return true
      } catch (thrown) {
        const found = toFault(thrown)
        const known = found.code === "NOT_SIGNED_IN_HERE" && whose !== undefined && whose === lastPerson()?.id
        if (found.code === "REAUTH_REQUIRED" || known) visit(loginPath(path, true), { note: found.message })
        if (found.code === "UNAUTHENTICATED") void refresh()
        setFault(found)
        return false
      } finally {
        setBusy(false)
      }
    },
    [path, refresh, whose],
  )
  const clear = useCallback(() => setFault(undefined), [])
  return { busy, fault, run, clear }
}
