import { expect, test } from "vitest"

import { facts } from "../test/lab"
import { freeName } from "./AddPasskey"
import { agentName } from "./agent"
import { duration } from "./duration"
import { banners } from "./LabBanner"

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "Chrome on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
    "Edge on Windows",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 " +
      "Mobile/15E148 Safari/604.1",
    "Safari on iPhone",
  ],
  [
    "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
    "Chrome on Android",
  ],
  ["curl/8.9.1", "curl/8.9.1"],
  ["", "Unknown program"],
])("%s is %s", (agent, name) => {
  expect(agentName(agent)).toBe(name)
})

test.each([
  [0, "0 seconds"],
  [1, "1 second"],
  [7_260, "2 hours 1 minute"],
  [90_061, "1 day 1 hour"],
])("%i seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words)
})

test("a lab in its usual state shows no banner", () => {
  expect(banners(facts)).toEqual([])
})

test("the mock user, stopped ceremonies and a moved clock each get a sentence and a way out", () => {
  const got = banners({
    ...facts,
    mock_user: true,
    ceremonies_enabled: false,
    problem: "The RP ID is an IP address.",
    fix: "Use localhost.",
    clock_offset_seconds: -600,
  })
  expect(got).toHaveLength(3)
  expect(got[0]).toContain("`mock_user.enabled: false`")
  expect(got[1]).toBe("The RP ID is an IP address. Use localhost.")
  expect(got[2]).toBe("The lab's clock is 10 minutes behind this machine's. `sting clock reset` puts it right.")
})

test("a suggested name is never one that is in use", () => {
  expect(freeName("Chrome on Linux", [])).toBe("Chrome on Linux")
  expect(freeName("Chrome on Linux", ["Chrome on Linux", "Chrome on Linux 2"])).toBe("Chrome on Linux 3")
})
