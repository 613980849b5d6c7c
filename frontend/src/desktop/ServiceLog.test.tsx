import { screen, waitFor, within } from "@testing-library/react"
import { describe, expect, test } from "vitest"

import type { LogLine } from "./lab"
import { ago, openWindow, refusal } from "./testing/fakeLab"

const line = (level: LogLine["level"], text: string, service = "site"): LogLine => ({ at: ago(5), service, level, text })

const lines = [line("debug", "asks"), line("info", "Listens at 8443"), line("warn", "a slow answer"), line("error", "no answer")]

describe("the log of a service", () => {
  const go = async (view: ReturnType<typeof openWindow>) => {
    await view.user.click(await screen.findByRole("button", { name: /^Services/ }))
    await view.user.click(await screen.findByRole("button", { name: "Log of site" }))
    return view
  }

  test("is searched, whichever way words are written, and marks what was found", async () => {
    const { user } = await go(openWindow({ log: lines }))
    const log = await screen.findByRole("log", { name: "Log of site" })
    expect(log.textContent).toContain("a slow answer")
    await user.type(screen.getByRole("searchbox", { name: "Search the log of site" }), "listens")
    expect(log.querySelectorAll("p")).toHaveLength(1)
    expect(log.querySelector("mark")?.textContent).toBe("Listens")
    expect(screen.getByText("1 of 4 lines")).toBeTruthy()
    await user.type(screen.getByRole("searchbox", { name: "Search the log of site" }), " not there")
    expect(log.textContent).toBe("No line matches the search and the level.")
  })

  test("shows a level and what is worse", async () => {
    const { user } = await go(openWindow({ log: lines }))
    const log = await screen.findByRole("log", { name: "Log of site" })
    await user.selectOptions(screen.getByRole("combobox", { name: "Level of the log of site" }), "Warnings and errors")
    expect([...log.querySelectorAll("p")].map((p) => p.dataset["level"])).toEqual(["warn", "error"])
  })

  test("copies the lines that are shown, and no others", async () => {
    const { fake, user } = await go(openWindow({ log: lines }))
    await screen.findByRole("log", { name: "Log of site" })
    await user.selectOptions(screen.getByRole("combobox", { name: "Level of the log of site" }), "Errors")
    await user.click(screen.getByRole("button", { name: "Copy the lines shown" }))
    expect(fake.calls.filter((c) => c.startsWith("copied"))).toEqual([`copied ${lines[3]?.at} error no answer`])
  })

  test("says that it is live or paused, and holds still while it is paused", async () => {
    const { fake, user } = await go(openWindow({ log: lines }))
    const log = await screen.findByRole("log", { name: "Log of site" })
    expect(screen.getByText("live")).toBeTruthy()
    fake.log = [...lines, line("info", "came while live")]
    expect(await within(log).findByText(/came while live/)).toBeTruthy()
    await user.click(screen.getByRole("button", { name: "Pause the log of site" }))
    expect(screen.getByText(/^paused at /)).toBeTruthy()
    fake.log = [...fake.log, line("info", "came while paused")]
    const asked = fake.calls.filter((c) => c.startsWith("Logs")).length
    await new Promise((passed) => setTimeout(passed, 1200)) // longer than the time between two questions
    expect(fake.calls.filter((c) => c.startsWith("Logs"))).toHaveLength(asked)
    expect(log.textContent).not.toContain("came while paused")
    await user.click(screen.getByRole("button", { name: "Resume the log of site" }))
    await waitFor(() => expect(log.textContent).toContain("came while paused"), { timeout: 3000 })
  })

  test("that can't be read says why", async () => {
    await go(openWindow({ fails: { "Logs": refusal("UNKNOWN_SERVICE", "There is no service called site.") } }))
    expect((await screen.findByRole("alert")).textContent).toContain("UNKNOWN_SERVICE")
  })
})

test("the log of all services says whose each line is", async () => {
  const { fake, user } = openWindow({ log: [line("info", "listens"), line("warn", "is odd", "")] })
  await user.click(await screen.findByRole("button", { name: /^Services/ }))
  await user.click(await screen.findByRole("button", { name: "Log of all services" }))
  const log = await screen.findByRole("log", { name: "Log of all services" })
  expect([...log.querySelectorAll(".log-service")].map((s) => s.textContent)).toEqual(["site", "lab"])
  expect(fake.calls).toContain('Logs {"name":"","n":300}')
})
