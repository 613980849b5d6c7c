import { expect, test } from "vitest"

import { browserName, browserVersion } from "./words"

const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0"
const webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko)"

test.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${chrome} Safari/537.36`, "Chrome on Linux", "Chrome 156 on Linux"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/156.0.0.0`, "Edge on Windows", "Edge 156 on Windows"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", "Firefox on Linux", "Firefox 153 on Linux"],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/19.0 Safari/605.1.15`, "Safari on macOS", "Safari 19 on macOS"],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) ${webkit} Version/19.0 Mobile/15E148 Safari/604.1`,
    "Safari on iPhone",
    "Safari 19 on iPhone",
  ],
  [`Mozilla/5.0 (Linux; Android 16; Pixel 10) ${chrome} Mobile Safari/537.36`, "Chrome on Android", "Chrome 156 on Android"],
  [
    `Mozilla/5.0 (X11; Linux x86_64) ${chrome.replace("Chrome", "HeadlessChrome")} Safari/537.36`,
    "Headless Chrome on Linux",
    "Headless Chrome 156 on Linux",
  ],
  ["curl/8.9.1", "curl", "curl 8"],
  ["my-script", "my-script", "my-script"],
  ["", "unknown program", "unknown program"],
])("%s is %s, with its version %s", (agent, name, version) => {
  expect(browserName(agent)).toBe(name)
  expect(browserVersion(agent)).toBe(version)
})
