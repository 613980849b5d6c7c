import { expect, test } from "@playwright/test"

import { type AppName, kinds, startApp, tidyApps } from "./apps"
import { Authenticator } from "./authenticator"
import { startChromium } from "./chromium"

const names = Object.keys(kinds) as AppName[]

test.afterAll(tidyApps)

for (const name of names) {
  test(`${name} works without a lab`, { tag: "@long" }, async ({}, info) => {
    const app = await startApp(name)
    const browser = await startChromium(info.outputPath("home"))
    try {
      const page = await browser.newPage()
      await Authenticator.plugIn(page)
      for (const path of [kinds[name].register, kinds[name].login]) {
        await page.goto(app.url + path)
        await expect(page.locator("#said"), path).toContainText("Welcome")
      }
    } finally {
      await browser.close()
      await app.stop()
    }
  })
}
