import { useCallback, useState } from "react"

import type { Load } from "../ui/load"
import type { Stretch, Topic } from "./lab"
import { useLive } from "./useLive"

/** Lists hold things that run out by the clock alone, without news. */
const refresh = 15_000

interface List<T> {
  rows: Load<T[]>
  /** There are rows that are not loaded yet. */
  more: boolean
  loadMore: () => void
  reload: () => void
}

/** A list of the lab that keeps itself current: all stretches that were asked for, read again on news. */
export function useList<T>(read: (q: string, after: string) => Promise<Stretch<T>>, q: string, topics: readonly Topic[]): List<T> {
  const [wanted, setWanted] = useState({ q, stretches: 1 })
  const stretches = wanted.q === q ? wanted.stretches : 1
  const load = useCallback(async () => {
    const items: T[] = []
    let next = ""
    for (let i = 0; i < stretches; i++) {
      const part = await read(q, next)
      items.push(...part.items)
      next = part.next
      if (next === "") break
    }
    return { items, next }
  }, [read, q, stretches])
  const [value, reload] = useLive(load, topics, refresh)
  return {
    rows: value.state === "ready" ? { state: "ready", data: value.data.items } : value,
    more: value.state === "ready" && value.data.next !== "",
    loadMore: () => setWanted({ q, stretches: stretches + 1 }),
    reload,
  }
}
