import type { FlowKind } from "../api/kratos"

// The flow of each kind that this browser began last: a code out of a mail says
// which one it belongs to only in some mails. The id opens nothing by itself:
// Kratos wants this browser's cookie with it.
const keyOf = (kind: FlowKind) => `sting.flow.${kind}`

/** Notes the flow that waits for a code. */
export function keepPending(kind: FlowKind, id: string): void {
  try {
    localStorage.setItem(keyOf(kind), id)
  } catch {
    // A browser that keeps nothing: the person asks for another code.
  }
}

/** The flow that waits for a code, or undefined. */
export function pending(kind: FlowKind): string | undefined {
  try {
    return localStorage.getItem(keyOf(kind)) ?? undefined
  } catch {
    return undefined
  }
}

/** Forgets the flow: it got its code, or is over. */
export function dropPending(kind: FlowKind): void {
  try {
    localStorage.removeItem(keyOf(kind))
  } catch {
    // Nothing was kept.
  }
}
