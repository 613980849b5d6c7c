import { mkdir } from "node:fs/promises"
import { join, resolve } from "node:path"

import { expect, type Page } from "@playwright/test"

const folder = resolve(process.env["STING_SHOTS"] ?? join(import.meta.dirname, "../../build/shots"))

/** Takes the page in light and dark, narrow and wide, and looks that nothing sticks out sideways. */
export async function shoot(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 800 })
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
      expect(await page.evaluate(beyond), `${name} at ${width} px is wider than the screen`).toEqual([])
      await page.screenshot({ path: join(folder, `page-${name}-${colorScheme}-${width}.png`), fullPage: true })
    }
  }
}

/** What sticks out sideways, where the page can be scrolled that way. */
function beyond(): string[] {
  if (document.documentElement.scrollWidth <= innerWidth) return []
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth)
    .map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`)
}
