import { count, timeOfDay } from "../../ui/format"
import type { PasskeyUse } from "../lab"
import { chart, keepsCounter } from "./history"
import css from "./CounterChart.module.css"

const width = 560
const height = 120
const edge = 14

/** The counter of a passkey from use to use; where it did not go up the dot is red. */
export function CounterChart({ uses }: { uses: readonly PasskeyUse[] }) {
  if (uses.length === 0) return <p className="faint">It has not been used yet. Each sign-in adds a dot here.</p>
  if (!keepsCounter(uses))
    return (
      <p className="faint">
        The counter is 0 at every use: this authenticator keeps none, as most that sync do. A copy can't be noticed by it.
      </p>
    )
  const dots = chart(uses, width, height, edge)
  const odd = dots.filter((d) => d.odd).length
  const most = Math.max(...uses.map((u) => u.sign_count))
  const words =
    `The counter over ${count(uses.length, "use")}, ${most} at ` + `most${odd > 0 ? `; it did not go up ${count(odd, "time")}` : ""}.`
  return (
    <figure className={css.chart}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words}>
        <path className={css.chartBase} d={`M${edge} ${height - edge}H${width - edge}`} />
        <polyline className={css.chartLine} points={dots.map((d) => `${d.x},${d.y}`).join(" ")} />
        {dots.map((d, i) => (
          <circle key={i} className={css.chartDot} data-odd={d.odd || undefined} cx={d.x} cy={d.y} r={d.odd ? 5 : 3.5}>
            <title>{`${timeOfDay(d.use.at, "millisecond")}: ${d.use.sign_count}`}</title>
          </circle>
        ))}
        <text className={css.chartWord} x={edge} y={edge - 3}>
          {most}
        </text>
      </svg>
      <figcaption className="faint">{words}</figcaption>
    </figure>
  )
}
