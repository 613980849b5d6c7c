import css from "./Mark.module.css"

/** The brand's sign: a cell of the comb, a key, and its sting. Decorative; the name stands beside it. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg className={css.mark} width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path className="mark-cell" d="M16 1.8 28.3 8.9v14.2L16 30.2 3.7 23.1V8.9Z" />
      <circle className={css.markBow} cx="16" cy="12" r="4.6" />
      <path className={css.markSting} d="M14.4 16.6h3.2l-.5 3.2h2.3v2.4h-2.7L16 26.6l-1.2-7.2Z" />
    </svg>
  )
}
