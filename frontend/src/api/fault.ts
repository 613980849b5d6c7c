import type { ErrorBody, Signal } from "./types"

/** What the record of a ceremony says about it. */
export interface RecordFacts {
  id: string
  cause: string
  fix: string
}

/** What went wrong, for the person (`message`) and for the developer (`hint`). */
export interface FaultFacts {
  code: string
  message: string
  hint?: string | undefined
  requestId?: string | undefined
  ceremonyId?: string | undefined
  /** What the record of the ceremony knows beyond that. */
  record?: RecordFacts | undefined
  /** Path of the help entry; absent where there is none. */
  help?: string | undefined
  /** The member of the request that is wrong. */
  field?: string | undefined
  /** Every refusal of this kind is answered alike: it says nothing of what the lab knows. */
  withheld?: boolean | undefined
  /** What may be told about the refused passkey. */
  signal?: Signal | undefined
  /** HTTP status; 0 for what happened in the browser. */
  status?: number
}

/** A failure somebody explained. Everything that is thrown on a page becomes one. */
export class Fault extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly requestId: string | undefined
  readonly ceremonyId: string | undefined
  readonly record: RecordFacts | undefined
  readonly help: string | undefined
  readonly field: string | undefined
  readonly withheld: boolean
  readonly signal: Signal | undefined
  readonly status: number

  constructor(facts: FaultFacts) {
    super(facts.message)
    this.name = "Fault"
    this.code = facts.code
    this.hint = facts.hint
    this.requestId = facts.requestId
    this.ceremonyId = facts.ceremonyId
    this.record = facts.record
    this.help = facts.help
    this.field = facts.field
    this.withheld = facts.withheld ?? false
    this.signal = facts.signal
    this.status = facts.status ?? 0
  }
}

/** The same fault, with the record that tells more. */
export function recorded(fault: Fault, record: RecordFacts): Fault {
  const { code, message, hint, requestId, help, field, withheld, signal, status } = fault
  return new Fault({ code, message, hint, requestId, ceremonyId: record.id, record, help, field, withheld, signal, status })
}

/** Reads the body of a refusal; a body of another shape is a fault of its own. */
export function faultOf(status: number, body: unknown): Fault {
  if (!isFaultBody(body)) {
    return new Fault({
      code: "NOT_THE_LAB",
      status,
      message: `The answer (HTTP ${status}) did not come from the lab's own code.`,
      hint: "Look at what listens on this port: `sting status` names the lab's address, a proxy in between answers in its own words.",
    })
  }
  return new Fault({
    code: body.error_code,
    status,
    message: body.error,
    hint: body.hint,
    requestId: body.request_id,
    ceremonyId: body.ceremony_id,
    help: body.help,
    field: body.field,
    withheld: body.withheld,
    signal: body.signal ?? undefined,
  })
}

/** Turns whatever was thrown into something a person can read. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  if (isFaultBody(thrown)) return faultOf(0, thrown)
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return new Fault({
    code: "PAGE_ERROR",
    message: "The page failed while it handled this.",
    hint: `Reload the page. If it happens again, report what it threw: ${detail}`,
  })
}

function isFaultBody(body: unknown): body is ErrorBody {
  return (
    typeof body === "object" &&
    body !== null &&
    "error_code" in body &&
    typeof body.error_code === "string" &&
    "error" in body &&
    typeof body.error === "string"
  )
}
