import { useCallback, useState } from "react"

import type { Load } from "../ui/load"
import type { Damaged, Page, Query, Topic } from "./lab"
import { useLive } from "./useLive"

/** Lists hold things that run out by the clock alone, without news. */
const refresh = 15_000

/** How many rows are asked for at once: the most that the lab gives. */
const stretch = 1000

/** How many where each is drawn, in view or not. */
export const tape = 200

interface List<T> {
  rows: Load<T[]>
  /** There are rows that are not loaded yet. */
  more: boolean
  /** What is missing, because it can't be read any more. */
  damaged: Damaged[]
  loadMore: () => void
  reload: () => void
}

/** A list of the lab that keeps itself current: all stretches that were asked for, read again on news. */
export function useList<T>(read: (asked: Query) => Promise<Page<T>>, q: string, topics: readonly Topic[], limit = stretch): List<T> {
  const [wanted, setWanted] = useState({ q, stretches: 1 })
  const stretches = wanted.q === q ? wanted.stretches : 1
  const load = useCallback(async () => {
    const items: T[] = []
    const damaged: Damaged[] = []
    let next = ""
    for (let i = 0; i < stretches; i++) {
      const part = await read({ q, after: next, limit })
      items.push(...part.items)
      damaged.push(...(part.damaged ?? []))
      next = part.next
      if (next === "") break
    }
    return { items, damaged, next }
  }, [read, q, stretches, limit])
  const [value, reload] = useLive(load, topics, refresh)
  return {
    rows: value.state === "ready" ? { state: "ready", data: value.data.items } : value,
    damaged: value.state === "ready" ? value.data.damaged : [],
    more: value.state === "ready" && value.data.next !== "",
    loadMore: () => setWanted({ q, stretches: stretches + 1 }),
    reload,
  }
}
