import { afterEach, beforeEach, expect, test, vi } from "vitest"

import { cancellable } from "./cancel"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test("a call that the browser never lets go of is left behind when it is stopped", async () => {
  const control = new AbortController()
  const waiting = cancellable(control.signal, () => new Promise(() => {}))
  const ended = expect(waiting).rejects.toMatchObject({ name: "AbortError" })
  control.abort()
  await vi.advanceTimersByTimeAsync(1_000)
  await ended
})

test("a call that answers is answered", async () => {
  await expect(cancellable(new AbortController().signal, async () => "passkey")).resolves.toBe("passkey")
})
