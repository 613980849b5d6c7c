/**
 * Names what of the passkey API is not the browser's own on this page. Password
 * managers put functions of their own there, and so do test tools; what they do with
 * a call is theirs, and one that keeps it lets a page wait for ever.
 */
export function replacedFunctions(): string[] {
  const credentials = navigator.credentials as unknown as Record<string, unknown> | undefined
  if (!credentials) return []
  const list = ["create", "get"]
    .filter((name) => Object.hasOwn(credentials, name) || !native(credentials[name]))
    .map((name) => `navigator.credentials.${name}`)
  if (Object.hasOwn(navigator, "credentials")) list.push("navigator.credentials")
  if (typeof window.PublicKeyCredential === "function" && !native(window.PublicKeyCredential)) list.push("PublicKeyCredential")
  return list
}

/** Whether a function is made by the browser: its source is not to be read then. */
function native(what: unknown): boolean {
  return typeof what === "function" && /\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(what))
}

/** Says it in one sentence, "" where everything is the browser's own. */
export function replacedWords(list: readonly string[]): string {
  if (list.length === 0) return ""
  return (
    `${list.join(" and ")} ${list.length === 1 ? "is" : "are"} not the browser's own on this page: most likely the ` +
    "extension of a password manager stands in between."
  )
}

/** What to do where the extension is in the way. */
export const withoutExtension =
  "If no prompt appears, or the wrong one, switch the extension off for this site, or open the page in a private " +
  "window where it isn't allowed."
