import { defineConfig } from "@playwright/test"

// Drives the built program and a real Chromium. STING_BIN names the program,
// STING_CHROMIUM the browser, STING_SHOTS the folder for pictures.
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  // Long ones run before a release: build/check.
  grepInvert: process.env["STING_LONG"] ? [] : /@long/,
  outputDir: "../test-results",
  workers: 2, // each file has a lab and a browser of its own, and mostly waits for them
  // Once more where nobody watches: two real programs and a browser share the machine. The report calls it flaky.
  retries: process.env["CI"] ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: process.env["CI"] ? [["list"], ["html", { open: "never", outputFolder: "../test-results/report" }]] : "list",
})
