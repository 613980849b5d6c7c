import { screen, waitFor, within } from "@testing-library/react"
import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"

import { ago, openWindow, passkey, person, refusal, service, session, status } from "./testing/fakeLab"

describe("a window without a lab", () => {
  test("says that it is starting", async () => {
    openWindow({ state: { phase: "starting", attached: false, error: null } })
    expect(await screen.findByRole("status", { name: "Starting the lab" })).toBeTruthy()
  })

  test("shows why the lab did not start, what to do, and tries again", async () => {
    const error = refusal(
      "PORT_TAKEN",
      "Port 8443, which site needs, is held by node (4312).",
      "End that program, or set another port: `ports.site` in sting.yml.",
    )
    const { fake, say, user } = openWindow({ state: { phase: "failed", attached: false, error } })
    const failure = await screen.findByRole("alert", { name: "The lab did not start" })
    expect(failure.textContent).toContain("held by node (4312)")
    expect(failure.textContent).toContain("set another port: ports.site in sting.yml")
    expect(failure.textContent).toContain("PORT_TAKEN")
    await user.click(screen.getByRole("button", { name: "Try again" }))
    expect(fake.calls).toContain("Start")
    say("window", { phase: "running", attached: false, error: null })
    expect(await screen.findByRole("heading", { name: "STING Companion" })).toBeTruthy()
  })

  test("explains the code of what failed, in the window", async () => {
    const { fake, user } = openWindow({ state: { phase: "failed", attached: false, error: refusal("PORT_TAKEN", "Taken.") } })
    await user.click(await screen.findByRole("link", { name: "PORT_TAKEN" }))
    const help = await screen.findByRole("dialog", { name: "PORT_TAKEN" })
    expect(await within(help).findByText("Another program listens there.")).toBeTruthy()
    expect(fake.calls).toContain("Help PORT_TAKEN")
    expect(window.location.pathname).toBe("/")
  })

  test("says that a lab it was attached to has stopped", async () => {
    const { say } = openWindow({ state: { phase: "running", attached: true, error: null } })
    expect(await screen.findByText(/attached to the lab of process 4711/)).toBeTruthy()
    say("window", { phase: "ended", attached: true, error: refusal("LAB_ENDED", "The lab has stopped.") })
    expect(screen.getByRole("heading", { name: "The lab that this window showed has stopped" })).toBeTruthy()
    expect(screen.getByRole("button", { name: "Start the lab" })).toBeTruthy()
  })
})

describe("the home panel", () => {
  test("says in one line how the lab is, and counts", async () => {
    openWindow({ status: status({ users: 1, passkeys: 2, services: [service(), service({ name: "store", state: "Unhealthy" })] }) })
    expect(await screen.findAllByText("store is unhealthy")).toHaveLength(2)
    expect(screen.getByRole("button", { name: "1 person" })).toBeTruthy()
    expect(screen.getByRole("button", { name: "2 passkeys" })).toBeTruthy()
  })

  test("opens a page in the browser", async () => {
    const { fake, user } = openWindow()
    await user.click(await screen.findByRole("button", { name: "Open register" }))
    expect(fake.calls).toContain("Open register")
    expect(await screen.findByText("Opened register in your browser.")).toBeTruthy()
  })

  test("shows the address to copy, and why, when no browser came up", async () => {
    const { user } = openWindow({
      opened: { url: "https://localhost:8443/login", opened: false, error: refusal("BROWSER_NOT_OPENED", "No browser is installed.") },
    })
    await user.click(await screen.findByRole("button", { name: "Open login" }))
    const dialog = await screen.findByRole("dialog", { name: "No browser came up" })
    expect(within(dialog).getByText("No browser is installed.")).toBeTruthy()
    expect(within(dialog).getByText("https://localhost:8443/login")).toBeTruthy()
    expect(within(dialog).getByRole("button", { name: "Copy the address" })).toBeTruthy()
  })

  test("trusts in the browsers' stores and reports each", async () => {
    const { fake, user } = openWindow()
    expect(await screen.findByText("absent")).toBeTruthy()
    await user.click(screen.getByRole("button", { name: "Trust in this machine's browsers" }))
    expect(fake.calls).toContain('Trust {"browsers":true}')
    expect(await screen.findByText("absent → trusted")).toBeTruthy()
    expect(screen.getByText("restart Chromium")).toBeTruthy()
  })

  test("moves the clock and keeps saying that it stands elsewhere", async () => {
    const { fake, say, user } = openWindow()
    await user.type(await screen.findByRole("textbox", { name: "Move the clock by" }), "-1h{Enter}")
    expect(fake.calls).toContain("MoveClock -1h")
    fake.status = status({ clock_offset_seconds: -3600 })
    say("lab", { topic: "clock", id: "", what: "updated" })
    expect(await screen.findByText("The lab's clock is 1 h behind.")).toBeTruthy()
  })

  test("draws a lab that does not answer", async () => {
    openWindow({ fails: { "Status": refusal("STORE_UNAVAILABLE", "The lab can't use its data file right now.") } })
    expect((await screen.findByRole("alert")).textContent).toContain("STORE_UNAVAILABLE")
  })
})

describe("the sessions panel", () => {
  const go = async (view: ReturnType<typeof openWindow>) => {
    await view.user.click(await screen.findByRole("button", { name: /^Sessions/ }))
    return view
  }

  test("says how to get the first session", async () => {
    const { fake, user } = await go(openWindow())
    expect(await screen.findByText("Nobody is signed in")).toBeTruthy()
    await user.click(screen.getByRole("button", { name: "Open login" }))
    expect(fake.calls).toContain("Open login")
  })

  test("shows a session that begins while somebody looks", async () => {
    const { fake, say } = await go(openWindow())
    await screen.findByText("Nobody is signed in")
    fake.sessions = [session()]
    say("lab", { topic: "sessions", id: "0c7d9a1e-session", what: "created" })
    const row = (await screen.findByText("ada@example.org")).closest("[role=row]")
    expect(row?.className).toContain("fresh")
    expect(row?.textContent).toContain("Chrome 156 on Linux")
    expect(row?.textContent).toContain("10 min ago")
  })

  test("reads again after it missed news", async () => {
    const { fake, say } = await go(openWindow())
    await screen.findByText("Nobody is signed in")
    fake.sessions = [session()]
    say("lab", { topic: "missed", id: "", what: "" })
    expect(await screen.findByText("ada@example.org")).toBeTruthy()
  })

  test("hides those that are over until asked", async () => {
    const { user } = await go(
      openWindow({ sessions: [session(), session({ id: "s2", email: "grace@example.org", state: "ended", ended_at: ago(60) })] }),
    )
    await screen.findByText("ada@example.org")
    expect(screen.queryByText("grace@example.org")).toBeNull()
    await user.click(screen.getByText("All"))
    expect(await screen.findByText("grace@example.org")).toBeTruthy()
  })

  test("revokes only after a question, whose harmless answer has the focus", async () => {
    const { fake, user } = await go(openWindow({ sessions: [session()] }))
    await user.click(await screen.findByRole("button", { name: "Revoke the session of ada@example.org" }))
    const question = await screen.findByRole("dialog", { name: "Revoke the session of ada@example.org?" })
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Keep it"))
    expect(fake.calls.filter((c) => c.startsWith("EndSession"))).toEqual([])
    await user.click(within(question).getByRole("button", { name: "Revoke session" }))
    expect(fake.calls).toContain("EndSession 0c7d9a1e-session")
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  })

  test("keeps the question open when revoking fails, and says why", async () => {
    const fails = { "EndSession": refusal("STORE_UNAVAILABLE", "The lab can't use its data file right now.") }
    const { user } = await go(openWindow({ sessions: [session()], fails }))
    await user.click(await screen.findByRole("button", { name: /^Revoke/ }))
    await user.click(await screen.findByRole("button", { name: "Revoke session" }))
    expect((await screen.findByRole("alert")).textContent).toContain("data file")
    expect(screen.getByRole("dialog")).toBeTruthy()
  })

  test("asks the lab to search, and says so when nothing matches", async () => {
    const view = await go(openWindow({ sessions: [session()] }))
    view.fake.sessions = []
    await view.user.type(await screen.findByRole("searchbox", { name: "Search sessions" }), "bob")
    expect(await screen.findByText("No session matches")).toBeTruthy()
    expect(view.fake.calls.at(-1)).toContain('"q":"bob"')
  })

  test("draws a list that could not be read, and reads it again", async () => {
    const fails: Record<string, unknown> = { "Sessions": refusal("STORE_UNAVAILABLE", "The lab can't use its data file right now.") }
    const { user } = await go(openWindow({ sessions: [session()], fails }))
    expect((await screen.findByRole("alert")).textContent).toContain("STORE_UNAVAILABLE")
    delete fails["Sessions"]
    await user.click(screen.getByRole("button", { name: "Try again" }))
    expect(await screen.findByText("ada@example.org")).toBeTruthy()
  })
})

describe("the passkeys panel", () => {
  const go = async (view: ReturnType<typeof openWindow>) => {
    await view.user.click(await screen.findByRole("button", { name: /^Passkeys/ }))
    return view
  }

  test("shows whose it is, what made it and how it was used", async () => {
    await go(openWindow({ passkeys: [passkey()] }))
    const row = (await screen.findByText("Laptop")).closest("[role=row]")
    for (const word of ["ada@example.org", "Windows Hello", "ES256", "7", "not yet", "never", "2 h ago"])
      expect(row?.textContent).toContain(word)
  })

  test("renames in place with Enter, and Escape keeps the old name", async () => {
    const { fake, user } = await go(openWindow({ passkeys: [passkey()] }))
    const rename = () => screen.findByRole("button", { name: "Rename the passkey “Laptop” of ada@example.org" })
    await user.click(await rename())
    await user.keyboard("Nothing{Escape}")
    expect(fake.calls.filter((c) => c.startsWith("RenamePasskey"))).toEqual([])
    await user.click(await rename())
    await user.keyboard("Desk{Enter}")
    await waitFor(() => expect(fake.calls).toContain('RenamePasskey {"id":"key-1","name":"Desk"}'))
  })

  test("refuses an empty name before it asks the lab", async () => {
    const { fake, user } = await go(openWindow({ passkeys: [passkey()] }))
    await user.click(await screen.findByRole("button", { name: /^Rename/ }))
    await user.clear(screen.getByRole("textbox", { name: /^New name/ }))
    await user.keyboard("{Enter}")
    expect(await screen.findByText("A name has 1 to 100 characters.")).toBeTruthy()
    expect(fake.calls.filter((c) => c.startsWith("RenamePasskey"))).toEqual([])
  })

  test("removes after a question", async () => {
    const { fake, user } = await go(openWindow({ passkeys: [passkey()] }))
    await user.click(await screen.findByRole("button", { name: /^Remove the passkey/ }))
    await user.click(await screen.findByRole("button", { name: "Remove passkey" }))
    expect(fake.calls).toContain("RemovePasskey key-1")
  })
})

test("removing a person names what goes with them", async () => {
  const { fake, user } = openWindow({ people: [person()] })
  await user.click(await screen.findByRole("button", { name: /^People/ }))
  await user.click(await screen.findByRole("button", { name: "Remove ada@example.org" }))
  const question = await screen.findByRole("dialog", { name: "Remove ada@example.org?" })
  expect(question.textContent).toContain("The account, its password, 2 passkeys and 1 living session go, for good.")
  await user.click(within(question).getByRole("button", { name: "Remove account" }))
  expect(fake.calls).toContain("RemoveUser person-1")
})

test("a service that fails shows its evidence, its cause and its fix", async () => {
  const bad = service({ state: "Unhealthy", error: refusal("PORT_TAKEN", "Port 8443 is taken.", "Choose another.") })
  const { user } = openWindow({ status: status({ services: [bad] }) })
  await user.click(await screen.findByRole("button", { name: /^Services/ }))
  const card = await screen.findByRole("listitem", { name: "site: Unhealthy" })
  for (const word of ["TLS 1.3", "Port 8443 is taken.", "Choose another.", "PORT_TAKEN"]) expect(card.textContent).toContain(word)
})

describe("a service", () => {
  const go = async (view: ReturnType<typeof openWindow>) => {
    await view.user.click(await screen.findByRole("button", { name: /^Services/ }))
    return view
  }

  test("is restarted, and a restart that fails says why on its card", async () => {
    const fails: Record<string, unknown> = {}
    const { fake, user } = await go(openWindow({ fails }))
    await user.click(await screen.findByRole("button", { name: "Restart site" }))
    expect(fake.calls).toContain("RestartService site")
    expect(await screen.findByText("site is restarted.")).toBeTruthy()
    fails["RestartService"] = refusal("PORT_TAKEN", "The port was taken meanwhile.")
    await user.click(screen.getByRole("button", { name: "Restart site" }))
    const card = screen.getByRole("listitem", { name: "site: Healthy" })
    expect(await within(card).findByText("The port was taken meanwhile.")).toBeTruthy()
  })

  test("that can't start says why once, and no more when it came up", async () => {
    const taken = refusal("PORT_TAKEN", "Port 8443 is held by another program.")
    const window = openWindow({ status: status({ services: [service({ state: "Stopped" })] }), fails: { "StartService": taken } })
    const { fake, user } = await go(window)
    fake.status = status({ services: [service({ state: "Unhealthy", error: taken })] })
    await user.click(await screen.findByRole("button", { name: "Start site" }))
    await within(await screen.findByRole("listitem", { name: "site: Unhealthy" })).findByRole("alert")
    expect(screen.getAllByText("Port 8443 is held by another program.")).toHaveLength(1)
    fake.status = status()
    window.say("lab", { topic: "services", id: "site", what: "Healthy" })
    const card = await screen.findByRole("listitem", { name: "site: Healthy" })
    expect(within(card).queryByRole("alert")).toBeNull()
  })

  test("is stopped only after a question", async () => {
    const { fake, user } = await go(openWindow())
    await user.click(await screen.findByRole("button", { name: "Stop site" }))
    expect(fake.calls.filter((c) => c.startsWith("StopService"))).toEqual([])
    await user.click(within(await screen.findByRole("dialog", { name: "Stop site?" })).getByRole("button", { name: "Stop site" }))
    expect(fake.calls).toContain("StopService site")
  })

  test("that is stopped can be started", async () => {
    const { fake, user } = await go(openWindow({ status: status({ services: [service({ state: "Stopped" })] }) }))
    await user.click(await screen.findByRole("button", { name: "Start site" }))
    expect(fake.calls).toContain("StartService site")
    expect(screen.queryByRole("button", { name: "Restart site" })).toBeNull()
  })

  test("shows its log", async () => {
    const { user } = await go(openWindow())
    await user.click(await screen.findByRole("button", { name: "Log of site" }))
    expect((await screen.findByRole("log", { name: "Log of site" })).textContent).toContain("listens")
  })

  test("says what it complained of before", async () => {
    const past = { at: ago(300), error: { ...refusal("SITE_UNHEALTHY", "The site did not answer.") } }
    await go(openWindow({ status: status({ services: [service({ restarts: 2, last_complaint: past })] }) }))
    const card = await screen.findByRole("listitem", { name: "site: Healthy" })
    expect(card.textContent).toContain("2 times after it ended by itself")
    expect(card.textContent).toContain("5 min ago: The site did not answer.")
  })
})

describe("the navigation", () => {
  test("has its panels in groups, each with its name", async () => {
    openWindow()
    const nav = await screen.findByRole("navigation", { name: "Panels" })
    const names = (group: string) =>
      within(within(nav).getByRole("region", { name: group }))
        .getAllByRole("button")
        .map((b) => b.textContent?.replace(/\d.*$/, ""))
    expect(names("Overview")).toEqual(["Home", "Ceremonies", "Explain"])
    expect(names("Accounts").slice(0, 4)).toEqual(["Sessions", "Passkeys", "People", "Mails"])
  })

  test("goes to the first nine with Ctrl and a digit, and says which", async () => {
    const { user } = openWindow()
    const nav = await screen.findByRole("navigation", { name: "Panels" })
    const keys = within(nav)
      .getAllByRole("button", { name: /./ })
      .flatMap((b) => b.getAttribute("aria-keyshortcuts") ?? [])
    expect(keys).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `Control+${n}`))
    await user.keyboard("{Control>}7{/Control}")
    expect(await screen.findByRole("heading", { name: "Mails" })).toBeTruthy()
    expect(within(nav).getByRole("button", { name: "Mails" }).getAttribute("aria-current")).toBe("page")
  })
})

test("the palette goes to a panel by keyboard alone", async () => {
  const { user } = openWindow()
  await screen.findByRole("heading", { name: "STING Companion" })
  await user.keyboard("{Control>}k{/Control}")
  await user.type(await screen.findByRole("textbox", { name: "Search panels and commands" }), "people{Enter}")
  expect(await screen.findByRole("heading", { name: "People" })).toBeTruthy()
})

test("the window's page runs no script but its own", () => {
  const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(readFileSync("index.html", "utf8"))?.[1] ?? ""
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("connect-src 'self';")
})
