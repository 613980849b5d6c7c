import { type SelectHTMLAttributes, useId } from "react"

import { Prose } from "./Prose"

interface Props extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "id"> {
  label: string
  options: readonly string[]
  /** What to know before choosing. */
  help?: string | undefined
  /** What is wrong with the choice, and what would be right. */
  error?: string | undefined
}

/** One of several values, with a visible label; nothing is chosen for the person. */
export function Choice({ label, options, help, error, required, ...select }: Props) {
  const id = useId()
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ")
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {required ? null : <span className="field-optional"> (optional)</span>}
      </label>
      <select {...select} id={id} required={required} aria-invalid={error ? true : undefined} aria-describedby={described || undefined}>
        <option value="">Choose…</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
      {help && (
        <p id={`${id}-help`} className="field-help">
          <Prose text={help} />
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="field-error">
          <Prose text={error} />
        </p>
      )}
    </div>
  )
}
