import { dateAndTime } from "./format"

/** A moment of the wire (RFC 3339) in the person's own words; `never` for null. */
export function When({ at, never = "never" }: { at: string | null | undefined; never?: string }) {
  if (!at) return never
  const moment = new Date(at)
  if (Number.isNaN(moment.getTime())) return at
  return (
    <time dateTime={at} title={at}>
      {dateAndTime(moment)}
    </time>
  )
}
