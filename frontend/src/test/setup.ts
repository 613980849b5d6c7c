import { cleanup } from "@testing-library/react"
import { afterEach } from "vitest"

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
