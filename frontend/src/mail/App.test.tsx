import { render, screen, waitFor, within } from "@testing-library/react"
import userEvent from "@testing-library/user-event"
import { beforeEach, expect, test, vi } from "vitest"

import { App } from "./App"

const head = {
  ID: "2JsBIdXGEpp4wJakedjKX0",
  Read: false,
  From: { Name: "Lab", Address: "no-reply@lab.local" },
  To: [{ Name: "Ada", Address: "ada@example.org" }],
  Subject: "Please verify your email address",
  Created: "2026-11-22T11:29:51.967Z",
  Attachments: 1,
  Snippet: "Hi, please verify",
}
const older = { ...head, ID: "4DxyGe6ZjU425xafBMKS7P", Read: true, Subject: "Older", Attachments: 0 }
const message = {
  ...head,
  Cc: [],
  Bcc: [],
  ReplyTo: [],
  Date: "2026-11-22T10:00:02Z",
  Size: 1210,
  Text: "Hi,\r\n\r\nplease verify",
  HTML: "<p>Hi</p><script>alert(1)</script>",
  Inline: [],
  Attachments: [{ PartID: "2", FileName: "a.bin", ContentType: "application/octet-stream", Size: 5 }],
}

/** What was asked of the mailbox, and its stream of news. */
let asked: string[]
let news: { onopen?: () => void; onmessage?: () => void; onerror?: () => void }
let mails: (typeof head)[]
let code: object | null
let broken: boolean

beforeEach(() => {
  asked = []
  mails = [head, older]
  code = { kind: "verification", code: "249583", link: "", page: "https://localhost:8443/verification?code=249583&flow=f" }
  broken = false
  window.location.hash = ""
  vi.stubGlobal("EventSource", function (this: typeof news & { close: () => void }) {
    news = this // eslint-disable-line @typescript-eslint/no-this-alias
    this.close = () => {}
  })
  vi.stubGlobal("fetch", async (path: string, init: { method: string; body?: string }) => {
    asked.push(`${init.method} ${path}${init.body ? ` ${init.body}` : ""}`)
    if (broken) throw new TypeError("Failed to fetch")
    if (path.startsWith("/code/")) return code ? Response.json(code) : new Response("Error: none", { status: 404 })
    if (path.endsWith("/raw")) return new Response("Subject: raw\r\n\r\nbody")
    if (path.endsWith("/headers")) return Response.json({ Subject: ["Please"], Received: ["one", "two"] })
    if (path.startsWith("/api/v1/message/"))
      return path.includes(head.ID) ? Response.json(message) : new Response("404 page not found", { status: 404 })
    if (init.method === "DELETE") return new Response("ok")
    const messages = path.includes("search") ? [] : mails
    return Response.json({ total: 2, unread: 1, messages_count: messages.length, start: 0, messages })
  })
})

async function open() {
  render(<App />)
  await userEvent.click(await screen.findByRole("button", { name: /Please verify/ }))
  return screen.findByRole("heading", { name: head.Subject })
}

test("a mail shows its code, to copy and to open the page with it filled in", async () => {
  await open()
  const card = within(screen.getByRole("region", { name: "Verification code" }))
  expect(card.getByText("249583")).toBeTruthy()
  expect(card.getByRole("button", { name: "Copy the code" })).toBeTruthy()
  expect(card.getByRole("link", { name: "Verify the address" }).getAttribute("href")).toBe(
    "https://localhost:8443/verification?code=249583&flow=f",
  )
})

test("a mail without a code has no card", async () => {
  code = null
  await open()
  expect(screen.queryByText("Code")).toBeNull()
})

test("HTML is drawn in a frame that may do nothing, and nowhere else", async () => {
  await open()
  expect(document.querySelector("iframe, script")).toBeNull()
  await userEvent.click(screen.getByRole("tab", { name: "HTML" }))
  const frame = screen.getByTitle("The mail as HTML")
  expect(frame.getAttribute("sandbox")).toBe("")
  expect(frame.getAttribute("src")).toBe(`/view/${head.ID}.html`)
  expect(frame.hasAttribute("srcdoc")).toBe(false)
})

test("the arrow keys go through the views: source, headers, attachments", async () => {
  await open()
  screen.getByRole("tab", { name: "Text" }).focus()
  await userEvent.keyboard("{ArrowRight}{ArrowRight}")
  expect(await screen.findByText(/Subject: raw/)).toBeTruthy()
  await userEvent.keyboard("{ArrowRight}")
  expect(await screen.findAllByText("Received")).toHaveLength(2)
  await userEvent.keyboard("{ArrowRight}")
  expect(screen.getByRole("link", { name: "a.bin" }).getAttribute("href")).toBe(`/api/v1/message/${head.ID}/part/2`)
})

test("a mail that comes appears by itself", async () => {
  mails = []
  render(<App />)
  expect(await screen.findByText(/No mails yet/)).toBeTruthy()
  mails = [head]
  news.onmessage?.()
  expect(await screen.findByRole("button", { name: /Please verify/ })).toBeTruthy()
  expect(document.title).toBe("(1) Mailbox - STING Companion")
})

test("the list goes by the arrow keys", async () => {
  render(<App />)
  const first = await screen.findByRole("button", { name: /Please verify/ })
  first.focus()
  await userEvent.keyboard("{ArrowDown}{Enter}")
  await waitFor(() => expect(document.activeElement?.textContent).toContain("Older"))
  expect(decodeURIComponent(window.location.hash)).toBe(`#${older.ID}`)
  expect(await screen.findByText("There is no such mail.")).toBeTruthy()
})

test("a search asks the mailbox, and finding nothing is said", async () => {
  render(<App />)
  await userEvent.type(await screen.findByRole("searchbox"), "to:x@y.z")
  expect(await screen.findByText("No mail is found by “to:x@y.z”.")).toBeTruthy()
  expect(asked.at(-1)).toBe("GET /api/v1/search?limit=50&query=to%3Ax%40y.z")
})

test("all mails are deleted only after a question", async () => {
  render(<App />)
  await screen.findByRole("button", { name: /Please verify/ })
  await userEvent.click(screen.getByRole("button", { name: "Delete all" }))
  expect(asked.some((a) => a.startsWith("DELETE"))).toBe(false)
  await userEvent.click(screen.getByRole("button", { name: "Delete 2 mails" }))
  await waitFor(() => expect(asked).toContain("DELETE /api/v1/messages {}"))
})

test("one mail is deleted by its id alone", async () => {
  await open()
  await userEvent.click(screen.getByRole("button", { name: "Delete" }))
  await waitFor(() => expect(asked).toContain(`DELETE /api/v1/messages {"IDs":["${head.ID}"]}`))
  expect(await screen.findByText(/Choose a mail/)).toBeTruthy()
})

test("a mailbox that doesn't answer says what to do, and goes on when it is asked again", async () => {
  broken = true
  render(<App />)
  expect(await screen.findByText("The mailbox does not answer.")).toBeTruthy()
  broken = false
  await userEvent.click(screen.getByRole("button", { name: "Try again" }))
  expect(await screen.findByRole("button", { name: /Please verify/ })).toBeTruthy()
})
