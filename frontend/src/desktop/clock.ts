import { createContext, useContext, useSyncExternalStore } from "react"

/** How far the lab's clock is from the machine's, in milliseconds. */
export const LabOffset = createContext(0)

/** Between two ticks, in milliseconds: distances are shown no finer than this. */
const tick = 5000

let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now()
    timer = setInterval(() => {
      now = Date.now()
      for (const tell of listeners) tell()
    }, tick)
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(timer)
  }
}

/** The lab's time in milliseconds, current to a few seconds. Renders again at every tick. */
export function useLabNow(): number {
  return useSyncExternalStore(subscribe, () => now) + useContext(LabOffset)
}
