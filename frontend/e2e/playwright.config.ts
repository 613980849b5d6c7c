import { defineConfig } from "@playwright/test"

// Drives the built program and a real Chromium. STING_BIN names the program,
// STING_CHROMIUM the browser, STING_SHOTS the folder for pictures.
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results",
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: process.env["CI"] ? [["list"], ["html", { open: "never", outputFolder: "../test-results/report" }]] : "list",
})
