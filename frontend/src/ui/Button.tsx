import type { ButtonHTMLAttributes, ReactNode } from "react"

import { Icon, type IconShape } from "./Icon"

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: "primary" | "secondary" | "quiet" | "danger"
  size?: "normal" | "large" | "small"
  /** While true the button can't be pressed again and says `busyText`. */
  busy?: boolean
  busyText?: string
  icon?: IconShape
  children: ReactNode
}

/** A button. It keeps the focus while busy, so that a keyboard user does not lose their place. */
export function Button({
  kind = "secondary",
  size = "normal",
  busy = false,
  busyText,
  icon,
  children,
  onClick,
  type = "button",
  ...rest
}: Props) {
  return (
    <button
      {...rest}
      type={type}
      className={`button button-${kind} button-${size}`}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon icon={icon} />}
      <span>{busy && busyText ? busyText : children}</span>
    </button>
  )
}
