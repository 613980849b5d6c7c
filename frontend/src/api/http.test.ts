import { expect, test, vi } from "vitest"

import { refusal, stubLab } from "../test/lab"
import { lab } from "./http"

test("every request says that it sends JSON", async () => {
  const asked = stubLab({ "GET /api/webauthn/passkeys": { passkeys: [], count: 0 }, "DELETE /api/webauthn/passkeys/a": { success: true } })
  await lab.passkeys()
  await lab.removePasskey("a")
  expect(asked.map((a) => a.headers.get("Content-Type"))).toEqual(["application/json", "application/json"])
})

test("a refusal keeps every member of its body", async () => {
  stubLab({ "POST /api/auth/login": refusal(401, "INVALID_CREDENTIALS", "Wrong.", { field: "password", ceremony_id: "cer-1" }) })
  await expect(lab.login("a@b", "c")).rejects.toMatchObject({
    code: "INVALID_CREDENTIALS",
    message: "Wrong.",
    hint: "Do the next thing.",
    requestId: "req-1",
    ceremonyId: "cer-1",
    help: "/help/INVALID_CREDENTIALS",
    field: "password",
    status: 401,
  })
})

test("a lab that is gone is said to be gone", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")))
  await expect(lab.session()).rejects.toMatchObject({ code: "UNREACHABLE", message: "The lab does not answer." })
})

test("a lab that is too slow is said to be slow", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new DOMException("", "TimeoutError")))
  await expect(lab.session()).rejects.toMatchObject({ code: "NO_ANSWER_IN_TIME" })
})

test("an answer that isn't the lab's is not shown as one", async () => {
  vi.stubGlobal("fetch", async () => new Response("<h1>Bad Gateway</h1>", { status: 502 }))
  await expect(lab.session()).rejects.toMatchObject({ code: "NOT_THE_LAB", status: 502 })
})

test("an id never becomes another path", async () => {
  const asked = stubLab({ "DELETE /api/webauthn/passkeys/..%2Fstats": { success: true } })
  await lab.removePasskey("../stats")
  expect(asked).toHaveLength(1)
})
