import { execFile } from "node:child_process"
import { promisify } from "node:util"

import { password } from "../e2e/fixtures"
import { expect, healthy, test } from "./fixtures"
import { Window } from "./window"

const run = promisify(execFile)

const email = "ada@example.org"

/** Waits for a window whose title begins like this. */
const titled = (title: string, timeout: number) =>
  expect
    .poll(() => run("wmctrl", ["-l"]).then(({ stdout }) => stdout.includes(` ${title}`)), {
      message: `no window is called ${title}`,
      timeout,
    })
    .toBe(true)

/**
 * Presses keys in the window of a title, in xdotool's words: the lab's own browser
 * has no address to drive it by. It answers nothing, so each key is given a moment.
 */
async function press(title: string, ...words: string[]): Promise<void> {
  await run("wmctrl", ["-a", title])
  await run(
    "xdotool",
    words.flatMap((word) =>
      word.startsWith("+")
        ? ["key", "--clearmodifiers", word.slice(1), "sleep", "0.4"]
        : ["type", "--args", "1", "--delay", "30", word, "sleep", "0.4"],
    ),
  )
}

/** Registers up to the offer of a passkey, by keys alone; from the beginning again where one came too early. */
async function register(): Promise<void> {
  const page = "Create your account"
  await titled(page, 30_000)
  await expect(async () => {
    await press(page, "+F5", "+ctrl+f", "E-mail", "+Return", "+Escape", "+Tab", email, "+Return", password, "+Return")
    await titled("Create a passkey", 5_000)
  }).toPass({ timeout: 60_000 })
}

test.setTimeout(180_000) // a second real browser starts, and is typed into

test("the browser with the virtual authenticator starts from the panel, what it does is marked, and it can be made to err", async ({
  home,
  panels,
}) => {
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  await expect(healthy(panels)).toBeVisible()
  expect((await home.sting("trust", "--browsers")).status).toBe(0)
  const go = (name: string) => panels.getByRole("navigation").getByRole("button", { name }).click()
  const browser = panels.getByRole("region", { name: "Browser" })

  await test.step("the button starts it", async () => {
    await go("Authenticator")
    await expect(browser).toContainText("Not running")
    await panels.getByRole("button", { name: "Open register" }).click()
    await expect(browser).toContainText("Starting")
    await expect(browser).toContainText(/Running.*process \d+, 1 page/, { timeout: 50_000 })
    await expect(panels.getByText("Opened register with a virtual authenticator.")).toBeVisible()
  })

  await test.step("a registration by the keys of a person makes a passkey that is marked", async () => {
    await go("Ceremonies")
    await register()
    await press("Create a passkey", "+Tab", "+Return")
    const row = panels.getByRole("button", { name: /Registration.*virtual.*verified/ })
    await expect(row).toBeVisible({ timeout: 20_000 })
    await row.click()
    await expect(panels.getByRole("article", { name: /^Ceremony/ }).getByText("virtual", { exact: true })).toBeVisible()
    await go("Passkeys")
    await expect(panels.getByRole("row", { name: new RegExp(email) })).toContainText("virtual")
  })

  await test.step("its key is in the panel, and user verification is refused from there", async () => {
    await go("Authenticator")
    await expect(panels.getByRole("row", { name: new RegExp(email) })).toContainText("active")
    await panels.getByRole("radiogroup", { name: "User verification" }).getByText("Refuse").click()
    await expect(panels.getByText("wrong on purpose")).toBeVisible()
    expect(JSON.parse((await home.sting("virtual", "list", "--json")).stdout)).toMatchObject({ running: true, user_verification: "refuse" })
  })

  await test.step("its counter is set from there", async () => {
    await panels.getByRole("button", { name: `Set the counter of the key of ${email}` }).click()
    await panels.keyboard.type("77")
    await panels.keyboard.press("Enter")
    await expect(panels.getByRole("row", { name: new RegExp(email) })).toContainText("77")
  })

  await test.step("closing it shows it stopped, with its key kept", async () => {
    await panels.getByRole("button", { name: "Close the browser" }).click()
    await expect(browser).toContainText("Not running")
    await expect(panels.getByRole("row", { name: new RegExp(email) })).toContainText("77")
    expect(JSON.parse((await home.sting("virtual", "list", "--json")).stdout)).toMatchObject({ running: false })
  })
  await window.end()
})
