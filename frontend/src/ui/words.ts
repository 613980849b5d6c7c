/** How somebody signed in, as a label. The wire's own word stands for what this program doesn't know. */
export function methodName(method: string): string {
  switch (method) {
    case "passkey":
      return "Passkey"
    case "password":
      return "Password"
    case "code":
      return "Code by e-mail"
    case "mock":
      return "Mock user"
    default:
      return method || "Not known"
  }
}

const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\/(\d+)/, "Edge"],
  [/\bOPR\/(\d+)/, "Opera"],
  [/\bSamsungBrowser\/(\d+)/, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/\bHeadlessChrome\/(\d+)/, "Headless Chrome"],
  [/\b(?:Chrome|CriOS|Chromium)\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+)\S* (?:Mobile\/\S+ )?Safari\//, "Safari"],
  [/\bSafari\//, "Safari"],
  [/\bcurl\/(\d+)/, "curl"],
  [/\bGo-http-client\/(\d+)/, "Go"],
]

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
]

/** A User-Agent in a few words, "Chrome on Linux", as a passkey made there may be called. Another program keeps its own name. */
export function browserName(agent: string): string {
  return named(agent, () => "")
}

/** The same with the version: "Chrome 156 on Linux". */
export function browserVersion(agent: string): string {
  return named(agent, (version) => (version === undefined ? "" : ` ${version}`))
}

function named(agent: string, versioned: (version: string | undefined) => string): string {
  const hit = browsers.find(([pattern]) => pattern.test(agent))
  if (!hit) return agent.split(" ")[0] || "unknown program"
  const [pattern, name] = hit
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1]
  return name + versioned(pattern.exec(agent)?.[1]) + (system ? ` on ${system}` : "")
}
