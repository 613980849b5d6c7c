import { type Browser, chromium } from "@playwright/test"

/** Where the browser is that a person has, too. */
const executablePath = process.env["STING_CHROMIUM"] || "/usr/bin/chromium"

/**
 * Starts a real Chromium whose trust store is that of HOME. Certificates are
 * checked as always: no flag here turns anything of that off.
 */
export function startChromium(home: string, ...more: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath,
    env: { ...process.env, HOME: home, XDG_DATA_HOME: "", XDG_CONFIG_HOME: "", XDG_CACHE_HOME: "" },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  })
}
