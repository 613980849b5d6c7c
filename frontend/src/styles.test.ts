import { readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { expect, test } from "vitest"

/** The files under `src` that end in one of these, by name. */
function texts(...ends: string[]): [file: string, text: string][] {
  const names = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  return names
    .filter((name) => ends.some((end) => name.endsWith(end)))
    .map((name) => [name, readFileSync(join(import.meta.dirname, name), "utf8")])
}

const styles = texts(".css")
const code = texts(".ts", ".tsx").filter(([file]) => file !== "styles.test.ts")

/** The classes that selectors name: those of a module's own, and those of everybody. */
function classesOf(file: string, text: string): { own: Set<string>; everybodys: Set<string> } {
  const selectors = [...text.replaceAll(/\/\*[^]*?\*\//g, "").matchAll(/([^{};]+)\{/g)].map(([, selector = ""]) => selector)
  const names = (part: string) => [...part.matchAll(/\.([A-Za-z][\w-]*)/g)].map(([, name = ""]) => name)
  const module = file.endsWith(".module.css")
  const global = (s: string) => [...s.matchAll(/:global\(([^)]*)\)/g)].flatMap(([, part = ""]) => names(part))
  const everybodys = selectors.flatMap(module ? global : names)
  const own = module ? selectors.flatMap((s) => names(s.replaceAll(/:global\([^)]*\)/g, ""))) : []
  return { own: new Set(own), everybodys: new Set(everybodys) }
}

test("no file of styles is over 250 lines: what one part wears stands in a module beside it", () => {
  expect(styles.length).toBeGreaterThan(10)
  expect(styles.filter(([, text]) => text.trimEnd().split("\n").length > 250).map(([file]) => file)).toEqual([])
})

test("there is no style for a class that nobody wears", () => {
  const all = code.map(([, text]) => text).join("\n")
  const worn = (name: string) =>
    name.startsWith("mantine-") || new RegExp(`(?<![\\w-])(${name}|${name.replace(/-[^-]*$/, "")}-\\$\\{\\w+\\})(?![\\w-])`).test(all)
  const idle = styles.flatMap(([file, text]) => {
    const { own, everybodys } = classesOf(file, text)
    const users = code.filter(([, t]) => t.includes(`/${basename(file)}"`)).map(([, t]) => t)
    const used = (name: string) => users.some((t) => new RegExp(`css\\.${name}\\b|css\\[\\w`).test(t))
    return [...[...own].filter((name) => !used(name)), ...[...everybodys].filter((name) => !worn(name))].map((name) => `${file}: ${name}`)
  })
  expect(idle).toEqual([])
})

test("nobody wears a class that has no style", () => {
  const known = new Map(styles.map(([file, text]) => [file, classesOf(file, text)]))
  const everybodys = new Set([...known.values()].flatMap((classes) => [...classes.everybodys]))
  const bare = code.flatMap(([file, text]) => {
    const named = [...text.matchAll(/className="([^"]*)"/g)].flatMap(([, names = ""]) => names.split(" "))
    const module = /import css from "\.\/([\w.]+)"/.exec(text)?.[1]
    const own = [...known].find(([name]) => module !== undefined && name === join(file, "..", module))?.[1].own
    const ofModule = module === undefined ? [] : [...text.matchAll(/\bcss\.(\w+)/g)].map(([, name = ""]) => name)
    const without = [...named.filter((name) => !everybodys.has(name)), ...ofModule.filter((name) => !own?.has(name))]
    return without.map((name) => `${file}: ${name}`)
  })
  expect(bare).toEqual([])
})
