import { type KeyboardEvent, useRef } from "react"
import css from "./Tabs.module.css"

interface Props<V extends string> {
  views: V[]
  view: V
  labels: Record<V, string>
  onView: (view: V) => void
}

/** A row of tabs: one can be reached with Tab, the arrow keys go to the others. */
export function Tabs<V extends string>({ views, view, labels, onView }: Props<V>) {
  const row = useRef<HTMLDivElement>(null)
  const walk = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0
    const next = views[(views.indexOf(view) + step + views.length) % views.length]
    if (step === 0 || next === undefined) return
    event.preventDefault()
    onView(next)
    row.current?.querySelector<HTMLButtonElement>(`#tab-${next}`)?.focus()
  }
  return (
    <div className={css.tabs} role="tablist" aria-label="How the mail is shown" ref={row} onKeyDown={walk}>
      {views.map((v) => (
        <button
          key={v}
          type="button"
          role="tab"
          id={`tab-${v}`}
          aria-selected={v === view}
          aria-controls={`panel-${v}`}
          tabIndex={v === view ? 0 : -1}
          className={css.tab}
          onClick={() => onView(v)}
        >
          {labels[v]}
        </button>
      ))}
    </div>
  )
}
