import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, test } from "vitest"

import { config, imported, snapshot } from "../testing/fakeDoctor"
import { openWindow, refusal, status } from "../testing/fakeLab"

const go = async (view: ReturnType<typeof openWindow>) => {
  await view.user.click(await screen.findByRole("button", { name: /^Data & settings/ }))
  return view
}

const called = (calls: readonly string[], method: string) => calls.filter((c) => c.startsWith(method))

describe("snapshots", () => {
  test("are taken under a name, and listed with size and reason", async () => {
    const { fake, user } = await go(openWindow({ snapshots: [snapshot({ name: "before-reset-1", reason: "taken before a reset" })] }))
    expect((await screen.findByRole("listitem", { name: "before-reset-1" })).textContent).toContain("taken before a reset")
    await user.type(screen.getByRole("textbox", { name: "Name of the snapshot" }), "two-people{Enter}")
    const row = await screen.findByRole("listitem", { name: "two-people" })
    for (const word of ["taken by hand", "10 min ago", "128.0 KiB"]) expect(row.textContent).toContain(word)
    expect(fake.calls).toContain("SaveSnapshot two-people")
  })

  test("say beside the form why none was taken", async () => {
    const { user } = await go(openWindow({ fails: { "SaveSnapshot": refusal("SNAPSHOT_TAKEN", "There is a snapshot of that name.") } }))
    await user.type(await screen.findByRole("textbox", { name: "Name of the snapshot" }), "a{Enter}")
    const card = screen.getByRole("region", { name: "Snapshots" })
    expect((await within(card).findByRole("alert")).textContent).toContain("SNAPSHOT_TAKEN")
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Name of the snapshot" }).value).toBe("a")
  })

  test("are restored only after a question, and that can be undone", async () => {
    const changed = {
      message:
        "The lab has the people, passwords, passkeys and sessions of the snapshot two-people; mails, records and " +
        "virtual keys stay as they were.",
      undo: "before-restore-1",
    }
    const { fake, user } = await go(openWindow({ snapshots: [snapshot()], changed }))
    await user.click(await screen.findByRole("button", { name: "Restore two-people" }))
    const question = await screen.findByRole("dialog", { name: "Restore “two-people”?" })
    expect(called(fake.calls, "RestoreSnapshot")).toEqual([])
    await user.click(within(question).getByRole("button", { name: "Restore snapshot" }))
    expect(await screen.findByText(changed.message)).toBeTruthy()
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
    await user.click(screen.getByRole("button", { name: "Undo" }))
    await waitFor(() => expect(called(fake.calls, "RestoreSnapshot")).toEqual([
      "RestoreSnapshot two-people",
      "RestoreSnapshot before-restore-1",
    ]))
  })

  test("keep the question open when restoring fails, and say why", async () => {
    const { user } = await go(
      openWindow({ snapshots: [snapshot()], fails: { "RestoreSnapshot": refusal("SNAPSHOT_DAMAGED", "The snapshot is damaged.") } }),
    )
    await user.click(await screen.findByRole("button", { name: "Restore two-people" }))
    const question = await screen.findByRole("dialog")
    await user.click(within(question).getByRole("button", { name: "Restore snapshot" }))
    expect((await within(question).findByRole("alert")).textContent).toContain("SNAPSHOT_DAMAGED")
  })

  test("are removed after a question", async () => {
    const { fake, user } = await go(openWindow({ snapshots: [snapshot()] }))
    await user.click(await screen.findByRole("button", { name: "Remove two-people" }))
    expect(called(fake.calls, "RemoveSnapshot")).toEqual([])
    await user.click(await screen.findByRole("button", { name: "Remove snapshot" }))
    await waitFor(() => expect(screen.queryByRole("listitem", { name: "two-people" })).toBeNull())
    expect(fake.calls).toContain("RemoveSnapshot two-people")
  })

  test("draw a list that could not be read, and read it again", async () => {
    const fails: Record<string, unknown> = { "Snapshots": refusal("SNAPSHOT_FOLDER", "The folder can't be read.") }
    const { user } = await go(openWindow({ snapshots: [snapshot()], fails }))
    expect((await screen.findByRole("alert")).textContent).toContain("SNAPSHOT_FOLDER")
    delete fails["Snapshots"]
    await user.click(screen.getByRole("button", { name: "Try again" }))
    expect(await screen.findByRole("listitem", { name: "two-people" })).toBeTruthy()
  })
})

describe("a reset", () => {
  test("says what goes and what stays before it does anything, and is undone from its snapshot", async () => {
    const { fake, user } = await go(openWindow({ status: status({ users: 2, passkeys: 3, sessions: 1 }) }))
    await user.click(await screen.findByRole("button", { name: "Reset the lab" }))
    const question = await screen.findByRole("dialog", { name: "Reset the lab?" })
    for (const words of [
      "2 people, 3 passkeys and 1 session",
      "every mail",
      "but no mails and no records",
      "the keys of the virtual authenticator",
      "the certificate authority that the browsers trust",
    ])
      expect(question.textContent).toContain(words)
    expect(called(fake.calls, "Reset")).toEqual([])
    await user.click(within(question).getByRole("button", { name: "Reset the lab" }))
    expect(
      await screen.findByText("Users, sessions, passkeys, mails and records are gone; the keys of the virtual authenticator stay."),
    ).toBeTruthy()
    expect(fake.calls).toContain('Reset {"ca":false}')
    await user.click(screen.getByRole("button", { name: "Undo" }))
    await waitFor(() => expect(fake.calls).toContain("RestoreSnapshot before-reset-1"))
  })

  test("makes a new certificate authority only when that was ticked", async () => {
    const { fake, user } = await go(openWindow())
    await user.click(await screen.findByRole("button", { name: "Reset the lab" }))
    const question = await screen.findByRole("dialog")
    await user.click(within(question).getByRole("checkbox", { name: "Make a new certificate authority too" }))
    await user.click(within(question).getByRole("button", { name: "Reset, with a new authority" }))
    await waitFor(() => expect(fake.calls).toContain('Reset {"ca":true}'))
  })

  test("that can't be undone says why", async () => {
    const { user } = await go(openWindow({ fails: { "RestoreSnapshot": refusal("NOT_FOUND", "There is no such snapshot.") } }))
    await user.click(await screen.findByRole("button", { name: "Reset the lab" }))
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Reset the lab" }))
    await user.click(await screen.findByRole("button", { name: "Undo" }))
    expect((await screen.findByRole("alert")).textContent).toContain("There is no such snapshot.")
  })
})

describe("export and import", () => {
  test.each([
    ["Export all", "sting"],
    ["Export for Kratos", "kratos"],
  ])("%s writes a file and says where", async (button, format) => {
    const { fake, user } = await go(openWindow())
    await user.click(await screen.findByRole("button", { name: button }))
    expect(await screen.findByText("/home/ada/sting-export.json")).toBeTruthy()
    expect(fake.calls).toContain(`ExportData ${format}`)
  })

  test("say nothing when the person chose no place", async () => {
    const { fake, user } = await go(openWindow({ exported: "" }))
    await user.click(await screen.findByRole("button", { name: "Export all" }))
    await waitFor(() => expect(fake.calls).toContain("ExportData sting"))
    expect(screen.queryByText("Written, readable by you alone")).toBeNull()
  })

  test("tell what came in, and what was left out and why", async () => {
    const { user } = await go(openWindow({ imported: imported({ skipped: ["ada@example.org: somebody has this address already"] }) }))
    await user.click(await screen.findByRole("button", { name: "Import" }))
    expect(await screen.findByText("1 person, 2 passkeys and no sessions came in")).toBeTruthy()
    expect(screen.getByText("ada@example.org: somebody has this address already")).toBeTruthy()
  })

  test("show what could not be read", async () => {
    const { user } = await go(openWindow({ fails: { "ImportData": refusal("IMPORT_UNREADABLE", "This is not what the lab exports.") } }))
    await user.click(await screen.findByRole("button", { name: "Import" }))
    expect((await screen.findByRole("alert")).textContent).toContain("IMPORT_UNREADABLE")
  })
})

describe("one thing at a time", () => {
  test("nothing else can be begun while an import runs", async () => {
    const view = openWindow({ snapshots: [snapshot()], imported: new Promise(() => undefined) as never })
    await go(view)
    await view.user.click(await screen.findByRole("button", { name: "Import" }))
    for (const name of ["Export all", "Reset the lab", "Restore two-people", "Turn the mock user on"])
      expect(screen.getByRole<HTMLButtonElement>("button", { name }).disabled).toBe(true)
  })
})

test("a restore that takes long says so, also when its question was closed, and lets nothing else begin", async () => {
  const view = openWindow({ snapshots: [snapshot()], changed: new Promise(() => undefined) as never })
  await go(view)
  await view.user.click(await screen.findByRole("button", { name: "Restore two-people" }))
  await view.user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Restore snapshot" }))
  await view.user.keyboard("{Escape}")
  expect(await screen.findByText("The lab's data is being replaced")).toBeTruthy()
  await waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button", { name: "Reset the lab" }).disabled).toBe(true))
})

describe("the mock user", () => {
  test("is turned on as somebody, and says who that is", async () => {
    const { fake, user } = await go(openWindow())
    await user.type(await screen.findByRole("textbox", { name: "E-mail" }), "eve@example.org")
    await user.type(screen.getByRole("textbox", { name: "Role" }), "admin")
    fake.status = status({ mock_user: true })
    await user.click(screen.getByRole("button", { name: "Turn the mock user on" }))
    expect(fake.calls).toContain('Mock {"on":true,"email":"eve@example.org","role":"admin"}')
    expect((await screen.findByText(/^Every browser is shown as/)).textContent).toContain("eve@example.org, role admin")
    expect(screen.getByText("The mock user is on: every visitor of the site counts as signed in.")).toBeTruthy()
    await user.click(screen.getByRole("button", { name: "Turn the mock user off" }))
    expect(called(fake.calls, "Mock").at(-1)).toContain('"on":false')
  })

  test("says beside its form why it was refused", async () => {
    const { user } = await go(openWindow({ fails: { "Mock": refusal("INVALID_FIELD", "The mock user needs an e-mail address.") } }))
    await user.click(await screen.findByRole("button", { name: "Turn the mock user on" }))
    expect((await within(screen.getByRole("region", { name: /^Mock user/ })).findByRole("alert")).textContent).toContain(
      "needs an e-mail address",
    )
  })
})

describe("the configuration in force", () => {
  test("shows each problem with its line, its meaning and its fix", async () => {
    const problems = [
      {
        severity: "warning",
        line: 7,
        key: "webauthn.config.rp.origins",
        meaning: "127.0.0.1 can never be an RP ID.",
        fix: "Use localhost.",
      },
    ]
    const { fake, user } = await go(openWindow({ config: config({ problems }) }))
    const list = await screen.findByRole("list", { name: "1 problem" })
    for (const words of ["Line 7", "webauthn.config.rp.origins", "127.0.0.1 can never be an RP ID.", "Use localhost."])
      expect(list.textContent).toContain(words)
    expect(screen.getByLabelText("Configuration in force, as YAML").textContent).toContain("site: 8443 # default")
    await user.click(screen.getByRole("button", { name: "Copy the path of the configuration" }))
    expect(fake.calls).toContain("copied /home/ada/sting/sting.yml")
  })

  test("that can't be read says why", async () => {
    await go(openWindow({ fails: { "Config": refusal("LAB_NOT_RUNNING", "The lab is not running.") } }))
    expect((await screen.findByRole("alert")).textContent).toContain("LAB_NOT_RUNNING")
  })
})
