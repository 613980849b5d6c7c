import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, test, vi } from "vitest"

import type { Opened } from "./lab"
import { ceremony, summary } from "./testing/fakeCeremonies"
import { details, openWindow, passkey, refusal } from "./testing/fakeLab"
import { running, stopped, virtualKey } from "./testing/fakeVirtual"

type More = Parameters<typeof openWindow>[0]

async function go(more: More = {}) {
  const view = openWindow(more)
  await view.user.click(await screen.findByRole("button", { name: /^Authenticator/ }))
  await screen.findByRole("heading", { name: "Authenticator" })
  return view
}

const browser = () => screen.findByRole("region", { name: "Browser" })

describe("the authenticator panel", () => {
  test("starts the browser with a page, says that it is starting, and shows it run", async () => {
    let come = (_: Opened) => {}
    const { fake, say, user } = await go()
    expect((await browser()).textContent).toContain("Not running")
    fake.opened = new Promise((done) => (come = done))
    await user.click(screen.getByRole("button", { name: "Open register" }))
    expect((await screen.findByRole("status")).textContent).toContain("The browser is starting")
    fake.virtual = running()
    say("lab", { topic: "virtual", id: "", what: "" })
    come({ url: "https://localhost:8443/register", opened: true, error: null })
    expect(await screen.findByText("Opened register with a virtual authenticator.")).toBeTruthy()
    await waitFor(async () => expect((await browser()).textContent).toContain("Chromium, process 5123, 1 page, since 2 min ago"))
  })

  test("says why there is none, and what to do", async () => {
    const why = refusal("VIRTUAL_NO_BROWSER", "No Chromium was found.", "Install one of them.")
    const { fake, user } = await go({ opened: { url: "https://localhost:8443/register", opened: false, error: why } })
    await user.click(await screen.findByRole("button", { name: "Open register" }))
    expect(fake.calls).toContain('Open {"page":"register","virtual":true}')
    const dialog = await screen.findByRole("dialog", { name: "No browser came up" })
    expect(dialog.textContent).toContain("Install one of them.")
    expect(dialog.textContent).not.toContain("https://localhost:8443/register") // another browser has no such authenticator
  })

  test("tells a browser that is open behind a warning from one that isn't", async () => {
    const { user } = await go({ opened: { url: "u", opened: true, error: refusal("VIRTUAL_UNTRUSTED", "The browser shows a warning.") } })
    await user.click(await screen.findByRole("button", { name: "Open login" }))
    expect((await screen.findByRole("dialog", { name: "The browser is open, and shows something else" })).textContent).toContain(
      "VIRTUAL_UNTRUSTED",
    )
  })

  test("closes the browser; one that fails says why on its card", async () => {
    const { fake, user } = await go({ virtual: running() })
    fake.fails = { "ChangeVirtual": refusal("VIRTUAL_NOT_RUNNING", "It is gone already.") }
    await user.click(await screen.findByRole("button", { name: "Close the browser" }))
    expect((await within(await browser()).findByRole("alert")).textContent).toContain("It is gone already.")
    fake.fails = {}
    fake.virtual = stopped()
    await user.click(screen.getByRole("button", { name: "Close the browser" }))
    expect(fake.calls).toContain("ChangeVirtual close")
    await waitFor(async () => expect((await browser()).textContent).toContain("Not running"))
  })

  test("shows what a person should know of it", async () => {
    await go({ virtual: running({ note: "The browser doesn't trust the lab's certificate." }) })
    expect(await screen.findByText("The browser doesn't trust the lab's certificate.")).toBeTruthy()
  })

  test("draws one that can't be asked, and asks again", async () => {
    const { fake, user } = await go({ fails: { "Virtual": refusal("VIRTUAL_KEYS", "The keys can't be read.") } })
    expect((await screen.findByRole("alert")).textContent).toContain("The keys can't be read.")
    fake.fails = {}
    await user.click(screen.getByRole("button", { name: "Try again" }))
    expect(await browser()).toBeTruthy()
  })
})

describe("its behaviour", () => {
  test.each([
    ["User verification", "Refuse", '{"do":"user_verification","to":"refuse"}', running({ user_verification: "refuse" })],
    ["User presence", "Off", '{"do":"user_presence","to":"off"}', running({ user_presence: "off" })],
    ["Signature", "Bad", '{"do":"signature","to":"bad"}', running({ signature: "bad" })],
  ])("%s: %s", async (title, word, change, after) => {
    const { fake, user } = await go({ virtual: running() })
    const line = await screen.findByRole("radiogroup", { name: title })
    fake.virtual = after
    await user.click(within(line).getByText(word))
    expect(fake.calls).toContain(`ChangeVirtual ${change}`)
    expect(await screen.findByText("wrong on purpose")).toBeTruthy()
  })

  test("goes by the arrow keys", async () => {
    vi.stubGlobal("CSS", { escape: (text: string) => text }) // jsdom has none, and the keys of radios ask for it
    const { fake, user } = await go({ virtual: running() })
    within(await screen.findByRole("radiogroup", { name: "Signature" }))
      .getByRole("radio", { name: "Good" })
      .focus()
    await user.keyboard("{ArrowRight}")
    expect(fake.calls).toContain('ChangeVirtual {"do":"signature","to":"bad"}')
  })

  test("that can't be set stays as it is, and says why there", async () => {
    const { user } = await go({ virtual: running(), fails: { "ChangeVirtual": refusal("VIRTUAL_NOT_RUNNING", "No browser runs.") } })
    const line = await screen.findByRole("radiogroup", { name: "User verification" })
    await user.click(within(line).getByText("Refuse"))
    expect((await within(screen.getByRole("region", { name: "Behaviour" })).findByRole("alert")).textContent).toContain("No browser runs.")
    expect(within(line).getByRole("radio", { name: "On" })).toHaveProperty("checked", true)
  })

  test("can't be set while no browser runs, and is said to begin right", async () => {
    await go()
    const line = await screen.findByRole("radiogroup", { name: "User verification" })
    expect(within(line).getByRole("radio", { name: "Refuse" })).toHaveProperty("disabled", true)
    expect(screen.getByText(/Each start begins with an authenticator that does everything right/)).toBeTruthy()
  })
})

describe("its keys", () => {
  test("are listed with whose they are and whether the lab knows them", async () => {
    await go({
      virtual: stopped({
        keys: [
          virtualKey(),
          virtualKey({ id: "k2", user_name: "grace@example.org", status: "revoked" }),
          virtualKey({ id: "k3", user_name: "alan@example.org", status: "unknown here", passkey_id: "" }),
        ],
      }),
    })
    expect((await screen.findByRole("row", { name: /ada@example\.org/ })).textContent).toContain("active")
    expect(screen.getByRole("row", { name: /grace/ }).textContent).toContain("revoked")
    expect(screen.getByRole("row", { name: /alan/ }).textContent).toContain("unknown here")
    expect(screen.queryByRole("button", { name: "Show the passkey of alan@example.org" })).toBeNull()
  })

  test("flip their flags, with no browser too", async () => {
    const { fake, user } = await go({ virtual: stopped({ keys: [virtualKey()] }) })
    const be = await screen.findByRole("switch", { name: "Backup eligible, key of ada@example.org" })
    expect(be).toHaveProperty("checked", true)
    fake.virtual = stopped({ keys: [virtualKey({ backup_eligible: false })] })
    await user.click(be)
    expect(fake.calls).toContain('ChangeVirtual {"do":"flip_be","key":"Vk3dY0Zr9aQmmw"}')
    await waitFor(() => expect(be).toHaveProperty("checked", false))
    await user.click(screen.getByRole("switch", { name: "Backed up, key of ada@example.org" }))
    expect(fake.calls).toContain('ChangeVirtual {"do":"flip_bs","key":"Vk3dY0Zr9aQmmw"}')
  })

  test("have their counter set by Enter, left by Escape, and refused before the lab is asked", async () => {
    const { fake, user } = await go({ virtual: stopped({ keys: [virtualKey()] }) })
    const changes = () => fake.calls.filter((c) => c.startsWith("ChangeVirtual"))
    const pencil = () => screen.findByRole("button", { name: "Set the counter of the key of ada@example.org" })
    await user.click(await pencil())
    await user.keyboard("3{Escape}")
    const again = await pencil()
    await waitFor(() => expect(document.activeElement).toBe(again))
    await user.click(again)
    await user.keyboard("-1{Enter}")
    expect(screen.getByRole("textbox", { name: /^New value/ }).getAttribute("aria-invalid")).toBe("true")
    expect(changes()).toEqual([])
    await user.keyboard("{Control>}a{/Control}2{Enter}")
    await waitFor(() => expect(changes()).toEqual(['ChangeVirtual {"do":"counter","key":"Vk3dY0Zr9aQmmw","counter":2}']))
  })

  test("say why a change did not work, in their row", async () => {
    const { user } = await go({
      virtual: stopped({ keys: [virtualKey()] }),
      fails: { "ChangeVirtual": refusal("VIRTUAL_KEYS", "The keys can't be written.") },
    })
    await user.click(await screen.findByRole("switch", { name: "Backed up, key of ada@example.org" }))
    expect((await within(screen.getByRole("table", { name: "Keys" })).findByRole("alert")).textContent).toContain(
      "The keys can't be written.",
    )
  })

  test("are forgotten only after a question", async () => {
    const { fake, user } = await go({ virtual: stopped({ keys: [virtualKey()] }) })
    await user.click(await screen.findByRole("button", { name: "Forget the key of ada@example.org" }))
    const question = await screen.findByRole("dialog", { name: "Forget the key of ada@example.org?" })
    expect(question.textContent).toContain("nobody can sign in with it any more")
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Keep it"))
    expect(fake.calls.some((c) => c.startsWith("ChangeVirtual"))).toBe(false)
    fake.virtual = stopped()
    await user.click(within(question).getByRole("button", { name: "Forget the key" }))
    expect(fake.calls).toContain('ChangeVirtual {"do":"forget","key":"Vk3dY0Zr9aQmmw"}')
    expect(await screen.findByText(/It holds no key/)).toBeTruthy()
  })

  test("appear while somebody looks, and lead to the passkey", async () => {
    const { fake, say, user } = await go()
    await screen.findByText(/It holds no key/)
    fake.virtual = running({ keys: [virtualKey()] })
    say("lab", { topic: "virtual", id: "", what: "" })
    await user.click(await screen.findByRole("button", { name: "Show the passkey of ada@example.org" }))
    expect(await screen.findByRole("heading", { name: "Passkeys" })).toBeTruthy()
    expect(fake.calls).toContain("PasskeyDetails key-1")
  })
})

describe("what comes from it is marked", () => {
  test("in the ceremonies' list and record", async () => {
    const { user } = openWindow({ tape: [summary({ virtual: true })], records: { c1: ceremony({ virtual: true }) } })
    await user.click(await screen.findByRole("button", { name: /^Ceremonies/ }))
    const line = await screen.findByRole("button", { name: /ada@example\.org/ })
    expect(line.textContent).toContain("virtual")
    await user.click(line)
    expect(within(await screen.findByRole("article", { name: "Ceremony c1" })).getByText("virtual")).toBeTruthy()
  })

  test("in the passkeys' list and inspector, and a real one is not", async () => {
    const { user } = openWindow({
      passkeys: [passkey({ virtual: true }), passkey({ id: "key-2", name: "YubiKey" })],
      details: details({ virtual: true }),
    })
    await user.click(await screen.findByRole("button", { name: /^Passkeys/ }))
    expect((await screen.findByRole("row", { name: /Laptop/ })).textContent).toContain("virtual")
    expect(screen.getByRole("row", { name: /YubiKey/ }).textContent).not.toContain("virtual")
    await user.click(screen.getByRole("button", { name: "Inspect the passkey “Laptop” of ada@example.org" }))
    expect(within(await screen.findByRole("article", { name: "Passkey Laptop" })).getByText("virtual")).toBeTruthy()
  })
})

test("the home panel opens its pages with a virtual authenticator when asked to", async () => {
  const { fake, user } = openWindow()
  await user.click(await screen.findByRole("switch", { name: "with a virtual authenticator" }))
  await user.click(screen.getByRole("button", { name: "Open register" }))
  expect(fake.calls).toContain('Open {"page":"register","virtual":true}')
  expect(fake.calls).not.toContain("Open register")
})
