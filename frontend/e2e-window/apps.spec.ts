import { kinds, startApp, tidyApps } from "../e2e/apps"
import { expect, healthy, test } from "./fixtures"
import { Window } from "./window"

test.setTimeout(180_000) // a second real browser starts

test.afterAll(tidyApps)

test("an app is added, opened in the lab browser, and its server's mistake is explained", async ({ home, panels }) => {
  const app = await startApp("shop", "", "origin")
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  await expect(healthy(panels)).toBeVisible()
  const go = (name: string) => panels.getByRole("navigation").getByRole("button", { name }).click()
  const page = panels.getByRole("article", { name: "App shop" })
  try {
    await test.step("it is added", async () => {
      await go("Apps")
      await expect(panels.getByText("No app of yours yet")).toBeVisible()
      await shot("apps-empty")
      await panels.getByRole("button", { name: "Add an app" }).click()
      await panels.getByRole("textbox", { name: "Name" }).fill("shop")
      await panels.getByRole("textbox", { name: "Address" }).fill(app.url)
      await panels.getByRole("textbox", { name: "Path of the login page" }).fill(kinds.shop.login)
      await panels.getByRole("textbox", { name: "Path of the register page" }).fill(kinds.shop.register)
      await shot("apps-add")
      await panels.getByRole("button", { name: "Add app" }).click()
      await expect(panels.getByRole("listitem", { name: "shop" })).toContainText(app.url)
    })

    await test.step("its page says that it answers, and what browsers say of it", async () => {
      await panels.getByRole("button", { name: "Show shop" }).click()
      await expect(page).toContainText("It answers")
      await expect(page).toContainText("for the RP ID localhost")
      await expect(page).toContainText("None yet.")
      await shot("app-new")
      await panels.keyboard.press("Escape")
    })

    await test.step("a registration in the lab browser is on its page, with the server's mistake", async () => {
      await panels.getByRole("button", { name: "Register at shop" }).click()
      await expect(panels.getByText("Opened register of shop in the lab browser.")).toBeVisible({ timeout: 60_000 })
      await panels.getByRole("button", { name: "Show shop" }).click()
      await expect(page).toContainText("APP_REFUSED", { timeout: 30_000 })
      await shot("app-refused")
      await page.getByRole("button", { name: /^Show the record/ }).click()
      const detail = panels.getByRole("article", { name: /^Ceremony / })
      await expect(detail).toContainText("The likely cause: the server expects the origin")
      await expect(detail.getByRole("region", { name: "Beside its server" })).toContainText("refused")
      await shot("app-refused-ceremony")
    })

    await test.step("an app that doesn't answer says so", async () => {
      await app.stop()
      await go("Apps")
      await panels.getByRole("button", { name: "Show shop" }).click()
      await expect(page).toContainText("It doesn't answer")
      await shot("app-silent")
    })
  } finally {
    await app.stop()
  }
  await home.sting("virtual", "close")
  await window.end()

  async function shot(name: string): Promise<void> {
    const folder = process.env["STING_SHOTS"]
    if (folder) await panels.screenshot({ path: `${folder}/${name}.png` })
  }
})
