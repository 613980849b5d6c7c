import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, test } from "vitest"

import { linksIn } from "./mails/links"
import { openWindow, refusal } from "./testing/fakeLab"
import { mail, mailText } from "./testing/fakeMails"

async function go(view: ReturnType<typeof openWindow>) {
  await view.user.click(await screen.findByRole("button", { name: /^Mails/ }))
  return view
}

const row = (subject = "Please verify your email address") => screen.findByRole("button", { name: new RegExp(subject) })

const opened = async (more: Parameters<typeof openWindow>[0] = {}) => {
  const view = await go(openWindow({ mails: [mail()], ...more }))
  await view.user.click(await row())
  const article = await screen.findByRole("article", { name: /^Mail / })
  return { ...view, article }
}

describe("the mails panel", () => {
  test("says how to get the first mail, and shows it while somebody looks", async () => {
    const { fake, say } = await go(openWindow())
    expect(await screen.findByText("No mails yet")).toBeTruthy()
    fake.mails = [mail()]
    say("lab", { topic: "mails", id: "m1", what: "created" })
    const arrived = await row()
    expect(arrived.closest("li")?.className).toContain("fresh")
    expect(arrived.textContent).toContain("249583")
    expect(arrived.textContent).toContain("Unread: ")
  })

  test("asks the lab to search, in its words", async () => {
    const { fake, user } = await go(openWindow({ mails: [mail()] }))
    await row()
    fake.mails = []
    await user.type(screen.getByRole("searchbox", { name: "Search mails" }), "is:unread")
    expect(await screen.findByText("No mail matches")).toBeTruthy()
    expect(fake.calls).toContain('Mails {"q":"is:unread","after":"","limit":200}')
  })

  test("draws a mailbox that could not be read, and reads it again", async () => {
    const { fake, user } = await go(openWindow({ fails: { "Mails": refusal("STORE_UNAVAILABLE", "The mails can't be read.") } }))
    expect((await screen.findByRole("alert")).textContent).toContain("The mails can't be read.")
    fake.fails = {}
    await user.click(screen.getByRole("button", { name: "Try again" }))
    expect(await screen.findByText("No mails yet")).toBeTruthy()
  })

  test("goes from mail to mail by the arrow keys, and opens one only by Enter", async () => {
    const { fake, user } = await go(openWindow({ mails: [mail(), mail({ id: "m2", subject: "Older" })] }))
    ;(await row()).focus()
    await user.keyboard("{ArrowDown}")
    await waitFor(() => expect(document.activeElement?.textContent).toContain("Older"))
    expect(fake.calls.some((c) => c.startsWith("Mail "))).toBe(false)
    await user.keyboard("{Enter}")
    await waitFor(() => expect(fake.calls).toContain("Mail m2"))
  })

  test("opens the mailbox in the browser", async () => {
    const { fake, user } = await go(openWindow({ mails: [mail()] }))
    await user.click(await screen.findByRole("button", { name: "Open the mailbox" }))
    expect(fake.calls).toContain("Open mail")
    expect(await screen.findByText("Opened the mailbox in your browser.")).toBeTruthy()
  })

  test("deletes all only after a question, whose harmless answer has the focus", async () => {
    const { fake, user } = await go(openWindow({ mails: [mail(), mail({ id: "m2" })] }))
    await screen.findAllByText("Please verify your email address")
    await user.click(screen.getByRole("button", { name: "Clear" }))
    const question = await screen.findByRole("dialog", { name: "Delete every mail?" })
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Keep them"))
    expect(fake.calls).not.toContain("ClearMails")
    await user.click(within(question).getByRole("button", { name: "Delete all mails" }))
    expect(await screen.findByText("The mailbox is empty: 2 mails deleted.")).toBeTruthy()
  })
})

describe("a mail", () => {
  test("shows its code, to copy, and opens the page with it filled in", async () => {
    const { fake, user } = await opened()
    const card = within(screen.getByRole("region", { name: "Verification code" }))
    expect(card.getByText("249583")).toBeTruthy()
    await user.click(card.getByRole("button", { name: "Copy" }))
    expect(fake.calls).toContain("copied 249583")
    await user.click(card.getByRole("button", { name: "Open the page" }))
    expect(fake.calls).toContain("Open https://localhost:8443/verification?code=249583&flow=f")
  })

  test("that no browser shows the page of gives the address to copy", async () => {
    const url = "https://localhost:8443/verification?code=249583&flow=f"
    const { user } = await opened({ opened: { url, opened: false, error: refusal("BROWSER_NOT_OPENED", "No browser is installed.") } })
    await user.click(screen.getByRole("button", { name: "Open the page" }))
    const dialog = await screen.findByRole("dialog", { name: "No browser came up" })
    expect(within(dialog).getByText(url)).toBeTruthy()
  })

  test("is text: nothing of it becomes an element, a link or a picture", async () => {
    const text = `<img src=x onerror="alert(1)"><a href="https://evil.example">click</a><script>alert(1)</script>`
    const { article } = await opened({ mail: mailText({ text, subject: "<b>bold</b>", from: `"<i>" <a@b.c>`, found: null }) })
    expect(article.textContent).toContain(text)
    expect(article.querySelector("img, a, script, b, i, iframe")).toBeNull()
    expect(screen.queryByRole("region", { name: /code$/i })).toBeNull()
  })

  test("lists its links: the site's own opens by a button that names it, another's is only copied", async () => {
    const text = "Go to https://localhost:8443/recovery?flow=f, or to https://elsewhere.example/win."
    const { fake, user } = await opened({ mail: mailText({ text }) })
    const links = within(screen.getByRole("region", { name: "Links" }))
    expect(links.getByText("leads to elsewhere.example")).toBeTruthy()
    expect(links.queryByRole("button", { name: /^Open https:\/\/elsewhere/ })).toBeNull()
    await user.click(links.getByRole("button", { name: "Copy the link to elsewhere.example" }))
    expect(fake.calls).toContain("copied https://elsewhere.example/win")
    await user.click(links.getByRole("button", { name: "Open https://localhost:8443/recovery?flow=f in the browser" }))
    expect(fake.calls).toContain("Open https://localhost:8443/recovery?flow=f")
  })

  test("names its people and its attachments", async () => {
    const { article } = await opened({
      mail: mailText({ cc: ["grace@example.org"], parts: [{ name: "a.bin", type: "application/octet-stream", size: 2048 }] }),
    })
    expect(article.textContent).toContain("grace@example.org")
    expect(within(screen.getByRole("region", { name: "Attachments" })).getByText("a.bin").parentElement?.textContent).toContain(
      "application/octet-stream, 2.0 KiB",
    )
  })

  test("is deleted after a question; one that fails says why there", async () => {
    const { fake, user } = await opened()
    await user.click(screen.getByRole("button", { name: "Delete" }))
    const question = await screen.findByRole("dialog", { name: "Delete “Please verify your email address”?" })
    expect(fake.calls.some((c) => c.startsWith("RemoveMail"))).toBe(false)
    fake.fails = { "RemoveMail": refusal("NOT_FOUND", "There is no such mail.") }
    await user.click(within(question).getByRole("button", { name: "Delete mail" }))
    expect((await within(question).findByRole("alert")).textContent).toContain("There is no such mail.")
    fake.fails = {}
    await user.click(within(question).getByRole("button", { name: "Delete mail" }))
    expect(await screen.findByText("Choose a mail")).toBeTruthy()
  })

  test("that somebody else deleted says so", async () => {
    const { fake, say } = await opened()
    fake.fails = { "Mail": refusal("NOT_FOUND", "There is no such mail.") }
    say("lab", { topic: "mails", id: "m1", what: "deleted" })
    expect((await screen.findByRole("alert")).textContent).toContain("There is no such mail.")
  })
})

test.each([
  ["a name that only begins like the site", "https://localhost.evil.example:8443/", false],
  ["the site before an @", "https://localhost:8443@evil.example/", false],
  ["another port", "https://localhost:9443/", false],
  ["another scheme", "http://localhost:8443/", false],
  ["the site", "https://localhost:8443/verification?code=1", true],
])("of links, %s is %s: own %s", (_, url, own) => {
  expect(linksIn(`see ${url} now`, "https://localhost:8443")).toEqual([expect.objectContaining({ own })])
})

test("a link shows where it leads even when its letters look like others", () => {
  expect(linksIn("https://аpple.com/x", "https://localhost:8443")[0]?.host).toBe("xn--pple-43d.com")
})
