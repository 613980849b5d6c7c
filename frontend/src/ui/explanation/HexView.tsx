import { type KeyboardEvent, memo, type PointerEvent, useMemo, useRef, useState } from "react"

import { fieldAt, hexByte, type Part, printable } from "./parts"
import css from "./HexView.module.css"

interface Props {
  part: Part
  /** The field whose bytes are lit. */
  lit: string | undefined
  onLight: (field: string | undefined) => void
}

const perRow = 16

/** How many tints tell neighbouring fields apart; the style sheet has as many. */
const tints = 4

const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow }

/** Bytes, sixteen a row, tinted by field. Pointing at one, or moving the cursor there with the arrow keys, lights its field. */
export function HexView({ part, lit, onLight }: Props) {
  const [cursor, setCursor] = useState<number>()
  const box = useRef<HTMLDivElement>(null)
  const fields = useMemo(() => Array.from(part.bytes, (_, i) => fieldAt(part, i)), [part])
  const tint = useMemo(() => {
    const order = [...new Set(fields.map((f) => f?.field))].filter((f) => f !== undefined)
    return fields.map((f) => (f ? order.indexOf(f.field) % tints : -1))
  }, [fields])
  const bright = useMemo(() => part.spans.filter((s) => s.field === lit), [part, lit])
  const move = (to: number) => {
    const index = Math.max(0, Math.min(part.bytes.length - 1, to))
    setCursor(index)
    onLight(fields[index]?.field)
    requestAnimationFrame(() => box.current?.querySelector("[data-cursor]")?.scrollIntoView({ block: "nearest" }))
  }
  const press = (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (step !== undefined) move(cursor === undefined ? 0 : cursor + step)
    else if (event.key === "Home") move(0)
    else if (event.key === "End") move(part.bytes.length - 1)
    else return
    event.preventDefault()
  }
  const point = (event: PointerEvent) => {
    const index = event.target instanceof Element ? event.target.getAttribute("data-i") : null
    if (index !== null) onLight(fields[Number(index)]?.field)
  }
  const rows = Math.ceil(part.bytes.length / perRow)
  const under = cursor === undefined ? undefined : part.bytes[cursor]
  return (
    <div className={css.box}>
      <div
        className={css.hex}
        ref={box}
        role="group"
        tabIndex={0}
        aria-label={`Bytes of ${part.name}; the arrow keys move through them`}
        onKeyDown={press}
        onFocus={() => cursor === undefined && setCursor(0)}
        onBlur={() => setCursor(undefined)}
        onPointerOver={point}
        onPointerLeave={() => onLight(undefined)}
      >
        {Array.from({ length: rows }, (_, row) => {
          const start = row * perRow
          return (
            <Row
              key={start}
              start={start}
              bytes={part.bytes}
              tint={tint}
              lit={within(bright, start)}
              cursor={cursor !== undefined && cursor >= start && cursor < start + perRow ? cursor : -1}
            />
          )
        })}
      </div>
      <p className="visually-hidden" aria-live="polite">
        {cursor !== undefined && under !== undefined && `Byte ${cursor}: ${hexByte(under)}, ${fields[cursor]?.field ?? "no field"}`}
      </p>
    </div>
  )
}

/** Which bytes of a row are lit, as bits, so that rows without a change are not drawn again. */
function within(spans: Part["spans"], start: number): number {
  let bits = 0
  for (const s of spans) for (let i = 0; i < perRow; i++) if (start + i >= s.offset && start + i < s.offset + s.length) bits |= 1 << i
  return bits
}

interface RowProps {
  start: number
  bytes: Uint8Array
  tint: number[]
  lit: number
  cursor: number
}

const Row = memo(function Row({ start, bytes, tint, lit, cursor }: RowProps) {
  const cells = Array.from(bytes.subarray(start, start + perRow))
  const look = (i: number) => ({
    "data-i": start + i,
    "data-tint": tint[start + i] === -1 ? undefined : tint[start + i],
    "data-lit": (lit & (1 << i)) !== 0 || undefined,
  })
  return (
    <div className={css.row}>
      <span className={css.offset}>{start.toString(16).padStart(4, "0")}</span>
      <span className="hex-bytes">
        {cells.map((byte, i) => (
          <span key={i} {...look(i)} data-cursor={cursor === start + i || undefined}>
            {hexByte(byte)}
          </span>
        ))}
      </span>
      <span className={css.text} aria-hidden="true">
        {cells.map((byte, i) => (
          <span key={i} {...look(i)}>
            {printable(byte)}
          </span>
        ))}
      </span>
    </div>
  )
})
