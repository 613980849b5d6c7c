import type { Flow, UiNode } from "../api/kratos"
import type { FormField } from "../api/types"
import type { Values } from "./registration"

/**
 * The traits that a settings flow lets a person change, as fields of a form.
 * Kratos' nodes carry no list of choices and no remark; `known` are the fields
 * of the registration, which have them.
 */
export function profileFields(flow: Flow, known: readonly FormField[] = []): FormField[] {
  return flow.ui.nodes.filter(isTrait).map(({ attributes, meta }) => {
    const name = attributes.name ?? ""
    const { type, help, options } = known.find((field) => field.name === name) ?? {}
    return {
      name,
      label: meta.label?.text ?? name.split(".").at(-1) ?? "",
      type: type ?? attributes.type ?? "text",
      required: attributes.required ?? false,
      autocomplete: attributes.autocomplete ?? "",
      ...(help === undefined ? {} : { help }),
      ...(options === undefined ? {} : { options }),
    }
  })
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
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`
}
