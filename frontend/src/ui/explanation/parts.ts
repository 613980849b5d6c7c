import type { ExplainedSpan as Span, Explanation } from "../../api/types"

/** The parts of an answer that are bytes, in the order in which they are shown. */
export const partNames = ["clientDataJSON", "authenticatorData", "attestationObject", "signature", "userHandle"] as const
export type PartName = (typeof partNames)[number]

/** One part of an answer, and the fields in it. Fields come in the order of their first byte; one may hold others. */
export interface Part {
  name: PartName
  bytes: Uint8Array
  spans: Span[]
}

/** How deep an answer may stand inside what a tool exported. */
const deepest = 5

/** Finds the response of a browser's answer, however it is wrapped: the object that has client data. */
function responseIn(value: unknown, depth = 0): Record<string, unknown> | undefined {
  if (!isObject(value) || depth > deepest) return undefined
  if ("clientDataJSON" in value) return value
  for (const inner of Object.values(value)) {
    const found = responseIn(inner, depth + 1)
    if (found) return found
  }
  return undefined
}

/** The bytes of an answer and where its fields stand. Authenticator data of a registration are cut out of the attestation object. */
export function partsOf(answer: unknown, ranges: readonly Span[]): Part[] {
  const response = responseIn(answer)
  if (!response) return []
  const found = new Map<PartName, Uint8Array>()
  for (const name of partNames) {
    const bytes = bytesOf(response[name])
    if (bytes && bytes.length > 0) found.set(name, bytes)
  }
  const inner = ranges.find((r) => r.field === "attestationObject.authData")
  const whole = found.get("attestationObject")
  if (inner && whole) found.set("authenticatorData", whole.subarray(inner.offset, inner.offset + inner.length))
  const nested = inner
    ? ranges.filter((r) => r.of === "authenticatorData").map((r) => ({ ...r, of: inner.of, offset: inner.offset + r.offset }))
    : []
  const all = [...ranges, ...nested]
  return partNames.flatMap((name) => {
    const bytes = found.get(name)
    if (!bytes) return []
    const spans = all.filter((r) => r.of === name && r.length > 0 && r.offset >= 0 && r.offset + r.length <= bytes.length)
    return [{ name, bytes, spans: spans.sort((a, b) => a.offset - b.offset || b.length - a.length) }]
  })
}

/** The innermost field that holds a byte. */
export function fieldAt(part: Part, index: number): Span | undefined {
  return part.spans
    .filter((s) => s.offset <= index && index < s.offset + s.length)
    .reduce<Span | undefined>((least, s) => (!least || s.length <= least.length ? s : least), undefined)
}

/** Bytes as tools write them: base64 of either alphabet, an array of numbers, Node's Buffer. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value === "string") return fromBase64(value)
  if (Array.isArray(value)) return value.every(isByte) ? Uint8Array.from(value) : undefined
  if (!isObject(value)) return undefined
  if (Array.isArray(value["data"])) return bytesOf(value["data"])
  const numbers = Object.values(value)
  return numbers.length > 0 && numbers.every(isByte) ? Uint8Array.from(numbers) : undefined
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/").replaceAll(/[\s=]/g, ""))
    return Uint8Array.from(plain, (c) => c.charCodeAt(0))
  } catch {
    return undefined
  }
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, hexByte).join("")
}

export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0")
}

/** What a byte is in ASCII, a dot for what can't be printed. */
export function printable(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x20 ? " " : "·"
}

/** The last word of a field: the part that names it has its own heading. */
export function shortField(field: string): string {
  return field.replace(/^(clientData|authenticatorData|attestationObject)\./, "").replace("attestedCredentialData.", "")
}

/** A field's value in one line: text where it is text, else what was decoded, else its bytes. */
export function valueOf(part: Part, span: Span, decoded: Explanation["decoded"]): string {
  const bytes = part.bytes.subarray(span.offset, span.offset + span.length)
  if (part.name === "clientDataJSON") return new TextDecoder().decode(bytes)
  const known = isObject(decoded.authenticatorData) ? decoded.authenticatorData[span.field.split(".").at(-1) ?? ""] : undefined
  if (isObject(known) && typeof known["names"] === "string") return `${String(known["value"])} ${known["names"]}`
  if (typeof known === "string" || typeof known === "number") return String(known)
  return toHex(bytes)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isByte(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255
}
