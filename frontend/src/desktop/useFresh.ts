import { useEffect, useState } from "react"

import { lab, type Topic } from "./lab"

/** How long a row that came while somebody looked stands out, in milliseconds. */
const glow = 4000

/** The ids of `topic` that were made while the panel was open, each for a few seconds; what happened to them is `made`. */
export function useFresh(topic: Topic, made = "created"): ReadonlySet<string> {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>()
    const leave = lab.onNews((event) => {
      if (event.topic !== topic || event.what !== made) return
      setIds((old) => new Set(old).add(event.id))
      const timer = setTimeout(() => {
        timers.delete(timer)
        setIds((old) => new Set([...old].filter((id) => id !== event.id)))
      }, glow)
      timers.add(timer)
    })
    return () => {
      leave()
      for (const timer of timers) clearTimeout(timer)
    }
  }, [topic, made])
  return ids
}
