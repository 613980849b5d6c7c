import { fireEvent, screen, waitFor, within } from "@testing-library/react"
import { describe, expect, test } from "vitest"

import { ceremony, explanation, step, summary, watched } from "./testing/fakeCeremonies"
import { ago, details, openWindow, ownApp, passkey, refusal, session } from "./testing/fakeLab"

const go = async (view: ReturnType<typeof openWindow>, panel: RegExp) => {
  await view.user.click(await screen.findByRole("button", { name: panel }))
  return view
}

const rejected = () => ({ tape: [summary()], records: { c1: ceremony() } })

/** Opens the panel and chooses the ceremony of ada. */
const choose = async (more: Parameters<typeof openWindow>[0] = rejected()) => {
  const view = await go(openWindow(more), /^Ceremonies/)
  await view.user.click(await screen.findByRole("button", { name: /ada@example\.org/ }))
  await screen.findByRole("article", { name: "Ceremony c1" })
  return view
}

describe("the ceremonies panel", () => {
  test("says how to get the first one", async () => {
    const { fake, user } = await go(openWindow(), /^Ceremonies/)
    expect(await screen.findByText("No ceremonies yet")).toBeTruthy()
    await user.click(screen.getByRole("button", { name: "Open register" }))
    expect(fake.calls).toContain("Open register")
  })

  test("shows a ceremony that begins and is refused while somebody looks", async () => {
    const { fake, say } = await go(openWindow(), /^Ceremonies/)
    await screen.findByText("No ceremonies yet")
    fake.tape = [summary({ state: "running", fault: "", ended_at: "" })]
    say("lab", { topic: "ceremonies", id: "c1", what: "running" })
    const row = await screen.findByRole("button", { name: /ada@example\.org/ })
    expect(row.textContent).toContain("running")
    expect(row.closest("li")?.className).toContain("fresh")
    fake.tape = [summary()]
    say("lab", { topic: "ceremonies", id: "c1", what: "rejected" })
    expect(await within(row).findByText("ORIGIN_MISMATCH")).toBeTruthy()
  })

  test("shows whose a ceremony is, those of one app alone, and the server's verdict beside the lab's", async () => {
    const shop = summary({ id: "c2", source: "shop", email: "bob@example.org", state: "rejected", fault: "APP_REFUSED" })
    const { user } = await go(
      openWindow({ tape: [summary(), shop], records: { c2: ceremony({ ...shop, watched: watched() }) }, apps: [ownApp({ name: "shop" })] }),
      /^Ceremonies/,
    )
    const row = await screen.findByRole("button", { name: /bob@example\.org/ })
    expect(row.textContent).toContain("shop")
    await user.click(await screen.findByRole("combobox", { name: "Whose ceremonies" }))
    await user.click(await screen.findByRole("option", { name: "shop" }))
    await waitFor(() => expect(screen.queryByRole("button", { name: /ada@example\.org/ })).toBeNull())
    await user.click(screen.getByRole("button", { name: /bob@example\.org/ }))
    const beside = await screen.findByRole("region", { name: "Beside its server" })
    const said = ["accepted", "refused", "not seen", "POST http://localhost:3000/login 400", "Unexpected origin", "1000 ms is short."]
    for (const words of said) expect(beside.textContent).toContain(words)
  })

  test("shows the cause and the fix first, and opens the failed step alone", async () => {
    await choose()
    const verdict = screen.getByRole("region", { name: "Verdict: Rejected" })
    for (const words of ["The page was at http://localhost:5173.", "Open https://localhost:8443/login.", "ORIGIN_MISMATCH"])
      expect(verdict.textContent).toContain(words)
    const steps = [...screen.getByRole("region", { name: "Step by step" }).querySelectorAll("details")]
    expect(steps.map((s) => s.open)).toEqual([false, true, false])
    for (const words of ["expected", "received", "https://localhost:8443"]) expect(steps[1]?.textContent).toContain(words)
  })

  test("lights the bytes of a field, and the field of a byte, by pointer and by keyboard", async () => {
    const { user } = await choose()
    await user.click(screen.getByRole("tab", { name: "Bytes" }))
    const part = await screen.findByRole("region", { name: "authenticatorData" })
    const lit = () => [...part.querySelectorAll(".hex-bytes [data-lit]")].map((b) => b.textContent).join("")
    const field = within(part).getByRole("button", { name: /^signCount/ })
    await user.hover(field)
    expect(lit()).toBe("00000007")
    const flags = part.querySelector('.hex-bytes [data-i="32"]')
    if (!flags) throw new Error("the flags are not there")
    fireEvent.pointerOver(flags)
    expect(
      within(part)
        .getByRole("button", { name: /^flags/ })
        .hasAttribute("data-lit"),
    ).toBe(true)
    expect(lit()).toBe("05")
    within(part).getByRole("group").focus()
    await user.keyboard("{End}")
    expect(lit()).toBe("00000007")
    expect(part.textContent).toContain("Byte 36: 07, authenticatorData.signCount")
  })

  test("copies the command and exports the record", async () => {
    const { fake, user } = await choose()
    await user.click(screen.getByRole("button", { name: "Copy as curl" }))
    expect(fake.calls.at(-1)).toBe("copied curl https://localhost:8443/api/webauthn/authentication/complete")
    await user.click(screen.getByRole("button", { name: "Export" }))
    expect(fake.calls).toContain("ExportCeremony c1")
    expect(await screen.findByText("The record is in /home/ada/c1.json.")).toBeTruthy()
  })

  test("says that the bytes are in order where the server refused for what it knows", async () => {
    const removed = ceremony({
      fault: "REMOVED_CREDENTIAL",
      cause: "Passkey not found or revoked",
      explanation: explanation({ verdict: "accepted", steps: [step()] }),
    })
    await choose({ ...rejected(), records: { c1: removed } })
    expect(screen.getByText("The answer itself is in order")).toBeTruthy()
  })

  test("says where the verifier and the explainer don't agree", async () => {
    await choose({ ...rejected(), records: { c1: ceremony({ differs: ["The server refused it; the explainer finds nothing."] }) } })
    expect(screen.getByText("The server refused it; the explainer finds nothing.")).toBeTruthy()
  })

  test("shows one that still runs without steps, and the steps once it is answered", async () => {
    const running = ceremony({ state: "running", fault: "", cause: "", fix: "", ended_at: "" })
    delete running.explanation
    const { fake, say, user } = await choose({ tape: [summary({ state: "running" })], records: { c1: running } })
    await user.click(screen.getByRole("tab", { name: "Steps" }))
    expect(screen.getByText(/The browser has not answered yet/)).toBeTruthy()
    fake.records["c1"] = ceremony()
    say("lab", { topic: "ceremonies", id: "c1", what: "rejected" })
    expect(await screen.findByRole("region", { name: "Verdict: Rejected" })).toBeTruthy()
    expect(screen.getByText("1 failed", { exact: false })).toBeTruthy()
  })

  test("filters by state and says so when nothing is left", async () => {
    const { fake, user } = await go(openWindow(rejected()), /^Ceremonies/)
    await screen.findByRole("button", { name: /ada@example\.org/ })
    await user.click(screen.getByText("Verified"))
    expect(await screen.findByText("No ceremony matches")).toBeTruthy()
    expect(fake.calls.at(-1)).toContain('"q":"verified"')
  })

  test("compares two: the steps that differ, and only those", async () => {
    const good = ceremony({
      id: "c2",
      state: "verified",
      fault: "",
      explanation: explanation({
        verdict: "accepted",
        steps: [step(), step({ id: "7.2.13", title: "origin", expected: "https://localhost:8443", received: "https://localhost:8443" })],
      }),
    })
    const tape = [summary({ id: "c2", state: "verified", email: "bob@example.org", fault: "" }), summary()]
    const { user } = await go(openWindow({ tape, records: { c1: ceremony(), c2: good } }), /^Ceremonies/)
    for (const id of ["c1", "c2"]) await user.click(await screen.findByRole("checkbox", { name: `Compare Sign-in ${id}` }))
    const both = await screen.findByRole("article", { name: "Comparison" })
    expect(within(both).getByRole("rowheader", { name: "7.2.13 origin" })).toBeTruthy()
    expect(within(both).queryByRole("rowheader", { name: "7.2.12 challenge" })).toBeNull()
    await user.click(within(both).getByRole("button", { name: "End comparison" }))
    expect(await screen.findByText("Choose a ceremony")).toBeTruthy()
  })

  test("leads to the session that came out of it", async () => {
    const { user } = await choose({ ...rejected(), records: { c1: ceremony({ session_id: "0c7d9a1e-session" }) }, sessions: [session()] })
    await user.click(screen.getByRole("button", { name: "Show the session 0c7d9a1e-session" }))
    expect(await screen.findByRole("heading", { name: "Sessions" })).toBeTruthy()
    expect(screen.getByRole("searchbox", { name: "Search sessions" })).toHaveProperty("value", "0c7d9a1e-session")
  })

  test("draws a record that could not be read", async () => {
    const view = await go(
      openWindow({ ...rejected(), fails: { "Ceremony": refusal("NOT_FOUND", "There is no record of this ceremony.") } }),
      /^Ceremonies/,
    )
    await view.user.click(await screen.findByRole("button", { name: /ada@example\.org/ }))
    expect((await screen.findByRole("alert")).textContent).toContain("There is no record of this ceremony.")
  })
})

describe("the explain panel", () => {
  const open = (more: Parameters<typeof openWindow>[0] = {}) => go(openWindow(more), /^Explain/)
  const file = JSON.stringify(ceremony().record)

  test("explains what is pasted, with its steps", async () => {
    const { fake, user } = await open()
    await user.click(await screen.findByRole("textbox", { name: "The ceremony, as JSON" }))
    await user.paste(file)
    await user.click(within(screen.getByRole("main")).getByRole("button", { name: "Explain" }))
    expect(fake.calls).toContain(`Explain ${file}`)
    expect((await screen.findByRole("region", { name: "Verdict: Sign-in: rejected" })).textContent).toContain(
      "The page was at http://localhost:5173.",
    )
    expect(screen.getByText("origin")).toBeTruthy()
  })

  test("explains a file that is dropped", async () => {
    const { fake } = await open()
    const form = (await screen.findByRole("textbox", { name: "The ceremony, as JSON" })).closest("form")
    if (!form) throw new Error("no form")
    fireEvent.drop(form, { dataTransfer: { files: [new File([file], "c1.json")] } })
    await waitFor(() => expect(fake.calls).toContain(`Explain ${file}`))
  })

  test("says why something is no ceremony, and keeps it to be mended", async () => {
    const { user } = await open({ fails: { "Explain": refusal("MALFORMED", "This is not a recorded ceremony.") } })
    const box = await screen.findByRole("textbox", { name: "The ceremony, as JSON" })
    await user.click(box)
    await user.paste("{}")
    await user.keyboard("{Control>}{Enter}{/Control}")
    expect((await screen.findByRole("alert")).textContent).toContain("This is not a recorded ceremony.")
    expect(box).toHaveProperty("value", "{}")
  })
})

describe("the inspector of a passkey", () => {
  const inspect = async (more: Parameters<typeof openWindow>[0]) => {
    const view = await go(openWindow({ passkeys: [passkey()], ...more }), /^Passkeys/)
    await view.user.click(await screen.findByRole("button", { name: "Inspect the passkey “Laptop” of ada@example.org" }))
    await screen.findByRole("article", { name: "Passkey Laptop" })
    return view
  }

  test("shows the key in each form", async () => {
    const { user } = await inspect({})
    expect(screen.getByLabelText("the key as JWK").textContent).toContain('"crv": "P-256"')
    await user.click(screen.getByText("PEM"))
    expect(screen.getByLabelText("the key as PEM").textContent).toContain("BEGIN PUBLIC KEY")
    await user.click(screen.getByText("COSE"))
    expect(screen.getByLabelText("the COSE key in base64url").textContent).toBe("pQECAyYgASFYIK_v")
  })

  test("draws the counter and says where it did not go up", async () => {
    const uses = [3, 9, 4].map((sign_count, i) => ({ at: ago(60 - i), sign_count, backup_state: false, user_verified: true }))
    await inspect({ details: details({ uses, warnings: ["Its counter went from 9 to 4: there may be a copy of it."] }) })
    expect(screen.getByRole("img", { name: "The counter over 3 uses, 9 at most; it did not go up 1 time." })).toBeTruthy()
    expect(screen.getByText(/there may be a copy of it/)).toBeTruthy()
  })

  test("marks a tombstone", async () => {
    await inspect({ details: details({ status: "revoked", revoked_at: ago(60) }) })
    expect(screen.getByText("Removed here: the password manager may still offer this one")).toBeTruthy()
  })

  test("leads to the record of a use", async () => {
    const { user } = await inspect({ ...rejected(), details: details({ ceremonies: ["c1"] }) })
    await user.click(await screen.findByRole("button", { name: "Show the record c1" }))
    expect(await screen.findByRole("article", { name: "Ceremony c1" })).toBeTruthy()
  })
})
