// Tells the lab of the passkey ceremonies of this page, one record each, when it ends.
// The lab takes them from the pages of the apps in its sting.yml alone.
(() => {
  "use strict"
  const script = document.currentScript, once = Symbol.for("sting.watch")
  if (!script || !globalThis.isSecureContext || globalThis[once]) return
  Object.defineProperty(globalThis, once, { value: true })
  const to = new URL("/api/watch", script.src).href
  const post = fetch.bind(globalThis), { parse, stringify } = JSON
  const began = Object.create(null)
  const send = (text) => {
    const fact = parse(text)
    if (fact.what === "began") {
      began[fact.id] = fact
      return
    }
    const body = stringify([began[fact.id], fact])
    delete began[fact.id]
    // keepalive: the page may be leaving
    const sent = post(to, { method: "POST", credentials: "omit", keepalive: true, headers: { "Content-Type": "application/json" }, body })
    sent.catch(() => {}) // the lab isn't there, or refuses: no affair of the page's
  }
  const hook =
/* hook */
  hook(send, crypto.randomUUID(), script.src)
})()
