import type { FormField } from "../api/types"
import { Choice } from "../ui/Choice"
import { Field } from "../ui/Field"
import { autocompleteOf } from "./registration"
import css from "./TraitField.module.css"

interface Props {
  field: FormField
  /** As text; a checkbox holds "true" or "". */
  value: string
  error: string | undefined
  onChange: (value: string) => void
}

/** One trait of the identity schema, asked for as its type wants. */
export function TraitField({ field, value, error, onChange }: Props) {
  if (field.type === "checkbox") return <Check {...{ field, value, error, onChange }} />
  if (field.type === "select") {
    return (
      <Choice
        label={field.label}
        name={field.name}
        options={field.options ?? []}
        required={field.required}
        help={field.help}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        error={error}
      />
    )
  }
  return (
    <Field
      label={field.label}
      type={field.type}
      name={field.name}
      autoComplete={autocompleteOf(field)}
      required={field.required}
      {...(field.help ? { help: field.help } : {})}
      {...(field.type === "email" ? { autoCapitalize: "none", spellCheck: false } : {})}
      {...(field.type === "number" ? { step: "any", inputMode: "decimal" as const } : {})}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
    />
  )
}

function Check({ field, value, error, onChange }: Props) {
  const described = [field.help && `${field.name}-help`, error && `${field.name}-error`].filter(Boolean).join(" ") || undefined
  return (
    <div className={css.tick}>
      <label>
        <input
          type="checkbox"
          name={field.name}
          checked={value === "true"}
          aria-invalid={error ? true : undefined}
          aria-describedby={described}
          onChange={(event) => onChange(event.target.checked ? "true" : "")}
        />
        <span>
          {field.label}
          {field.required ? null : <span className="field-optional"> (optional)</span>}
        </span>
      </label>
      {field.help && (
        <p id={`${field.name}-help`} className="field-help">
          {field.help}
        </p>
      )}
      {error && (
        <p id={`${field.name}-error`} className="field-error">
          {error}
        </p>
      )}
    </div>
  )
}
