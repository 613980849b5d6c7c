import { describe, expect, test } from "vitest"

import { ceremony, step, wrongOrigin } from "../testing/fakeCeremonies"
import { compareFacts, compareSteps } from "./compare"
import { chart, keepsCounter } from "./history"

describe("two ceremonies side by side", () => {
  const right = { ...wrongOrigin, verdict: "passed" as const, received: wrongOrigin.expected }

  test("differ in the step whose verdict differs, and in no other", () =>
    expect(
      compareSteps([step(), wrongOrigin], [step(), right])
        .filter((s) => s.differs)
        .map((s) => s.id),
    ).toEqual(["7.2.13"]))

  test("differ in a step that passed with another value", () =>
    expect(compareSteps([step()], [step({ received: "xyz" })])[0]?.differs).toBe(true))

  test("show the steps that only one of them has", () => {
    const lines = compareSteps([step()], [step(), wrongOrigin])
    expect(lines.map((l) => [l.id, l.left !== undefined, l.right !== undefined])).toEqual([
      ["7.2.12", true, true],
      ["7.2.13", false, true],
    ])
  })

  test("differ in what surrounds them", () => {
    const facts = compareFacts(ceremony(), ceremony({ origin: "https://localhost:8443" }))
    expect(facts.filter((f) => f.differs)).toEqual([
      { name: "page", left: "http://localhost:5173", right: "https://localhost:8443", differs: true },
    ])
  })
})

describe("a counter over time", () => {
  const uses = [1, 5, 3, 3, 6].map((sign_count) => ({ at: "2026-11-22T12:00:00Z", sign_count, backup_state: false, user_verified: true }))

  test("is odd where it goes down and where it stands still", () =>
    expect(chart(uses, 100, 50, 10).map((d) => d.odd)).toEqual([false, false, true, true, false]))

  test("stays inside its edges, the greatest at the top", () => {
    const dots = chart(uses, 100, 50, 10)
    expect(dots.map((d) => d.x)).toEqual([10, 30, 50, 70, 90])
    expect(Math.min(...dots.map((d) => d.y))).toBe(10)
  })

  test("that is zero throughout is none, and nothing about it is odd", () => {
    const zeros = uses.map((u) => ({ ...u, sign_count: 0 }))
    expect(keepsCounter(zeros)).toBe(false)
    expect(chart(zeros, 100, 50, 10).some((d) => d.odd)).toBe(false)
  })
})
