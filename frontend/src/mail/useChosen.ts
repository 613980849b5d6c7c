import { useCallback, useSyncExternalStore } from "react"

function subscribe(changed: () => void) {
  window.addEventListener("hashchange", changed)
  return () => window.removeEventListener("hashchange", changed)
}

const chosen = () => decodeURIComponent(window.location.hash.slice(1))

/** The mail that the address names behind its #, and how to name another. */
export function useChosen(): readonly [string, (id: string) => void] {
  const id = useSyncExternalStore(subscribe, chosen)
  const choose = useCallback((next: string) => {
    window.location.hash = encodeURIComponent(next)
  }, [])
  return [id, choose]
}
