import { act, screen, within } from "@testing-library/react"
import { describe, expect, test } from "vitest"

import type { TrustReport, TrustStore } from "./lab"
import { openWindow, refusal } from "./testing/fakeLab"

const certificate = {
  ca_path: "",
  ca_subject: "",
  ca_fingerprint: "",
  ca_not_after: "",
  leaf_hosts: [],
  leaf_not_before: "",
  leaf_not_after: "",
  leaf_spki: "",
}

const chromium: TrustStore = {
  kind: "nss",
  name: "Chromium",
  path: "/home/ada/nssdb",
  before: "trusted",
  after: "trusted",
  note: "",
  error: null,
}
const system: TrustStore = {
  kind: "system",
  name: "the system's store",
  path: "/usr/local/share/ca.crt",
  before: "absent",
  after: "absent",
  note: "would be added",
  error: null,
}

const report = (...stores: TrustStore[]): TrustReport => ({ certificate, stores })

const group = () => screen.findByRole("group", { name: "Trust in the system's store" })

describe("trust in the system's store", () => {
  test("is offered beside the browsers', and the password is announced", async () => {
    const { fake, user } = openWindow({
      trust: report(chromium, system),
      trusted: report(chromium, { ...system, after: "trusted", note: "for curl and its like" }),
    })
    const card = await group()
    expect(card.textContent).toContain("the system asks for your password")
    expect(screen.getByText(/^Trusted in 1 store\./)).toBeTruthy()
    expect(fake.calls).not.toContain('Trust {"browsers":true,"system":true}')
    await user.click(within(card).getByRole("button", { name: "Trust in the system's store too" }))
    expect(fake.calls).toContain('Trust {"browsers":true,"system":true}')
    expect(await within(card).findByText("absent → trusted")).toBeTruthy()
    expect(within(card).getByText("for curl and its like")).toBeTruthy()
    await user.click(within(card).getByRole("button", { name: "Remove from the system's store" }))
    expect(fake.calls).toContain('Trust {"system":true,"untrust":true}')
  })

  test("names the way by the terminal where the dialogue was closed or never came", async () => {
    const error = {
      ...refusal(
        "TRUST_NEEDS_ROOT",
        "The system's trust store can only be changed by root.",
        "Run this in a terminal: sudo sh -c 'install'",
      ),
    }
    const { fake, user } = openWindow({ trust: report(chromium, system), trusted: report(chromium, { ...system, error }) })
    const card = await group()
    expect(within(card).queryByText("sting trust --system")).toBeNull()
    await user.click(within(card).getByRole("button", { name: "Trust in the system's store too" }))
    expect((await within(card).findByRole("alert")).textContent).toContain("TRUST_NEEDS_ROOT")
    await user.click(within(card).getByRole("button", { name: "Copy the command" }))
    expect(fake.calls).toContain("copied sting trust --system")
  })

  test("is not counted among the browsers' stores, and stays in view when those change", async () => {
    const { fake, user } = openWindow({
      trust: report({ ...chromium, before: "absent" }, system),
      trusted: report({ ...chromium, before: "absent" }),
    })
    await group()
    await user.click(screen.getByRole("button", { name: "Trust in this machine's browsers" }))
    expect(fake.calls).toContain('Trust {"browsers":true}')
    expect(await screen.findByText("absent → trusted")).toBeTruthy()
    expect(within(await group()).getByText("absent")).toBeTruthy()
  })

  test("shows what kept all of it from being asked", async () => {
    const { user } = openWindow({
      trust: report(chromium, system),
      fails: { 'Trust {"browsers":true,"system":true}': refusal("CA_FOLDER", "The folder can't be written.") },
    })
    await user.click(within(await group()).getByRole("button", { name: "Trust in the system's store too" }))
    expect((await screen.findByRole("alert")).textContent).toContain("CA_FOLDER")
  })
})

test("what a terminal changed meanwhile is there when the window is looked at again", async () => {
  const { fake, user } = openWindow({
    trust: report({ ...chromium, before: "absent" }, system),
    trusted: report({ ...chromium, before: "absent" }),
  })
  await user.click(await screen.findByRole("button", { name: "Trust in this machine's browsers" }))
  expect(await screen.findByText("absent → trusted")).toBeTruthy()
  fake.trust = report({ ...chromium, before: "older" }, system)
  act(() => void dispatchEvent(new Event("focus")))
  expect(await screen.findByText("older")).toBeTruthy()
  fake.trust = report(chromium, system)
  act(() => void dispatchEvent(new Event("focus")))
  expect(await screen.findByText(/^Trusted in 1 store\./)).toBeTruthy()
})
