import type { FormField, RegistrationForm } from "../api/types"

/** What a person typed, by the name of the field; a checkbox holds "true" or "". */
export type Values = Record<string, string>

/** The name under which the password is kept beside the traits. */
export const passwordName = "password"

/** The trait that is the account's address. */
export const emailName = "traits.email"

/** The steps page by page. */
export function pagesOf(form: RegistrationForm): string[][] {
  return form.pages ?? form.steps.map((step) => [step])
}

/** Turns `traits.name.first` into `{name: {first: ...}}`. What was left empty is left out. */
export function traitsOf(fields: readonly FormField[], values: Values): Record<string, unknown> {
  const traits: Record<string, unknown> = {}
  for (const field of fields) {
    const value = traitValue(field, values[field.name] ?? "")
    if (value !== undefined) put(traits, field.name.replace(/^traits\./, "").split("."), value)
  }
  return traits
}

/** What is missing or can't be right, by the name of the field. The lab checks the rest. */
export function mistakes(fields: readonly FormField[], minLength: number | undefined, values: Values): Record<string, string> {
  const found: Record<string, string> = {}
  for (const field of fields) {
    const value = (values[field.name] ?? "").trim()
    if (value === "") {
      if (field.required) found[field.name] = field.type === "checkbox" ? "This has to be ticked." : `${field.label} is needed.`
    } else if (field.type === "email" && !/^[^\s@]+@[^\s@]+$/.test(value)) {
      found[field.name] = "An e-mail address looks like name@example.org."
    } else if (field.type === "number" && Number.isNaN(Number(value))) {
      found[field.name] = `${field.label} is a number.`
    }
  }
  if (minLength !== undefined) {
    const length = [...(values[passwordName] ?? "")].length
    if (length === 0) found[passwordName] = "Choose a password."
    else if (length < minLength) found[passwordName] = `Use at least ${minLength} characters; this has ${length}.`
  }
  return found
}

/** The field that a fault of the lab speaks of, or undefined when it is none of this form. */
export function fieldOf(fault: { field: string | undefined; code: string }, fields: readonly FormField[]): string | undefined {
  if (fault.code === "EMAIL_TAKEN") return emailName
  const named = fault.field
  if (named === undefined || named === "") return undefined
  if (named === passwordName) return passwordName
  return fields.find((field) => field.name === named || field.name === `traits.${named}`)?.name
}

function traitValue(field: FormField, text: string): unknown {
  if (field.type === "checkbox") return text === "true" || (onlyTicked(field) && !field.required ? undefined : false)
  const value = text.trim()
  if (value === "") return undefined
  if (field.type === "datetime-local") return momentOf(value)
  return field.type === "number" ? Number(value) : value
}

/** Whether only true is an answer, as in "I accept the terms". */
function onlyTicked(field: FormField): boolean {
  return field.options?.join() === "true"
}

/** What <input type="datetime-local"> holds as a moment of the wire (RFC 3339); what can't be one stays, and the lab says why. */
function momentOf(value: string): string {
  const moment = new Date(value)
  return Number.isNaN(moment.getTime()) ? value : moment.toISOString()
}

function put(into: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path
  if (head === undefined) return
  if (rest.length === 0) {
    into[head] = value
    return
  }
  const next = into[head]
  const inner: Record<string, unknown> = typeof next === "object" && next !== null ? { ...next } : {}
  put(inner, rest, value)
  into[head] = inner
}

const autocompletes: Record<string, string> = {
  "traits.email": "email",
  "traits.name": "name",
  "traits.name.first": "given-name",
  "traits.name.last": "family-name",
  "traits.phone": "tel",
  "traits.username": "username",
}

/** What the browser may fill in: what the lab says, otherwise what the name of the trait suggests. */
export function autocompleteOf(field: FormField): string {
  return field.autocomplete || (autocompletes[field.name] ?? "on")
}
