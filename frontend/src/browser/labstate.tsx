import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react"

import { lab } from "../api/http"
import type { LabFacts } from "../api/types"
import { examineSupport, type Support } from "../passkey/support"
import { type Load, useLoad } from "../ui/load"
import { usePlace } from "./router"

/** What the lab says about itself and what this browser can do with passkeys. */
export interface LabState {
  facts: Load<LabFacts>
  /** undefined while it is being found out. */
  support: Support | undefined
  reload: () => void
}

const Context = createContext<LabState | undefined>(undefined)

/**
 * Asks the lab and the browser for the whole page: at first, after each move
 * to another page, and when the person comes back from another window.
 */
export function LabProvider({ children }: { children: ReactNode }) {
  const { path } = usePlace()
  const [facts, reload] = useLoad(lab.state)
  const arrived = useRef(path)
  useEffect(() => {
    if (arrived.current !== path) reload()
    arrived.current = path
  }, [path, reload])
  useEffect(() => {
    addEventListener("focus", reload)
    return () => removeEventListener("focus", reload)
  }, [reload])
  const [support, setSupport] = useState<Support>()
  useEffect(() => {
    if (facts.state !== "ready") return
    let late = false
    void examineSupport(facts.data).then((found) => late || setSupport(found))
    return () => {
      late = true
    }
  }, [facts])
  return <Context value={{ facts, support, reload }}>{children}</Context>
}

/** The lab's own state. */
export function useLab(): LabState {
  const state = useContext(Context)
  if (!state) throw new Error("useLab needs a LabProvider above it")
  return state
}
