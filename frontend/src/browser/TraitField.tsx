import type { FormField } from "../api/types"
import { Field } from "../ui/Field"
import { autocompleteOf } from "./registration"

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
  return (
    <Field
      label={field.label}
      type={field.type}
      name={field.name}
      autoComplete={autocompleteOf(field)}
      required={field.required}
      {...(field.type === "email" ? { autoCapitalize: "none", spellCheck: false } : {})}
      {...(field.type === "number" ? { step: "any", inputMode: "decimal" as const } : {})}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
    />
  )
}

function Check({ field, value, error, onChange }: Props) {
  const described = error ? `${field.name}-error` : undefined
  return (
    <div className="check">
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
      {error && (
        <p id={described} className="field-error">
          {error}
        </p>
      )}
    </div>
  )
}
