import { type Browser, expect, type Page, test as base } from "@playwright/test"

import { startChromium } from "./chromium"
import { type Lab, startLab } from "./lab"

interface Shared {
  /** One lab for the tests of a file; each test uses people of its own. */
  lab: Lab
  /** A Chromium that trusts the lab because `sting trust` said so. */
  chromium: Browser
}

interface Mine {
  /** A page in a fresh profile. The test fails when the page broke its policy or threw. */
  page: Page
  /** Another person's browser, as far as cookies go. */
  otherPage: Page
  /** An address that nobody has used. */
  email: string
}

export const password = "correct horse battery"

export const test = base.extend<Mine, Shared>({
  lab: [
    async ({}, provide) => {
      const lab = await startLab()
      await lab.sting("trust")
      await provide(lab)
      await lab.stop()
    },
    { scope: "worker" },
  ],
  chromium: [
    async ({ lab }, provide) => {
      const browser = await startChromium(lab.person)
      await provide(browser)
      await browser.close()
    },
    { scope: "worker" },
  ],
  page: async ({ lab, chromium }, provide) => lend(await open(chromium, lab), provide),
  otherPage: async ({ lab, chromium }, provide) => lend(await open(chromium, lab), provide),
  email: async ({}, provide, info) => provide(`${info.testId}-${info.retry}@example.org`),
})

export { expect }

/** A page and what it did that it must not do. */
interface Opened {
  page: Page
  broken: string[]
}

async function open(chromium: Browser, lab: Lab): Promise<Opened> {
  const context = await chromium.newContext({ baseURL: lab.url })
  const page = await context.newPage()
  const broken: string[] = []
  page.on("pageerror", (error) => broken.push(error.message))
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) broken.push(message.text())
  })
  return { page, broken }
}

async function lend({ page, broken }: Opened, provide: (page: Page) => Promise<void>): Promise<void> {
  await provide(page)
  await page.context().close()
  expect(broken, "what the page threw, or did against its policy").toEqual([])
}
