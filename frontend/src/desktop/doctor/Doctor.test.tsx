import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, test } from "vitest"

import type { DoctorReport } from "../lab"
import { finding, mailDown, passport } from "../testing/fakeDoctor"
import { openWindow, refusal } from "../testing/fakeLab"
import { abilities } from "./passport"
import { hiddenBy } from "./round"

const go = async (view: ReturnType<typeof openWindow>) => {
  await view.user.click(await screen.findByRole("button", { name: /^Doctor/ }))
  return view
}

const report = (...findings: DoctorReport["findings"]): DoctorReport => ({
  well: findings.every((f) => f.verdict !== "failed"),
  changed: [],
  findings,
})

const examined = (calls: readonly string[]) => calls.filter((c) => c.startsWith("FollowDoctor"))

describe("the doctor's checks", () => {
  test("run once when the panel is first opened, and again when asked", async () => {
    const { fake, user } = await go(openWindow())
    expect(await screen.findByRole("heading", { name: "Nothing is wrong" })).toBeTruthy()
    await user.click(screen.getByRole("button", { name: /^Home/ }))
    await user.click(screen.getByRole("button", { name: /^Doctor/ }))
    expect(await screen.findByRole("heading", { name: "Nothing is wrong" })).toBeTruthy()
    expect(examined(fake.calls)).toHaveLength(1)
    await user.click(screen.getByRole("button", { name: "Examine again" }))
    await waitFor(() => expect(examined(fake.calls)).toHaveLength(2))
  })

  test("appear one by one as they are found, and can be stopped", async () => {
    let end: (r: DoctorReport) => void = () => undefined
    const slow = new Promise<DoctorReport>((done) => (end = done))
    const { fake, find, user } = await go(openWindow({ report: slow }))
    expect(await screen.findByText("0 checked")).toBeTruthy()
    find(finding())
    expect(await screen.findByText("1 checked")).toBeTruthy()
    expect(screen.getByRole("listitem", { name: "TLS-03: ok" })).toBeTruthy()
    find(mailDown())
    expect(await screen.findByText("2 checked")).toBeTruthy()
    expect(screen.getByRole("listitem", { name: "ML-01: failed" })).toBeTruthy()
    await user.click(screen.getByRole("button", { name: "Stop" }))
    expect(fake.calls).toContainEqual(expect.stringMatching(/^Leave stream/))
    end(report(finding(), mailDown()))
    expect(await screen.findByText(/Stopped after 2 checks; the rest was not looked at/)).toBeTruthy()
    expect(screen.getByRole("heading", { name: "1 check failed" })).toBeTruthy()
  })

  test("are counted against the number of the round before", async () => {
    const { fake, find, user } = await go(openWindow({ report: report(finding(), mailDown()) }))
    await screen.findByRole("heading", { name: "1 check failed" })
    fake.report = new Promise(() => undefined)
    await user.click(screen.getByRole("button", { name: "Examine again" }))
    find(finding())
    expect(await screen.findByText("1 of 2 checked")).toBeTruthy()
  })

  test("show cause, evidence, fix and command of what failed, and what it hides", async () => {
    const hidden = finding({
      id: "ML-11",
      title: "a mail arrives",
      verdict: "skipped",
      cause: "needs ML-01, which failed",
      needs: ["ML-01"],
    })
    const { fake, user } = await go(openWindow({ report: report(finding(), mailDown(), hidden) }))
    const row = await screen.findByRole("listitem", { name: "ML-01: failed" })
    for (const words of [
      "The mail service is stopped.",
      "Start it.",
      "connection refused",
      "nobody could look at ML-11",
      "stands on SV-01",
    ])
      expect(row.textContent).toContain(words)
    await user.click(within(row).getByRole("button", { name: "Copy the command" }))
    expect(fake.calls).toContain("copied sting start mail")
    expect(screen.queryByRole("listitem", { name: "TLS-03: ok" })).toBeNull()
    await user.click(screen.getByRole("button", { name: "Well 1" }))
    expect(screen.getByRole("listitem", { name: "TLS-03: ok" })).toBeTruthy()
    await user.click(screen.getByRole("button", { name: "Skipped 1" }))
    expect(screen.getByRole("listitem", { name: "ML-11: skipped" }).textContent).toContain("needs ML-01, which failed")
  })

  test("are repaired on the spot, and say what was changed", async () => {
    const mended = {
      ...report(mailDown({ verdict: "ok", cause: "", fix: "", command: "", fixable: false })),
      changed: ["The mail service was started."],
    }
    const { fake, user } = await go(openWindow({ report: report(mailDown()), mended }))
    await user.click(await screen.findByRole("button", { name: "Repair ML-01" }))
    expect(fake.calls).toContain("Repair ML-01")
    expect(await screen.findByText("The mail service was started.")).toBeTruthy()
    expect(screen.queryByRole("listitem", { name: "ML-01: failed" })).toBeNull()
    expect(screen.getByRole("heading", { name: "Nothing is wrong" })).toBeTruthy()
  })

  test("are repaired together where several can be", async () => {
    const { fake, user } = await go(openWindow({ report: report(mailDown(), mailDown({ id: "SV-01" })) }))
    await user.click(await screen.findByRole("button", { name: "Repair 2 of them" }))
    expect(fake.calls).toContain("Repair")
  })

  test("say that a repair had nothing to do", async () => {
    const { user } = await go(openWindow({ report: report(mailDown()), mended: report(mailDown({ verdict: "ok" })) }))
    await user.click(await screen.findByRole("button", { name: "Repair ML-01" }))
    expect(await screen.findByText("ML-01 needed no repair when it was looked at once more.")).toBeTruthy()
  })

  test("run again one at a time, and keep the others", async () => {
    const { fake, user } = await go(
      openWindow({ report: report(mailDown(), finding({ id: "TLS-04", verdict: "warning", cause: "It ends soon." })) }),
    )
    await screen.findByRole("listitem", { name: "TLS-04: warning" })
    fake.report = report(mailDown({ verdict: "ok" }))
    await user.click(screen.getByRole("button", { name: "Run ML-01 again" }))
    expect(fake.calls).toContain("FollowDoctor ML-01")
    await waitFor(() => expect(screen.queryByRole("listitem", { name: "ML-01: failed" })).toBeNull())
    expect(screen.getByRole("listitem", { name: "TLS-04: warning" })).toBeTruthy()
    expect(screen.getByRole("heading", { name: "Nothing failed, 1 warning" })).toBeTruthy()
  })

  test("explain themselves in the window", async () => {
    const { fake, user } = await go(openWindow({ report: report(mailDown()) }))
    await user.click(await screen.findByRole("link", { name: "ML-01" }))
    expect(await screen.findByRole("dialog", { name: "ML-01" })).toBeTruthy()
    expect(fake.calls).toContain("Help ML-01")
  })

  test("say why nobody could be examined, and try again", async () => {
    const fails: Record<string, unknown> = { "FollowDoctor": refusal("LAB_NOT_RUNNING", "The lab is not running.") }
    const { user } = await go(openWindow({ fails }))
    expect((await screen.findByRole("alert")).textContent).toContain("LAB_NOT_RUNNING")
    delete fails["FollowDoctor"]
    await user.click(screen.getByRole("button", { name: "Examine again" }))
    expect(await screen.findByRole("heading", { name: "Nothing is wrong" })).toBeTruthy()
  })
})

describe("what one failure hides", () => {
  test("reaches through checks that were skipped for it, and no further", () => {
    const skipped = (id: string, ...needs: string[]) => finding({ id, verdict: "skipped", needs })
    const all = [mailDown(), skipped("A", "ML-01"), skipped("B", "A"), skipped("C", "X"), finding({ id: "D", needs: ["ML-01"] })]
    expect(hiddenBy("ML-01", all)).toEqual(["A", "B"])
  })
})

describe("browsers side by side", () => {
  const browsers = async (view: ReturnType<typeof openWindow>) => {
    await go(view)
    await view.user.click(await screen.findByRole("tab", { name: "Browsers" }))
    return view
  }

  test("begin with the page that makes a passport", async () => {
    const { fake, user } = await browsers(openWindow())
    expect(await screen.findByText("No browser was here yet")).toBeTruthy()
    await user.click(screen.getByRole("button", { name: "Open browser-check" }))
    expect(fake.calls).toContain("Open browser-check")
  })

  test("tell yes, no and unknown apart, one column a browser", async () => {
    const firefox = passport({
      user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0",
      capabilities: {},
      conditional_mediation: false,
    })
    const { user } = await browsers(openWindow({ browsers: [passport({ capabilities: { relatedOrigins: true } }), firefox] }))
    expect((await screen.findAllByRole("columnheader")).map((h) => h.textContent)).toEqual([
      "Ability",
      "Chrome 156 on Linuxjust now",
      "Firefox 150 on Linuxjust now",
    ])
    const row = (name: RegExp) =>
      within(screen.getByRole("row", { name }))
        .getAllByRole("cell")
        .map((c) => c.textContent)
    expect(row(/^Conditional mediation/)).toEqual(["yes", "no"])
    expect(row(/^Platform authenticator/)).toEqual(["unknown", "unknown"])
    expect(row(/^relatedOrigins/)).toEqual(["yes", "unknown"])
    await user.click(screen.getByRole("switch", { name: "Only what differs" }))
    expect(screen.queryByRole("row", { name: /^WebAuthn/ })).toBeNull()
    expect(screen.getByRole("row", { name: /^relatedOrigins/ })).toBeTruthy()
  })

  test("list extensions after what most pages ask for", () => {
    expect(
      abilities([passport({ capabilities: { "extension:prf": true, relatedOrigins: true } })])
        .slice(-2)
        .map((a) => a.name),
    ).toEqual(["relatedOrigins", "extension:prf"])
  })
})

describe("the preflight", () => {
  const preflight = async (view: ReturnType<typeof openWindow>) => {
    await go(view)
    await view.user.click(await screen.findByRole("tab", { name: "Preflight" }))
    return view
  }

  test("gives the verdict a family, the rule and the fix", async () => {
    const { fake, user } = await preflight(openWindow())
    await user.type(await screen.findByRole("textbox", { name: "Address of the page" }), "https://127.0.0.1:8443/login")
    await user.type(screen.getByRole("textbox", { name: "RP ID" }), "127.0.0.1{Enter}")
    const verdict = await screen.findByText("https://127.0.0.1:8443 with the RP ID 127.0.0.1: refused")
    expect(verdict.closest(".note")?.textContent).toContain("What to do: Open https://localhost:8443.")
    expect(fake.calls).toContain('Preflight {"url":"https://127.0.0.1:8443/login","rp_id":"127.0.0.1"}')
    const chromium = screen.getByRole("listitem", { name: "Chromium: refused" })
    for (const words of ["Chrome and Edge", "The page gets SecurityError.", "Tried: a test of the lab asks one."])
      expect(chromium.textContent).toContain(words)
    expect(screen.getByRole("listitem", { name: "Firefox: depends" }).textContent).toContain("From its documentation.")
    expect(screen.getByRole("heading", { name: "The families of browsers differ" })).toBeTruthy()
    expect(screen.getByRole("listitem", { name: "the RP ID is a domain: refused" }).textContent).toContain("Use localhost.")
  })

  test("says what is wrong with the question", async () => {
    const { user } = await preflight(
      openWindow({ fails: { "Preflight": refusal("INVALID_FIELD", "That is no address of a page.") } }),
    )
    await user.click(await screen.findByRole("button", { name: "Would it work?" }))
    expect((await screen.findByRole("alert")).textContent).toContain("no address of a page")
  })
})
