import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, test } from "vitest"

import { ceremony, summary, watched } from "./testing/fakeCeremonies"
import { appPage, openWindow, ownApp, refusal } from "./testing/fakeLab"

type More = Parameters<typeof openWindow>[0]

async function go(more: More = {}) {
  const view = openWindow(more)
  await view.user.click(await screen.findByRole("button", { name: "Apps" }))
  await screen.findByRole("heading", { name: "Apps" })
  return view
}

const app = (name: string) => screen.findByRole("listitem", { name })

const certificate = {
  names: ["bank.test"],
  issuer: "mkcert",
  not_before: "2026-01-01T00:00:00Z",
  not_after: "2027-01-01T00:00:00Z",
  spki: "c3BraQ==",
  why: "Nobody here trusts mkcert.",
  accepted: false,
  changed: false,
}
const unseen = { url: "", opened: false, error: refusal("APP_CERTIFICATE", "Browsers don't trust the app's certificate."), certificate }

describe("the apps panel", () => {
  test("shows the lab's own site where there is no app, and offers no removal of it", async () => {
    await go()
    const own = await app("lab")
    expect(within(own).queryByRole("button", { name: /Remove/ })).toBeNull()
    expect(await screen.findByText("No app of yours yet")).toBeTruthy()
  })

  test("opens a page with the virtual authenticator, and with the real one where that is chosen", async () => {
    const { fake, user } = await go({ apps: [ownApp()] })
    const shop = await app("shop")
    await user.click(within(shop).getByRole("button", { name: "Log in at shop" }))
    expect(await screen.findByText("Opened login of shop in the lab browser.")).toBeTruthy()
    await user.click(screen.getByRole("radio", { name: "Real" }))
    await user.click(within(shop).getByRole("button", { name: "Register at shop" }))
    await waitFor(() =>
      expect(fake.calls.filter((c) => c.startsWith("OpenApp"))).toEqual([
        'OpenApp {"app":"shop","page":"login","real":false}',
        'OpenApp {"app":"shop","page":"register","real":true}',
      ]),
    )
  })

  test("shows whether an app answers, what browsers say, its passkeys, what its options lack and its ceremonies", async () => {
    const last = summary({ id: "c2", source: "shop", kind: "registration", fault: "APP_REFUSED" })
    const key = {
      id: "AAECAwQFBgcICQoLDA0ODw",
      passkey_id: "",
      status: "unknown",
      rp_id: "localhost",
      user_name: "ada",
      backup_eligible: true,
      backup_state: true,
      sign_count: 7,
    }
    const shown = appPage({ keys: [key], ceremonies: [last], answer: { ...appPage().answer, certificate } })
    const records = { c2: ceremony({ ...last, watched: watched() }) }
    const { user } = await go({ apps: [ownApp()], appPage: shown, tape: [last], records })
    await user.click(within(await app("shop")).getByRole("button", { name: "Show shop" }))
    const page = await screen.findByRole("article", { name: "App shop" })
    expect(await within(page).findByText("What the options of the page lack")).toBeTruthy()
    const said = ["It answered 200", "mkcert", "asked about when", "RP ID localhost: works", "ada", "1000 ms is short.", "APP_REFUSED"]
    for (const words of said) expect(page.textContent).toContain(words)
    await user.click(within(page).getByRole("button", { name: "Show the record c2" }))
    expect(await screen.findByRole("heading", { name: "Ceremonies" })).toBeTruthy()
  })

  test("says of an app that doesn't answer why, and what to do", async () => {
    const says = "Nothing listens at localhost:3000."
    const answer = { answers: false, status: 0, took_ms: 0, says, fix: "Start it.", certificate: null }
    const { user } = await go({ apps: [ownApp()], appPage: appPage({ answer }) })
    await user.click(within(await app("shop")).getByRole("button", { name: "Show shop" }))
    const page = await screen.findByRole("article", { name: "App shop" })
    for (const words of ["It doesn't answer", says, "Start it.", "None for localhost yet.", "None yet."])
      expect(page.textContent).toContain(words)
  })

  test("says why a page did not open", async () => {
    const error = refusal("VIRTUAL_NO_BROWSER", "No Chromium was found.")
    const { user } = await go({ apps: [ownApp()], appOpened: { url: "", opened: false, error, certificate: null } })
    await user.click(within(await app("shop")).getByRole("button", { name: "Log in at shop" }))
    expect((await screen.findByRole("dialog", { name: "No browser came up" })).textContent).toContain("No Chromium was found.")
  })

  test("adds an app, and puts what is wrong at its field", async () => {
    const wrong = { ...refusal("INVALID_FIELD", "This is not the URL of a page."), field: "url" }
    const { fake, user } = await go({ fails: { AddApp: wrong } })
    await user.click(screen.getByRole("button", { name: "Add an app" }))
    await user.type(await screen.findByLabelText(/^Name/), "shop")
    await user.type(screen.getByLabelText(/^Address/), "nowhere")
    await user.click(screen.getByRole("button", { name: "Add app" }))
    expect(await screen.findByText(/This is not the URL of a page\./)).toBeTruthy()
    expect(screen.getByLabelText(/^Address/).getAttribute("aria-invalid")).toBe("true")
    expect(screen.getByLabelText(/^Name/).getAttribute("aria-invalid")).not.toBe("true")
    fake.fails = {}
    await user.click(screen.getByRole("button", { name: "Add app" }))
    expect(await app("shop")).toBeTruthy()
  })

  test("removes an app only after a question", async () => {
    const { fake, user } = await go({ apps: [ownApp()] })
    await user.click(within(await app("shop")).getByRole("button", { name: "Remove shop" }))
    const question = await screen.findByRole("dialog", { name: "Remove shop?" })
    expect(fake.calls).not.toContain("RemoveApp shop")
    await user.click(within(question).getByRole("button", { name: "Remove app" }))
    await waitFor(() => expect(screen.queryByRole("listitem", { name: "shop" })).toBeNull())
    expect(fake.calls).toContain("RemoveApp shop")
  })

  test("shows a certificate before it is accepted, and accepts that key alone", async () => {
    const { fake, user } = await go({ apps: [ownApp()], appOpened: unseen })
    await user.click(within(await app("shop")).getByRole("button", { name: "Log in at shop" }))
    const question = await screen.findByRole("dialog", { name: "Accept the certificate of shop?" })
    expect(question.textContent).toContain("bank.test, issued by mkcert")
    expect(fake.calls.some((c) => c.includes("trust"))).toBe(false)
    fake.appOpened = { url: "https://bank.test/login", opened: true, error: null, certificate }
    await user.click(within(question).getByRole("button", { name: "Accept and open" }))
    expect(await screen.findByText("Opened login of shop in the lab browser.")).toBeTruthy()
    expect(fake.calls).toContain('OpenApp {"app":"shop","page":"login","real":false,"trust":"c3BraQ=="}')
  })
})
