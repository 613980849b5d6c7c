import { mkdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"

import { registerAndSkip } from "../e2e/person"
import { expect, healthy, test } from "./fixtures"
import { Window } from "./window"

const email = "ada@example.org"

test("a mail that arrives while the panel is open is in it at once, with its code, and opens the page that takes it", async ({
  home,
  panels,
  visit,
}) => {
  // The system's opener is a program called xdg-open: this one notes what it was asked for.
  const asked = join(home.person, "asked")
  const opener = join(home.person, "bin", "xdg-open")
  await mkdir(dirname(opener))
  await writeFile(opener, `#!/bin/sh\necho "$1" >>'${asked}'\n`, { mode: 0o755 })
  home.env["PATH"] = `${dirname(opener)}:${home.env["PATH"]}`
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  await expect(healthy(panels)).toBeVisible()
  const origin = await panels.locator(".hero-address code").innerText()
  expect((await home.sting("trust")).status).toBe(0)
  const page = await visit(origin)

  await panels.keyboard.press("Control+7")
  await expect(panels.getByText("No mails yet")).toBeVisible()
  await registerAndSkip(page, email)
  const row = panels.getByRole("button", { name: /Unread: Please verify your email address/ })
  await expect(row).toBeVisible({ timeout: 2000 })
  const code = (await home.sting("mail", "code", email)).stdout.trim()
  expect(code).toMatch(/^\d{6}$/)
  await row.click()
  const card = panels.getByRole("region", { name: "Verification code" })
  await expect(card.getByText(code, { exact: true })).toBeVisible()
  await expect(panels.getByRole("button", { name: /Unread: / })).toHaveCount(0)

  await test.step("the page opens with the code filled in, and takes it", async () => {
    await card.getByRole("button", { name: "Open the page" }).click()
    await expect(panels.getByText("Opened in your browser.")).toBeVisible()
    const [url = ""] = (await readFile(asked, "utf8")).trim().split("\n")
    expect(url).toContain(`${origin}/verification?code=${code}`)
    await page.goto(url)
    await expect(page.getByRole("textbox").first()).toHaveValue(code)
  })

  await test.step("it is deleted after a question, and the panel is empty", async () => {
    await panels.getByRole("button", { name: "Delete" }).click()
    await panels.getByRole("dialog").getByRole("button", { name: "Delete mail" }).click()
    await expect(panels.getByText("No mails yet")).toBeVisible()
    expect((await home.sting("mail")).stderr).toContain("no mails")
  })
  await window.end()
})
