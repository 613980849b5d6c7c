import { type Browser, expect, type Page, test as base } from "@playwright/test"

import { startChromium } from "../e2e/chromium"
import { type Home, makeHome } from "./home"

interface Mine {
  /** A fresh home; its programs are ended by the test, its folder is removed afterwards. */
  home: Home
  /** A Chromium for the panels of a development build. The test fails when they broke their policy or threw. */
  panels: Page
  /** Starts a Chromium with the trust that `home` has now, and opens the site at `origin`. */
  visit: (origin: string) => Promise<Page>
}

export const test = base.extend<Mine>({
  home: async ({}, provide) => {
    if (!process.env["DISPLAY"])
      throw new Error("There is no display to open windows on: run this through build/test, or under xvfb-run and a window manager.")
    const home = await makeHome()
    await provide(home)
    await home.remove()
  },
  panels: async ({ home }, provide) => {
    const browser = await startChromium(home.person)
    const page = await (await browser.newContext({ viewport: { width: 1180, height: 780 }, locale: "en-GB" })).newPage()
    const broken: string[] = []
    page.on("pageerror", (error) => {
      if (!error.stack?.includes("/wails/")) broken.push(error.message) // the overlay of a development build trips over itself
    })
    page.on("console", (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) broken.push(message.text())
    })
    await provide(page)
    await browser.close()
    expect(broken, "what the page threw, or did against its policy").toEqual([])
  },
  visit: async ({ home }, provide) => {
    const browsers: Browser[] = []
    await provide(async (origin) => {
      const browser = await startChromium(home.person)
      browsers.push(browser)
      return (await browser.newContext({ baseURL: origin })).newPage()
    })
    await Promise.all(browsers.map((browser) => browser.close()))
  },
})

/** What the home panel says of a lab in which nothing is wrong. */
export const healthy = (panels: Page) => panels.getByRole("main").getByText(/^All \d services are healthy$/)

export { expect }
