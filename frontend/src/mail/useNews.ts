import { useEffect, useState } from "react"

/**
 * Calls `changed` when something in the mailbox changed, and after each time
 * that the stream was away. `changed` has to be stable. Returns whether the page
 * is live.
 */
export function useNews(changed: () => void): boolean {
  const [live, setLive] = useState(false)
  useEffect(() => {
    const stream = new EventSource("/events")
    let before = false
    stream.onopen = () => {
      setLive(true)
      if (before) changed()
      before = true
    }
    stream.onerror = () => setLive(false)
    stream.onmessage = () => changed()
    return () => stream.close()
  }, [changed])
  return live
}
