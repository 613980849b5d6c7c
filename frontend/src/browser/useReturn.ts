import { useCallback } from "react"

import { toFault } from "../api/fault"
import { lab } from "../api/http"
import { useSession } from "./session"
import { usePlace, visit } from "./router"

/**
 * What to do once somebody is signed in: learn the new session, then go where
 * `return_to` says if the lab allows it, otherwise to the dashboard.
 */
export function useReturn(): () => Promise<void> {
  const { query } = usePlace()
  const { refresh } = useSession()
  const wanted = query.get("return_to")
  return useCallback(async () => {
    let to = "/dashboard"
    let note: string | undefined
    if (wanted) {
      try {
        to = (await lab.returnTo(wanted)).to
      } catch (thrown) {
        note = `You are signed in, but this page could not send you on: ${toFault(thrown).message}`
      }
    }
    await refresh()
    visit(to, { replace: true, ...(note === undefined ? {} : { note }) })
  }, [wanted, refresh])
}
