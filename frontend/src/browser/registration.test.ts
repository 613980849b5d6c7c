import { expect, test } from "vitest"

import { form } from "../test/lab"
import { fieldOf, mistakes, pagesOf, traitsOf } from "./registration"

test("dotted names become nested traits, and what is empty is left out", () => {
  const fields = [
    ...form.fields,
    { name: "traits.name.last", label: "Last Name", type: "text", required: false, autocomplete: "family-name" },
  ]
  expect(traitsOf(fields, { "traits.email": " ada@example.org ", "traits.name.first": "Ada", "traits.name.last": "" })).toEqual({
    email: "ada@example.org",
    name: { first: "Ada" },
  })
})

test("numbers and checkboxes keep their types", () => {
  const fields = [
    { name: "traits.age", label: "Age", type: "number", required: false, autocomplete: "" },
    { name: "traits.news", label: "News", type: "checkbox", required: false, autocomplete: "" },
  ]
  expect(traitsOf(fields, { "traits.age": "36", "traits.news": "true" })).toEqual({ age: 36, news: true })
})

test("what is missing is named with what would be right", () => {
  expect(mistakes(form.fields, 8, {})).toEqual({ "traits.email": "E-mail is needed.", password: "Choose a password." })
  expect(mistakes(form.fields, undefined, { "traits.email": "ada" })).toEqual({
    "traits.email": "An e-mail address looks like name@example.org.",
  })
  expect(mistakes([], 8, { password: "short" })).toEqual({ password: "Use at least 8 characters; this has 5." })
})

test("a password is measured in characters, not in bytes", () => {
  expect(mistakes([], 8, { password: "🔑🔑🔑🔑🔑🔑🔑🔑" })).toEqual({})
})

test("a fault finds its field with or without the traits before it", () => {
  expect(fieldOf({ code: "INVALID_FIELD", field: "email" }, form.fields)).toBe("traits.email")
  expect(fieldOf({ code: "INVALID_FIELD", field: "traits.name.first" }, form.fields)).toBe("traits.name.first")
  expect(fieldOf({ code: "INVALID_FIELD", field: "password" }, form.fields)).toBe("password")
  expect(fieldOf({ code: "EMAIL_TAKEN", field: undefined }, form.fields)).toBe("traits.email")
  expect(fieldOf({ code: "INVALID_FIELD", field: "shoe" }, form.fields)).toBeUndefined()
})

test("steps without pages get one each", () => {
  expect(pagesOf({ ...form, pages: null })).toEqual([["details"], ["password"], ["passkey"]])
})
