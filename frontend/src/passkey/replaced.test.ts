import { afterEach, expect, test, vi } from "vitest"

const { replacedFunctions, replacedWords } = await vi.importActual<typeof import("./replaced")>("./replaced")

afterEach(() => {
  vi.unstubAllGlobals()
  Reflect.deleteProperty(navigator, "credentials")
})

function container(own: object = {}): object {
  const create = Math.max.bind(null) // made by the engine, as the browser's own is
  const get = Math.min.bind(null)
  return Object.assign(Object.create({ create, get }) as object, own)
}

/** navigator.credentials as a browser has it: behind its prototype. */
function credentials(value: object) {
  const above = Object.getPrototypeOf(navigator) as object
  Object.defineProperty(above, "credentials", { configurable: true, get: () => value })
}

test("the browser's own functions are nothing to speak of", () => {
  credentials(container())
  expect(replacedFunctions()).toEqual([])
  expect(replacedWords([])).toBe("")
})

test("a function that a script put there is named", () => {
  credentials(container({ create: () => new Promise(() => {}) }))
  expect(replacedFunctions()).toEqual(["navigator.credentials.create"])
  expect(replacedWords(replacedFunctions())).toMatch(/navigator\.credentials\.create is not the browser's own.*password manager/)
})

test("a whole container that a script put there is named", () => {
  Object.defineProperty(navigator, "credentials", { configurable: true, value: container() })
  expect(replacedFunctions()).toEqual(["navigator.credentials"])
})

test("a page without the API has nothing replaced", () => {
  credentials(undefined as unknown as object)
  expect(replacedFunctions()).toEqual([])
})
