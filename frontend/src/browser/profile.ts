import type { Flow, UiNode } from "../api/kratos"
import type { FormField } from "../api/types"
import type { Values } from "./registration"

/** The traits that a settings flow lets a person change, as fields of a form. */
export function profileFields(flow: Flow): FormField[] {
  return flow.ui.nodes.filter(isTrait).map(({ attributes, meta }) => ({
    name: attributes.name ?? "",
    label: meta.label?.text ?? (attributes.name ?? "").split(".").at(-1) ?? "",
    type: attributes.type ?? "text",
    required: attributes.required ?? false,
    autocomplete: attributes.autocomplete ?? "",
  }))
}

/** What stands in these fields now. */
export function profileValues(flow: Flow): Values {
  return Object.fromEntries(flow.ui.nodes.filter(isTrait).map(({ attributes }) => [attributes.name ?? "", asText(attributes)]))
}

function isTrait({ type, attributes }: UiNode): boolean {
  return type === "input" && attributes.type !== "hidden" && (attributes.name ?? "").startsWith("traits.")
}

function asText({ value, type }: UiNode["attributes"]): string {
  if (value === undefined || value === null) return ""
  if (type === "checkbox") return value === true ? "true" : ""
  const text = String(value)
  return type === "datetime-local" ? localMoment(text) : text
}

/** A moment of the wire as <input type="datetime-local"> wants it. */
function localMoment(text: string): string {
  const moment = new Date(text)
  if (Number.isNaN(moment.getTime())) return ""
  const two = (n: number) => String(n).padStart(2, "0")
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}T${two(moment.getHours())}:${two(moment.getMinutes())}`
}
