import { type AddressInfo, createConnection, createServer } from "node:net"

import { expect, test } from "./fixtures"
import { registerAndSkip } from "./person"
import type { Lab } from "./lab"

interface Service {
  name: string
  url: string
  evidence: { what: string }[]
}

async function mailService(lab: Lab): Promise<Service> {
  const status = JSON.parse(await lab.sting("status", "--json")) as { services: Service[] }
  const mail = status.services.find((s) => s.name === "mail")
  if (!mail) throw new Error("the lab has a service called mail")
  return mail
}

/** Sends a mail over SMTP, in clear, as a careless program does. */
async function send(lab: Lab, to: string, body: string): Promise<void> {
  const port = Number(/port (\d+)/.exec((await mailService(lab)).evidence.find((e) => e.what.startsWith("SMTP"))?.what ?? "")?.[1])
  const lines = ["EHLO e2e", "MAIL FROM:<app@example.org>", `RCPT TO:<${to}>`, "DATA", `${body}\r\n.`, "QUIT"]
  await new Promise<void>((resolve, reject) => {
    const socket = createConnection(port, "127.0.0.1")
    socket.on("error", reject)
    socket.on("close", () => (lines.length === 0 ? resolve() : reject(new Error(`the catcher hung up before ${lines[0]}`))))
    socket.on("data", (data) => {
      if (/^\d{3} /m.test(data.toString())) {
        const line = lines.shift()
        if (line !== undefined) socket.write(`${line}\r\n`)
      }
    })
  })
}

test("a registration's code is shown, and its link opens the page with it filled in", async ({ page, otherPage, email, lab }) => {
  const box = await mailService(lab)
  await otherPage.goto(box.url)
  await registerAndSkip(page, email)
  await otherPage.getByRole("searchbox").fill(`to:${email}`)
  await otherPage.getByRole("button", { name: /Please verify your email address/ }).click()
  const code = await otherPage.locator(".code-digits").textContent()
  expect(code).toMatch(/^\d{6}$/)
  const link = otherPage.getByRole("link", { name: "Verify the address" })
  await expect(link).toHaveAttribute("href", new RegExp(`^${lab.url}/verification\\?code=${code}&flow=`))
})

test("a mail that comes appears by itself, over http and https", async ({ page, otherPage, email, lab }) => {
  const box = await mailService(lab)
  await page.goto(box.url)
  await otherPage.goto(box.url.replace("http:", "https:"))
  await expect(page.getByText("Live", { exact: true })).toBeVisible()
  await expect(otherPage.getByText("Live", { exact: true })).toBeVisible()
  await send(lab, email, `Subject: for ${email}\r\n\r\nhello`)
  await expect(page.getByRole("button", { name: new RegExp(`for ${email}`) })).toBeVisible()
  await expect(otherPage.getByRole("button", { name: new RegExp(`for ${email}`) })).toBeVisible()
})

test("the HTML of a stranger runs nothing, fetches nothing and leaves its frame never", async ({ chromium, email, lab }) => {
  let met = 0
  const asked: string[] = []
  const elsewhere = createServer((socket) => {
    met++
    socket.on("data", (data) => asked.push(data.toString().split("\r\n")[0] ?? ""))
    socket.on("error", () => {})
  })
  await new Promise<void>((listening) => elsewhere.listen(0, "127.0.0.1", listening))
  const at = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
  const html = [
    "<p id=said>Hello</p><script>document.getElementById('said').textContent='scripted'</script>",
    `<img src='${at}/pixel.png' onerror="document.getElementById('said').textContent='handled'">`,
    `<link rel=stylesheet href='${at}/style.css'><link rel=preconnect href='${at}'><link rel=preload as=image href='${at}/early.png'>`,
    `<link rel=prefetch href='${at}/later'>` +
      `<style>@import url(${at}/import.css);p{color:rgb(1,2,3);background:url(${at}/paper.png)}</style>`,
    `<form action='${at}/form'><button>Send</button></form><video src='${at}/film'></video><object data='${at}/object'></object>`,
    `<iframe src='${at}/frame'></iframe><meta http-equiv=refresh content='0;url=${at}/away'>` +
      `<a id=way href='${at}/link' target=_top>Go</a> <a id=inside href='${at}/inside' ping='${at}/ping'>Here</a>`,
  ].join("\r\n")
  await send(lab, email, `Subject: hostile ${email}\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}`)
  const box = await mailService(lab)
  const page = await (await chromium.newContext()).newPage() // its policy is broken on purpose here
  await page.goto(box.url)
  await page.getByRole("button", { name: new RegExp(`hostile ${email}`) }).click()
  await page.getByRole("tab", { name: "HTML" }).click()
  const frame = page.frameLocator("iframe.drawn")
  await expect(frame.locator("#said")).toHaveText("Hello")
  await expect(frame.locator("#said")).toHaveCSS("color", "rgb(1, 2, 3)")
  await page.getByRole("tab", { name: "Source" }).click()
  await expect(page.getByText("pixel.png")).toBeVisible()
  await page.goto(`${box.url}/view/latest.html`)
  await expect(page.locator("#said")).toHaveText("Hello")
  expect(met, "connections to the server that the mail names").toBe(0)
  await page.goBack()
  await page.getByRole("tab", { name: "HTML" }).click()
  for (const link of ["#way", "#inside"]) {
    await frame.locator(link).click() // a browser may dial where a person presses; it gets no further
    await expect(page.getByRole("heading", { name: `hostile ${email}` })).toBeVisible()
  }
  expect(asked, "requests to the server that the mail names").toEqual([])
  await page.context().close()
  await new Promise((closed) => elsewhere.close(closed))
})

test("the mailbox is used by the keyboard alone", async ({ page, email, lab }) => {
  const box = await mailService(lab)
  await send(lab, email, `Subject: keys ${email}\r\n\r\nyour code: 314159`)
  await page.goto(box.url)
  await page.getByRole("searchbox").focus()
  await page.keyboard.type(`addressed:${email}`)
  await expect(page.getByText("1 mail,")).toBeVisible()
  await page.keyboard.press("Tab")
  await page.keyboard.press("Tab")
  await page.keyboard.press("Enter")
  await expect(page.getByRole("heading", { name: `keys ${email}` })).toBeFocused()
  await expect(page.locator(".code-digits")).toHaveText("314159")
  await page.keyboard.press("Tab")
  await expect(page.getByRole("button", { name: "Delete", exact: true })).toBeFocused()
  await page.keyboard.press("Enter")
  await expect(page.getByText("No mail is found by")).toBeVisible()
})
