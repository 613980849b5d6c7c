/**
 * Who signed in on these pages last. It stands in the storage of this very origin:
 * other ports of localhost share its cookies and can swap a session, and don't
 * reach this.
 */
export interface LastPerson {
  id: string
  email: string
}

const key = "sting.last_person"

/** Notes who signed in here; a browser that keeps nothing only loses the comparison. */
export function rememberPerson({ id, email }: LastPerson): void {
  try {
    localStorage.setItem(key, JSON.stringify({ id, email }))
  } catch {
    // storage is switched off
  }
}

/** Who signed in here last, if that is known. */
export function lastPerson(): LastPerson | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null")
    if (typeof kept !== "object" || kept === null || !("id" in kept) || !("email" in kept)) return undefined
    return typeof kept.id === "string" && typeof kept.email === "string" ? { id: kept.id, email: kept.email } : undefined
  } catch {
    return undefined
  }
}
