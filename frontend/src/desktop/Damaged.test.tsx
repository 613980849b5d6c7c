import { screen } from "@testing-library/react"
import { describe, expect, test } from "vitest"

import { openWindow, person } from "./testing/fakeLab"

describe("a list that lacks what is damaged", () => {
  test("names it above the rows, with whose it is and what to do", async () => {
    const damaged = [
      {
        what: "account",
        id: "i-2",
        of: "bob@example.org",
        file: "sting.db",
        text: "The account of bob@example.org (i-2) in sting.db can't be read: checksum differs.",
        fix: "Put a snapshot back: `sting snapshot list`.",
      },
    ]
    const { user } = openWindow({ people: [person()], damaged })
    await user.click(await screen.findByRole("button", { name: /^People/ }))
    const note = await screen.findByText("Something is missing here")
    expect(note.parentElement?.textContent).toContain("The account of bob@example.org (i-2) in sting.db can't be read")
    expect(note.parentElement?.textContent).toContain("sting snapshot list")
  })
})
