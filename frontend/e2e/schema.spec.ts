import type { Browser, Page } from "@playwright/test"

import { startChromium } from "./chromium"
import { expect, password, test } from "./fixtures"
import { type Lab, startLab } from "./lab"
import { onDashboard } from "./person"
import { shoot } from "./shoot"

const schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties: {
    traits: {
      type: "object",
      required: ["email", "terms", "newsletter"],
      properties: {
        email: {
          type: "string",
          format: "email",
          title: "E-mail",
          "ory.sh/kratos": { credentials: { password: { identifier: true } }, verification: { via: "email" }, recovery: { via: "email" } },
        },
        terms: { type: "boolean", const: true, title: "I accept the terms of use of this laboratory and have read all of them" },
        newsletter: { type: "boolean", title: "Send me the monthly letter" },
        beta: { type: "boolean", const: true, title: "I have understood what a beta is" },
        plate: { type: "string", pattern: "^[A-Z]{1,3}-[0-9]{1,4}$", title: "Licence plate", description: "As in KA-1234." },
        home: {
          type: "object",
          required: ["street"],
          properties: { street: { type: "string", title: "Street" }, town: { type: "string", title: "Town" } },
        },
      },
    },
  },
}

let lab: Lab
let browser: Browser
let page: Page

test.beforeAll(async () => {
  lab = await startLab("mock_user: {enabled: true}\nregistration: {steps: [details, password]}\n", {
    "identity.schema.json": JSON.stringify(schema),
  })
  await lab.sting("trust")
  browser = await startChromium(lab.person)
})

test.afterAll(async () => {
  await browser.close()
  await lab.stop()
})

test.beforeEach(async () => {
  page = await browser.newPage({ baseURL: lab.url })
  await page.goto("/register")
})

test.afterEach(() => page.context().close())

async function finish(): Promise<void> {
  await page.getByRole("button", { name: "Continue" }).click()
  await page.getByLabel("Password", { exact: true }).fill(password)
  await page.getByRole("button", { name: "Create account" }).click()
}

test("what the page calls optional can be left out, beside the mock user too", async ({ email }) => {
  await page.getByLabel("E-mail").fill(email)
  await expect(page.getByText("I accept the terms of use of this laboratory and have read all of them")).toBeVisible()
  await page.getByRole("checkbox", { name: /I accept/ }).check()
  await finish()
  await onDashboard(page)
  const people = JSON.parse(await lab.sting("users", "--json")) as { items: { email: string; traits: Record<string, unknown> }[] }
  expect(people.items.find((one) => one.email === email)?.traits).toEqual({ email, terms: true, newsletter: false })
})

test("a box that has to be ticked is said before anything is sent, and one that may stay empty is not asked for", async ({ email }) => {
  await page.getByLabel("E-mail").fill(email)
  await page.getByRole("button", { name: "Continue" }).click()
  await expect(page.getByText("This has to be ticked.")).toHaveCount(1)
  await shoot(page, "register-schema")
})

test("a text that doesn't fit a pattern is told without the expression", async ({ email }) => {
  await page.getByLabel("E-mail").fill(email)
  await page.getByRole("checkbox", { name: /I accept/ }).check()
  await page.getByLabel("Licence plate").fill("nonsense")
  await finish()
  await expect(page.getByText(/not written the way it has to be/)).toBeVisible()
  await expect(page.getByText("As in KA-1234.")).toBeVisible()
  await expect(page.locator("main")).not.toContainText("[A-Z]")
  await page.getByLabel("Licence plate").fill("KA-1234")
  await finish()
  await onDashboard(page)
})

test("a label stands on one line where there is room", async () => {
  const label = page.getByText("Send me the monthly letter")
  const box = await label.boundingBox()
  expect(box?.height ?? 0).toBeLessThan(32)
})
