/** "just now", "12 s ago", "in 3 h": the distance between two moments in milliseconds, in its greatest unit. */
export function distance(at: number, now: number): string {
  const seconds = Math.round(Math.abs(at - now) / 1000)
  if (seconds < 5) return "just now"
  const text = seconds < 86_400 ? parts(seconds, "short")[0] : parts(seconds, "long")[0]
  return at <= now ? `${text} ago` : `in ${text}`
}

/** A length of time in its two greatest units, "1 day 2 hours"; `seconds` is not negative. */
export function duration(seconds: number): string {
  return parts(seconds, "long").slice(0, 2).join(" ") || "0 seconds"
}

/** How far a clock stands from another one, "1 d 2 h ahead". */
export function offset(seconds: number): string {
  return `${parts(Math.abs(seconds), "short").slice(0, 2).join(" ")} ${seconds < 0 ? "behind" : "ahead"}`
}

const units = [
  { size: 86_400, long: "day", short: "d" },
  { size: 3_600, long: "hour", short: "h" },
  { size: 60, long: "minute", short: "min" },
  { size: 1, long: "second", short: "s" },
] as const

/** A length of time, unit by unit, without those of which there are none. */
function parts(seconds: number, length: "long" | "short"): string[] {
  let left = Math.round(seconds)
  return units.flatMap(({ size, long, short }) => {
    const n = Math.floor(left / size)
    left -= n * size
    return n === 0 ? [] : [length === "long" ? count(n, long) : `${n} ${short}`]
  })
}

/** How long a machine took for something: "4.0 ms", "340 ms", "2.4 s", "5 min". */
export function lasting(milliseconds: number): string {
  const ms = Math.max(0, milliseconds)
  if (ms < 10 && !Number.isInteger(ms)) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min`
}

/** How long it is between two moments of the wire; "" while there is no second one. */
export function took(began: string, ended: string): string {
  const ms = Date.parse(ended) - Date.parse(began)
  return Number.isNaN(ms) ? "" : lasting(ms)
}

const minute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" })
const second = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" })
const timeToSecond = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hour12: false })
const timeToMillisecond = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hour12: false,
})

/** A moment with its date, to the minute or the second. */
export function dateAndTime(at: Date | number, to: "minute" | "second" = "minute"): string {
  return (to === "minute" ? minute : second).format(at)
}

/** The time of day of a moment, or of one of the wire; "" for none. */
export function timeOfDay(at: Date | string, to: "second" | "millisecond"): string {
  const moment = new Date(at)
  if (Number.isNaN(moment.getTime())) return ""
  return (to === "second" ? timeToSecond : timeToMillisecond).format(moment)
}

/** A number with the separators of the person's language. */
export function number(n: number): string {
  return n.toLocaleString()
}

/** "1 passkey", "3 passkeys", "no passkeys". */
export function count(n: number, one: string, many = `${one}s`): string {
  if (n === 0) return `no ${many}`
  return n === 1 ? `1 ${one}` : `${n} ${many}`
}

/** "a", "a and b", "a, b and c". */
export function joined(words: readonly string[]): string {
  if (words.length < 2) return words.join("")
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`
}

/** A size as people read it. */
export function bytes(n: number): string {
  if (n < 1024) return n === 1 ? "1 byte" : `${n} bytes`
  return n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 / 1024).toFixed(1)} MiB`
}
