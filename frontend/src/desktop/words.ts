/** "just now", "12 s ago", "in 3 h": the distance between two moments in milliseconds, in one unit. */
export function distance(at: number, now: number): string {
  const seconds = Math.round(Math.abs(at - now) / 1000)
  if (seconds < 5) return "just now"
  const text = span(seconds)
  return at <= now ? `${text} ago` : `in ${text}`
}

/** A length of time in its greatest unit, rounded down. */
export function span(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  const days = Math.floor(seconds / 86_400)
  return days === 1 ? "1 day" : `${days} days`
}

/** A length of time in its two greatest units, for an offset that somebody set. */
export function offset(seconds: number): string {
  const all = Math.abs(seconds)
  const parts = [
    [Math.floor(all / 86_400), "d"],
    [Math.floor((all % 86_400) / 3600), "h"],
    [Math.floor((all % 3600) / 60), "min"],
    [all % 60, "s"],
  ] as const
  const words = parts
    .filter(([n]) => n > 0)
    .slice(0, 2)
    .map(([n, unit]) => `${n} ${unit}`)
  return `${words.join(" ")} ${seconds < 0 ? "behind" : "ahead"}`
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

const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/(\d+)/, "Edge"],
  [/\bOPR\/(\d+)/, "Opera"],
  [/\bSamsungBrowser\/(\d+)/, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/\bHeadlessChrome\/(\d+)/, "Headless Chrome"],
  [/\b(?:Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+)[^ ]* (?:Mobile\/\S+ )?Safari\//, "Safari"],
  [/\bcurl\/(\d+)/, "curl"],
  [/\bGo-http-client\/(\d+)/, "Go"],
]

const systems: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPad)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bMac OS X\b/, "macOS"],
  [/\bWindows NT\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
]

/** A User-Agent in a few words: "Chrome 156 on Linux". What it doesn't know it leaves as it is. */
export function browserName(agent: string): string {
  if (agent === "") return "unknown program"
  const hit = browsers.map(([pattern, name]) => [pattern.exec(agent)?.[1], name] as const).find(([version]) => version !== undefined)
  if (!hit) return agent
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1]
  return system ? `${hit[1]} ${hit[0]} on ${system}` : `${hit[1]} ${hit[0]}`
}
