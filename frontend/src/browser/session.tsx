import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react"

import { toFault } from "../api/fault"
import { lab } from "../api/http"
import type { AuthSession } from "../api/types"
import type { Load } from "../ui/load"

/** Who this browser is signed in as, asked once for the whole page. */
export interface SessionStore {
  session: Load<AuthSession>
  /** Somebody was signed in on this page, and a later answer says nobody is. */
  ended: boolean
  /** Asks again; resolves with the answer, or undefined when it failed. */
  refresh: () => Promise<AuthSession | undefined>
  /** The person signed out here: nobody is signed in, and that is no surprise. */
  forget: () => void
}

const Context = createContext<SessionStore | undefined>(undefined)

/** Gives every screen below it the one session store. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const store = useStore()
  return <Context value={store}>{children}</Context>
}

/** The session store of the page. */
export function useSession(): SessionStore {
  const store = useContext(Context)
  if (!store) throw new Error("useSession needs a SessionProvider above it")
  return store
}

/** The signed-in session, or undefined while nobody is, or while that isn't known. */
export function person(session: Load<AuthSession>): AuthSession | undefined {
  return session.state === "ready" && session.data.authenticated ? session.data : undefined
}

function useStore(): SessionStore {
  const [session, setSession] = useState<Load<AuthSession>>({ state: "loading" })
  const [ended, setEnded] = useState(false)
  const known = useRef(false) // somebody was signed in at the last answer
  const round = useRef(0)

  const refresh = useCallback(async () => {
    const mine = ++round.current
    try {
      const data = await lab.session()
      if (mine !== round.current) return data
      if (data.authenticated) setEnded(false)
      else if (known.current) setEnded(true)
      known.current = data.authenticated
      setSession({ state: "ready", data })
      return data
    } catch (thrown) {
      if (mine === round.current) setSession({ state: "failed", fault: toFault(thrown) })
      return undefined
    }
  }, [])

  const forget = useCallback(() => {
    known.current = false
    setEnded(false)
    void refresh()
  }, [refresh])

  // A session can end elsewhere: ask again whenever the person comes back to
  // the page. No polling, because that would keep an idle session alive.
  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- it sets state only after the answer
    void refresh()
    const comeBack = () => {
      if (document.visibilityState === "visible") void refresh()
    }
    const restored = (event: PageTransitionEvent) => {
      if (event.persisted) void refresh()
    }
    document.addEventListener("visibilitychange", comeBack)
    addEventListener("focus", comeBack)
    addEventListener("pageshow", restored)
    return () => {
      document.removeEventListener("visibilitychange", comeBack)
      removeEventListener("focus", comeBack)
      removeEventListener("pageshow", restored)
    }
  }, [refresh])

  return useMemo(() => ({ session, ended, refresh, forget }), [session, ended, refresh, forget])
}
