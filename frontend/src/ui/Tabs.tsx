import { type KeyboardEvent, type ReactNode, useId, useRef } from "react"
import css from "./Tabs.module.css"

interface Props<V extends string> {
  /** What the row of tabs is for. */
  label: string
  views: readonly (readonly [view: V, title: string])[]
  view: V
  onView: (view: V) => void
  /** The view that is shown. */
  children: ReactNode
}

/** A row of tabs above what is shown: one tab can be reached with Tab, the arrow keys go to the others. */
export function Tabs<V extends string>({ label, views, view, onView, children }: Props<V>) {
  const row = useRef<HTMLDivElement>(null)
  const id = useId()
  const walk = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0
    const at = (views.findIndex(([v]) => v === view) + step + views.length) % views.length
    const next = views[at]
    if (step === 0 || next === undefined) return
    event.preventDefault()
    onView(next[0])
    row.current?.querySelectorAll("button")[at]?.focus()
  }
  return (
    <div>
      <div className={css.tabs} role="tablist" aria-label={label} ref={row} onKeyDown={walk}>
        {views.map(([v, title]) => (
          <button
            key={v}
            type="button"
            role="tab"
            id={`${id}-${v}`}
            aria-selected={v === view}
            aria-controls={`${id}-panel`}
            tabIndex={v === view ? 0 : -1}
            className={css.tab}
            onClick={() => onView(v)}
          >
            {title}
          </button>
        ))}
      </div>
      <div className={css.panel} role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${view}`} tabIndex={0}>
        {children}
      </div>
    </div>
  )
}
