import { useEffect, useRef } from "react"

import { type Load, useLoad } from "../ui/load"
import { lab, type Topic } from "./lab"

/** News that comes within this time of each other, in milliseconds, is answered with one question. */
const gather = 80

/**
 * Loads like useLoad, and again whenever the lab says that one of `topics`
 * changed, or every `refresh` milliseconds where something changes without news.
 */
export function useLive<T>(load: () => Promise<T>, topics: readonly Topic[], refresh = 0): readonly [Load<T>, () => void] {
  const [value, reload] = useLoad(load)
  const wanted = useRef(topics)
  useEffect(() => {
    wanted.current = topics
  }, [topics])
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined
    const leave = lab.onNews((event) => {
      if (event.topic !== "missed" && !wanted.current.includes(event.topic)) return
      waiting ??= setTimeout(() => {
        waiting = undefined
        reload()
      }, gather)
    })
    const beat = refresh > 0 ? setInterval(reload, refresh) : undefined
    return () => {
      leave()
      clearTimeout(waiting)
      clearInterval(beat)
    }
  }, [reload, refresh])
  return [value, reload]
}
