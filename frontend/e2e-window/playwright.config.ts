import { defineConfig } from "@playwright/test"

// Drives the real window. It needs a display (build/test gives it a virtual one)
// and three builds of the program: STING_DEV_BIN, whose panels Chromium can open
// at an address, STING_WINDOW_BIN as it is given to people, STING_BIN without a
// window. STING_CHROMIUM names the browser, STING_SHOTS the folder for pictures.
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results/window",
  workers: 1,
  // Once more where nobody watches: two real programs and a browser share the machine. The report calls it flaky.
  retries: process.env["CI"] ? 1 : 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: "list",
})
