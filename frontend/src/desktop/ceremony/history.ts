import type { PasskeyUse } from "../lab"

/** One use of a passkey on a chart: `x` and `y` in the units of the view box; `odd` where the counter did not go up. */
export interface Dot {
  x: number
  y: number
  odd: boolean
  use: PasskeyUse
}

/** A counter that stays at zero is one that the authenticator doesn't keep. */
export function keepsCounter(uses: readonly PasskeyUse[]): boolean {
  return uses.some((u) => u.sign_count > 0)
}

/** Where the uses of a passkey stand on a chart of `width` by `height`, oldest at the left, evenly spaced, with `edge` around them. */
export function chart(uses: readonly PasskeyUse[], width: number, height: number, edge: number): Dot[] {
  const most = Math.max(1, ...uses.map((u) => u.sign_count))
  const gap = uses.length > 1 ? (width - 2 * edge) / (uses.length - 1) : 0
  return uses.map((use, i) => {
    const before = uses[i - 1]
    return {
      x: uses.length > 1 ? edge + i * gap : width / 2,
      y: height - edge - (use.sign_count / most) * (height - 2 * edge),
      odd: before !== undefined && use.sign_count <= before.sign_count && (use.sign_count !== 0 || before.sign_count !== 0),
      use,
    }
  })
}
