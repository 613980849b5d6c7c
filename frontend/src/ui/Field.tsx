import { type InputHTMLAttributes, type Ref, useId, useState } from "react"

import { Prose } from "./Prose"
import css from "./Field.module.css"

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "id"> {
  label: string
  /** What to know before typing. */
  help?: string
  /** What is wrong with the value, and what would be right. */
  error?: string | undefined
  ref?: Ref<HTMLInputElement>
}

/** An input with a visible label, its help, and its error beside it. A password can be shown. */
export function Field({ label, help, error, type = "text", required, ...input }: Props) {
  const id = useId()
  const [shown, setShown] = useState(false)
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ")
  const secret = type === "password"
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {required ? null : <span className="field-optional"> (optional)</span>}
      </label>
      <div className={css.fieldBox}>
        <input
          {...input}
          id={id}
          type={secret && shown ? "text" : type}
          required={required}
          aria-invalid={error ? true : undefined}
          aria-describedby={described || undefined}
        />
        {secret && (
          <button type="button" className={css.fieldReveal} aria-pressed={shown} aria-controls={id} onClick={() => setShown(!shown)}>
            {shown ? "Hide" : "Show"}
          </button>
        )}
      </div>
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
