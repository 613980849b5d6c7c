import type { FormField, RegistrationForm } from "../api/types"
import { Field } from "../ui/Field"
import { autocompleteOf, emailName, pagesOf, passwordName, type Values } from "./registration"

interface Props {
  step: string
  form: RegistrationForm
  values: Values
  errors: Record<string, string>
  onChange: (name: string, value: string) => void
}

/** The fields of one step: the traits of the schema, or the password. */
export function RegisterPage({ step, form, values, errors, onChange }: Props) {
  if (step === "password") return <PasswordStep {...{ form, values, errors, onChange }} />
  return form.fields.map((field) => (
    <Trait key={field.name} field={field} value={values[field.name] ?? ""} error={errors[field.name]} onChange={(value) => onChange(field.name, value)} />
  ))
}

function PasswordStep({ form, values, errors, onChange }: Omit<Props, "step">) {
  const alone = !pagesOf(form).some((page) => page.includes("password") && page.includes("details"))
  const email = values[emailName] ?? ""
  return (
    <>
      {alone && email !== "" && <Field label="E-mail" type="email" name="username" autoComplete="username" required readOnly value={email} />}
      <Field
        label="Password"
        type="password"
        name={passwordName}
        autoComplete="new-password"
        required
        help={`At least ${form.password.min_length} characters. It is the way in where your passkey isn't.`}
        value={values[passwordName] ?? ""}
        onChange={(event) => onChange(passwordName, event.target.value)}
        error={errors[passwordName]}
      />
    </>
  )
}

interface TraitProps {
  field: FormField
  value: string
  error: string | undefined
  onChange: (value: string) => void
}

function Trait({ field, value, error, onChange }: TraitProps) {
  if (field.type === "checkbox") {
    return (
      <label className="check">
        <input type="checkbox" name={field.name} checked={value === "true"} aria-invalid={error ? true : undefined} onChange={(event) => onChange(event.target.checked ? "true" : "")} />
        <span>{field.label}</span>
        {error && <span className="field-error">{error}</span>}
      </label>
    )
  }
  return (
    <Field
      label={field.label}
      type={field.type}
      name={field.name}
      autoComplete={autocompleteOf(field)}
      required={field.required}
      {...(field.type === "email" ? { autoCapitalize: "none", spellCheck: false } : {})}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
    />
  )
}
