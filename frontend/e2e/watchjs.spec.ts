import { expect, test } from "@playwright/test"

import { type AppName, kinds, startApp, tidyApps } from "./apps"
import { Authenticator } from "./authenticator"
import { startChromium } from "./chromium"
import { Firefox, firefoxPath } from "./firefox"
import { type Lab, startLab } from "./lab"

const names = Object.keys(kinds) as AppName[]

test.afterAll(tidyApps)

interface Recorded {
  kind: string
  state: string
  user_agent: string
  watched: { begin?: unknown; verdict: { ours: string; server: string; says: string } }
}

/** What the lab has of an app, the oldest first. */
async function recorded(lab: Lab, name: string): Promise<Recorded[]> {
  const { items } = JSON.parse(await lab.sting("ceremonies", "--source", name, "--json")) as { items: { id: string }[] }
  const all = await Promise.all(items.map(async ({ id }) => JSON.parse(await lab.sting("ceremonies", id, "--json")) as Recorded))
  return all.reverse()
}

/** Opens the pages of each app, which include watch.js, and looks at what came of it. `fresh` is a device without a passkey. */
async function visited(lab: Lab, agent: RegExp, fresh: () => Promise<(address: string) => Promise<void>>): Promise<void> {
  for (const name of names) {
    const app = await startApp(name, `${lab.url}/watch.js?app=${name}`)
    try {
      await lab.sting("app", "add", name, app.url)
      const visit = await fresh()
      for (const [i, path] of [kinds[name].register, kinds[name].login].entries()) {
        await visit(app.url + path)
        await expect.poll(() => recorded(lab, name), `${name}${path}`).toHaveLength(i + 1)
      }
      const list = await recorded(lab, name)
      const verdict = { ours: "accepted", server: "unknown" }
      expect(list, name).toMatchObject([
        { kind: "registration", state: "verified", watched: { verdict } },
        { kind: "authentication", state: "verified", watched: { verdict } }, // by the key of the registration
      ])
      expect(list[0]?.user_agent).toMatch(agent)
      expect(list[0]?.watched.verdict.says).toContain("from inside the page")
    } finally {
      await app.stop()
    }
  }
}

test("a page with watch.js tells of its ceremonies from a Chromium of one's own", async () => {
  const lab = await startLab()
  await lab.sting("trust")
  const browser = await startChromium(lab.person)
  try {
    await visited(lab, /Chrome\//, async () => {
      const page = await browser.newPage()
      await Authenticator.plugIn(page)
      return async (address) => {
        await page.goto(address)
        await expect(page.locator("#said"), address).toContainText("Welcome")
      }
    })
  } finally {
    await browser.close()
    await lab.stop()
  }
})

test("a page with watch.js tells of its ceremonies from Firefox", async () => {
  test.skip(firefoxPath === "", "no Firefox is installed")
  test.setTimeout(180_000) // three apps, and two starts of a browser
  const lab = await startLab()
  const stranger = await Firefox.start(lab.person) // makes the profile that `sting trust` looks for
  await stranger.close()
  await lab.sting("trust")
  const firefox = await Firefox.start(lab.person)
  try {
    await firefox.goto(`${lab.url}/login`)
    const authenticator = await firefox.plugIn()
    await visited(lab, /Firefox\//, async () => {
      await firefox.forget(authenticator)
      return async (address) => {
        await firefox.goto(address)
        await firefox.element(`//*[@id="said"][contains(., "Welcome")]`)
      }
    })
  } finally {
    await firefox.close()
    await lab.stop()
  }
})
