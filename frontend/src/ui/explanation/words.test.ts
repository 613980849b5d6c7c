import { expect, test } from "vitest"

import { kindTitle, kindWord, stepName } from "./words"

test("a kind is a word in a sentence and at its beginning; one of a later lab keeps its name", () => {
  expect(["authentication", "registration", "signal"].map(kindWord)).toEqual(["sign-in", "registration", "signal"])
  expect(["authentication", "registration"].map(kindTitle)).toEqual(["Sign-in", "Registration"])
})

test("a step of the specification carries its section, one of ours its word", () => {
  expect(["7.2.12", "encoding"].map(stepName)).toEqual(["§7.2.12", "encoding"])
})
