import { describe, expect, test } from "vitest"

import { bytes, count, distance, duration, joined, lasting, offset, timeOfDay, took } from "./format"

describe("a distance in time", () => {
  const now = Date.parse("2026-11-22T12:00:00Z")
  test.each([
    ["2026-11-22T11:59:58Z", "just now"],
    ["2026-11-22T11:59:30Z", "30 s ago"],
    ["2026-11-22T11:58:01Z", "1 min ago"],
    ["2026-11-22T09:00:00Z", "3 h ago"],
    ["2026-11-21T11:00:00Z", "1 day ago"],
    ["2026-11-12T12:00:00Z", "10 days ago"],
    ["2026-11-22T12:10:00Z", "in 10 min"],
  ])("%s is %s", (at, want) => expect(distance(Date.parse(at), now)).toBe(want))
})

test.each([
  [600, "10 min ahead"],
  [-90_061, "1 d 1 h behind"],
  [3600, "1 h ahead"],
])("a clock that is %i seconds off is %s", (seconds, want) => expect(offset(seconds)).toBe(want))

test("counts are words", () => {
  expect([0, 1, 2].map((n) => count(n, "passkey"))).toEqual(["no passkeys", "1 passkey", "2 passkeys"])
  expect(joined(["site", "store", "kratos"])).toBe("site, store and kratos")
})

test.each([
  [0, "0 seconds"],
  [1, "1 second"],
  [7_260, "2 hours 1 minute"],
  [90_061, "1 day 1 hour"],
])("%i seconds are %s", (seconds, words) => expect(duration(seconds)).toBe(words))

test.each([
  [4.23, "4.2 ms"],
  [340, "340 ms"],
  [2_400, "2.4 s"],
  [301_000, "5 min"],
])("%f milliseconds are %s", (ms, words) => expect(lasting(ms)).toBe(words))

test("what has no end yet took no time, and what is no moment has no time of day", () => {
  expect(took("2026-11-22T10:00:00Z", "2026-11-22T10:00:02.4Z")).toBe("2.4 s")
  expect(took("2026-11-22T10:00:00Z", "")).toBe("")
  expect(timeOfDay("", "second")).toBe("")
})

test.each([
  [1, "1 byte"],
  [1023, "1023 bytes"],
  [1536, "1.5 KiB"],
  [2_621_440, "2.5 MiB"],
])("%i bytes are %s", (n, words) => expect(bytes(n)).toBe(words))
