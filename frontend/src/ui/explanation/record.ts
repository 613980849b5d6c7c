/** What the panels read of a record; each member may be missing. */
export interface RecordView {
  rpId: string
  origins: string[]
  userVerification: string
  signCount: number | undefined
  options: unknown
  credential: unknown
}

/** Reads a record of the tape, or any file that somebody explains. */
export function viewOf(record: unknown): RecordView {
  const r: Record<string, unknown> = typeof record === "object" && record !== null ? { ...record } : {}
  const stored = r["stored"]
  const count = typeof stored === "object" && stored !== null && "sign_count" in stored ? stored.sign_count : undefined
  return {
    rpId: text(r["rp_id"]),
    origins: Array.isArray(r["origins"]) ? r["origins"].filter((o) => typeof o === "string") : [],
    userVerification: text(r["user_verification"]),
    signCount: typeof count === "number" ? count : undefined,
    options: r["options"] ?? undefined,
    credential: r["credential"] ?? undefined,
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : ""
}
