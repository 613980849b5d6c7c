import { createContext, useContext } from "react"

import type { PanelName } from "./panels"

/** A panel, and what of it is shown at first. */
export interface Target {
  panel: PanelName
  id?: string
}

/** Goes to a panel; the frame does it. */
export const GoingContext = createContext<(target: Target) => void>(() => undefined)

export function useGo(): (target: Target) => void {
  return useContext(GoingContext)
}
