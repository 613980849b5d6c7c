import react from "@vitejs/plugin-react"
import { defineConfig } from "vitest/config"

// Three entries, one build: the window opens index.html, the site sends
// browser.html for every page, the mailbox sends mail.html. The pages' policy allows nothing inline, so no
// asset becomes a data URL and no polyfill is written into the document.
export default defineConfig({
  plugins: [react()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["index.html", "browser.html", "mail.html"] },
  },
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    maxWorkers: "100%",
    testTimeout: 20_000, // a whole panel draws slowly in jsdom on a busy machine
    restoreMocks: true,
    unstubGlobals: true,
  },
})
