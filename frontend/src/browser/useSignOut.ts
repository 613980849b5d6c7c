import { useCallback, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { lab } from "../api/http"
import { useSession } from "./session"
import { visit } from "./router"

/** Signing out: ends the sessions of this browser and goes on to another page. */
export interface SignOut {
  busy: boolean
  fault: Fault | undefined
  signOut: () => Promise<void>
}

/** One sign-out for the header, the dashboard and the pages that meet somebody else. */
export function useSignOut(to = "/login"): SignOut {
  const { forget } = useSession()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const signOut = useCallback(async () => {
    setBusy(true)
    setFault(undefined)
    try {
      const done = await lab.logout()
      visit(to, { note: done.warning ? `You are signed out here. ${done.warning}` : "You are signed out." })
      forget()
    } catch (thrown) {
      setFault(toFault(thrown))
    } finally {
      setBusy(false)
    }
  }, [forget, to])
  return { busy, fault, signOut }
}
