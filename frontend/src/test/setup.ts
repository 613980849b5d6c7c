import { cleanup } from "@testing-library/react"
import { afterEach, vi } from "vitest"

// navigator.credentials is a fake in every test: what says so has tests of its own.
vi.mock("../passkey/replaced", async (original) => ({ ...(await original<object>()), replacedFunctions: vi.fn(() => []) }))

// jsdom has <dialog> without its methods; what matters here is that it opens.
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true
}
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false
}

afterEach(() => {
  cleanup()
  localStorage.clear() // who signed in last is another test's
})
