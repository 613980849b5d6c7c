import { expect, test } from "vitest"

import { facts } from "../test/lab"
import { freeName } from "./AddPasskey"
import { banners } from "./LabBanner"

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
