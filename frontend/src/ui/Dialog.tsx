import { type ReactNode, useLayoutEffect, useId, useRef } from "react"
import css from "./Dialog.module.css"

interface Props {
  title: string
  /** Escape, or a press beside the box. */
  onClose: () => void
  children: ReactNode
}

/** A modal question. The browser keeps the focus inside and gives it back afterwards. */
export function Dialog({ title, onClose, children }: Props) {
  const box = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useLayoutEffect(() => {
    const dialog = box.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={box}
      className={css.dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === box.current && onClose()}
    >
      <div className={css.dialogBody}>
        <h2 id={heading}>{title}</h2>
        {children}
      </div>
    </dialog>
  )
}
