import { readFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8")

type Scheme = "light" | "dark"

/** The colour of a token in a scheme, as "#rrggbb". */
function colour(name: string, scheme: Scheme): string {
  const value = new RegExp(`--color-${name}: ([^;]+);`).exec(css)?.[1]
  if (value === undefined) throw new Error(`no token --color-${name}`)
  const pair = /^light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)$/.exec(value)
  const found = pair ? pair[scheme === "light" ? 1 : 2] : value
  if (!found || !/^#[0-9a-f]{6}$/.test(found)) throw new Error(`--color-${name} is ${value}`)
  return found
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const surfaces = ["bg", "surface", "sunken", "raised"]
const text: [string, string][] = [
  ...["ink", "ink-soft", "ink-faint", "link"].flatMap((ink) => surfaces.map((on): [string, string] => [ink, on])),
  ["on-primary", "primary"],
  ["on-primary", "primary-hover"],
  ["on-primary", "bad-solid"],
  ["link", "primary-soft"],
  ["on-night", "night"],
  ["on-night-soft", "night"],
  ["accent", "night"],
  ...["good", "warn", "bad", "info"].flatMap((tone): [string, string][] => [
    [tone, `${tone}-bg`],
    ["ink", `${tone}-bg`],
    ["ink-soft", `${tone}-bg`],
  ]),
  ["bad", "surface"],
]
const shapes: [string, string][] = ["line-strong", "focus"].flatMap((line) =>
  ["bg", "surface", "raised"].map((on): [string, string] => [line, on]),
)

test.each(["light", "dark"] as const)("text on every background reaches 4.5:1 in the %s scheme", (scheme) => {
  const weak = text.filter(([ink, on]) => contrast(colour(ink, scheme), colour(on, scheme)) < 4.5)
  expect(weak).toEqual([])
})

test.each(["light", "dark"] as const)("borders of fields and the focus ring reach 3:1 in the %s scheme", (scheme) => {
  const weak = shapes.filter(([line, on]) => contrast(colour(line, scheme), colour(on, scheme)) < 3)
  expect(weak).toEqual([])
})
