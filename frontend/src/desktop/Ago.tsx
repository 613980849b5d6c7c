import { Tooltip } from "@mantine/core"

import { dateAndTime, distance } from "../ui/format"
import { useLabNow } from "./clock"

/** A moment of the wire as a distance from the lab's now; the exact time on hover. */
export function Ago({ at, never = "never" }: { at: string | null | undefined; never?: string }) {
  const now = useLabNow()
  if (!at) return <span className="faint">{never}</span>
  const moment = Date.parse(at)
  if (Number.isNaN(moment)) return at
  return (
    <Tooltip label={dateAndTime(moment, "second")}>
      <time dateTime={at} className="ago">
        {distance(moment, now)}
      </time>
    </Tooltip>
  )
}
