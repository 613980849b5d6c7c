import { describe, expect, test } from "vitest"

import { browserName, count, distance, joined, offset } from "./words"

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
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "Chrome 156 on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
    "Edge 156 on Windows",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", "Firefox 153 on Linux"],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15",
    "Safari 19 on macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 " +
      "Mobile/15E148 Safari/604.1",
    "Safari 19 on iOS",
  ],
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
    "Headless Chrome 156 on Linux",
  ],
  ["curl/8.9.1", "curl 8"],
  ["my-script", "my-script"],
  ["", "unknown program"],
])("%s is %s", (agent, want) => expect(browserName(agent)).toBe(want))
