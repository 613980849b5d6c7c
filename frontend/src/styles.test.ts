import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"

/** The files of styles under `src`, with their number of lines. */
function styles(): { file: string; lines: number }[] {
  const names = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"))
  return names.map((file) => ({ file, lines: readFileSync(join(import.meta.dirname, file), "utf8").trimEnd().split("\n").length }))
}

test("no file of styles is over 250 lines: what one part wears stands in a module beside it", () => {
  expect(styles().length).toBeGreaterThan(10)
  expect(styles().filter(({ lines }) => lines > 250)).toEqual([])
})
