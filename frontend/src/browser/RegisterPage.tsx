import type { RegistrationForm } from "../api/types"
import { Field } from "../ui/Field"
import { emailName, pagesOf, passwordName, type Values } from "./registration"
import { TraitField } from "./TraitField"

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
    <TraitField
      key={field.name}
      field={field}
      value={values[field.name] ?? ""}
      error={errors[field.name]}
      onChange={(value) => onChange(field.name, value)}
    />
  ))
}

function PasswordStep({ form, values, errors, onChange }: Omit<Props, "step">) {
  const alone = !pagesOf(form).some((page) => page.includes("password") && page.includes("details"))
  const email = values[emailName] ?? ""
  return (
    <>
      {alone && email !== "" && (
        <Field label="E-mail" type="email" name="username" autoComplete="username" required readOnly value={email} />
      )}
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
