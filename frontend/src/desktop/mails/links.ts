/** How many links of one mail are listed. */
const most = 20

/** A link of a mail: the address as it is written, and the site that it leads to. */
export interface Link {
  url: string
  /** As the browser resolves it: "xn--80ak6aa92e.com", never letters that look like others. */
  host: string
  /** It leads to the lab's own site. */
  own: boolean
}

/** The addresses in a text, each once, at most 20. `origin` is the site's. */
export function linksIn(text: string, origin: string): Link[] {
  const found = new Map<string, Link>()
  for (const [match] of text.matchAll(/https?:\/\/[^\s<>"'`\u0000-\u0020]+/g)) {
    const written = match.replace(/[.,;:!?)\]}]+$/, "")
    const url = URL.canParse(written) ? new URL(written) : undefined
    if (!url || found.size === most) continue
    found.set(url.href, { url: url.href, host: url.host, own: url.origin === origin && url.username === "" && url.password === "" })
  }
  return [...found.values()]
}
