const units: readonly [string, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
]

/** A length of time in words, at most two units: "1 day 2 hours". `seconds` is not negative. */
export function duration(seconds: number): string {
  const parts: string[] = []
  let left = Math.round(seconds)
  for (const [name, size] of units) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`)
  }
  return parts.slice(0, 2).join(" ") || "0 seconds"
}
