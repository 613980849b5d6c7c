// Sees the ceremonies of one frame, and tells send of them: JSON texts, one when a
// ceremony begins, one when it ends, one when the page leaves it. The page must not be
// able to tell: what it sees of the functions is the browser's own, and what went wrong
// in here is nobody's error. Everything that is used later is taken now, before the
// page can replace it. secret is a text that no page can guess, source what stacks call
// this file.
//
// What is left to see: a promise that is refused at once is settled one microtask later; a
// getter of the page's options finds more frames in its own stack; options that are a Proxy
// of the page's are asked for the descriptors of their members; a cycle of prototypes is
// no error by a detour, and one for Reflect too.
(send, secret, source) => {
  "use strict"
  const Container = globalThis.CredentialsContainer
  const Key = globalThis.PublicKeyCredential
  if (!Container || !Key) return // no secure context: the page has nothing to call
  const { apply, getOwnPropertyDescriptor: descriptor, getPrototypeOf } = Reflect
  const { keys, create, defineProperty, setPrototypeOf, prototype: { hasOwnProperty } } = Object
  const { isView } = ArrayBuffer
  const { isArray, prototype: { join } } = Array
  const { stringify } = JSON
  const { fromCharCode } = String
  const { replace, split, includes, startsWith } = String.prototype
  const P = Promise, Bytes = Uint8Array, Held = WeakMap, Failure = Error, base64 = btoa
  const then = P.prototype.then
  const now = performance.now.bind(performance)
  const random = crypto.randomUUID.bind(crypto)
  const listen = addEventListener.bind(globalThis)
  const lengthOf = descriptor(ArrayBuffer.prototype, "byteLength").get
  const abortedOf = descriptor(AbortSignal.prototype, "aborted").get
  const toJSON = Key.prototype.toJSON
  const place = location, ancestors = location.ancestorOrigins, own = globalThis.origin

  const has = (o, name) => apply(hasOwnProperty, o, [name])
  const isObject = (v) => (typeof v === "object" && v !== null) || typeof v === "function"

  // The value of a member, without running a getter of the page.
  const member = (o, name) => {
    for (let at = o, depth = 0; isObject(at) && depth < 8; at = getPrototypeOf(at), depth++) {
      const d = descriptor(at, name)
      if (d) return has(d, "value") ? d.value : undefined
    }
    return undefined
  }
  const isBuffer = (v) => {
    if (isView(v)) return true
    try {
      apply(lengthOf, v, [])
      return true
    } catch {
      return false
    }
  }
  const encode = (v) => {
    const bytes = isView(v) ? new Bytes(v.buffer, v.byteOffset, v.byteLength) : new Bytes(v)
    let text = ""
    for (let i = 0; i < bytes.length; i++) text += fromCharCode(bytes[i])
    return apply(replace, apply(replace, apply(replace, base64(text), [/\+/g, "-"]), [/\//g, "_"]), [/=+$/, ""])
  }
  // A copy of data that JSON can hold: buffers in base64url.
  const plain = (v, depth) => {
    if (typeof v === "bigint") return `${v}`
    if (typeof v === "function" || typeof v === "symbol" || depth > 12) return undefined
    if (!isObject(v)) return v
    if (isBuffer(v)) return encode(v)
    const out = isArray(v) ? [] : create(null)
    const names = keys(v)
    for (let i = 0; i < names.length; i++) {
      defineProperty(out, names[i], { value: plain(member(v, names[i]), depth + 1), enumerable: true, configurable: true, writable: true })
    }
    return out
  }
  // What an extension gave to the page alone is not for us.
  const without = (results) => {
    for (const [extension, secrets] of [["prf", ["results"]], ["largeBlob", ["blob"]], ["hmacGetSecret", ["output1", "output2"]]]) {
      const of = results && results[extension]
      if (!isObject(of)) continue
      for (const name of secrets) if (has(of, name)) of[name] = "redacted"
    }
  }
  const byHand = (c) => {
    const r = c.response
    const out = { id: c.id, rawId: encode(c.rawId), type: c.type, authenticatorAttachment: c.authenticatorAttachment, response: {} }
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (r[name]) out.response[name] = encode(r[name])
    }
    if (r.getTransports) out.response.transports = plain(r.getTransports(), 0)
    out.clientExtensionResults = plain(c.getClientExtensionResults(), 0)
    return out
  }
  const answer = (c) => {
    const out = toJSON ? apply(toJSON, c, []) : byHand(c)
    without(out.clientExtensionResults)
    return out
  }

  const open = create(null)
  let leaving = false
  const tell = (fact) => {
    try {
      send(stringify(fact))
    } catch {} // a page is not to suffer from who looks on
  }
  const left = () => {
    for (const id of keys(open)) tell({ what: "left", id, ms: now() - open[id] })
  }
  const begin = (kind, options) => {
    const asked = isObject(options) ? member(options, "publicKey") : undefined
    if (!isObject(asked)) return undefined
    const id = random()
    const top = ancestors && ancestors.length > 0 ? ancestors[ancestors.length - 1] : own
    tell({
      what: "began", id, kind, options: plain(asked, 0), page: place.href, origin: own, topOrigin: top,
      secure: isSecureContext, mediation: plain(member(options, "mediation"), 0), agent: navigator.userAgent,
    })
    open[id] = now()
    if (!leaving) listen("pagehide", left, { capture: true })
    leaving = true
    return id
  }
  const end = (id, fact) => {
    fact.what = "ended"
    fact.id = id
    fact.ms = now() - open[id]
    delete open[id]
    tell(fact)
  }
  const refused = (id, e) => {
    let name = "Error", message = ""
    try {
      name = `${e.name}`
      message = `${e.message}`
    } catch {} // anything can be the reason of an abort
    end(id, { exception: { name, message } })
  }
  // An error's stack, without the lines that are ours, and no longer than the page wants.
  const cleaned = (e, most) => {
    const d = isObject(e) && descriptor(e, "stack")
    if (!d || typeof e.stack !== "string") return
    const lines = apply(split, e.stack, ["\n"])
    const kept = []
    let frames = 0, ours = false
    for (let i = 0; i < lines.length; i++) {
      const was = ours
      ours = apply(includes, lines[i], [source])
      if (ours || (was && lines[i] === kept[kept.length - 1])) continue // a function that calls itself through us
      if (apply(startsWith, lines[i], ["    at "]) && ++frames > most) continue
      kept[kept.length] = lines[i]
    }
    if (kept.length < lines.length) e.stack = apply(join, kept, ["\n"])
  }
  const stackLimit = () => {
    const d = descriptor(Failure, "stackTraceLimit")
    return d && d.writable && typeof d.value === "number" ? d.value : undefined
  }
  // Calls the browser's function, while stacks have room for lines of ours.
  const call = (target, self, args) => {
    const most = stackLimit()
    const limit = (value) => {
      if (most !== undefined) defineProperty(Failure, "stackTraceLimit", { value })
    }
    limit(most + 4)
    try {
      return apply(target, self, args)
    } catch (e) {
      cleaned(e, most)
      throw e
    } finally {
      limit(most)
    }
  }
  // Does something while an object has a member of its own: what the page has put in that
  // member's place in a prototype is not asked.
  const having = (o, name, act) => {
    const put = isObject(o) && !has(o, name)
    if (put) defineProperty(o, name, { value: undefined, configurable: true })
    try {
      return act()
    } finally {
      if (put) delete o[name]
    }
  }
  // A promise that is settled as another one is: to look at the page's own would be to
  // handle its rejection.
  const follow = (promise, id, most) => new P((resolve, reject) => {
    const done = (v) => {
      try {
        if (id !== undefined) end(id, v ? { credential: answer(v) } : { exception: { name: "", message: "null" } })
      } catch (e) {
        refused(id, e)
      }
      having(v, "then", () => resolve(v))
    }
    const failed = (e) => {
      try {
        if (id !== undefined) refused(id, e)
        cleaned(e, most)
      } catch {}
      reject(e)
    }
    having(promise, "constructor", () => apply(then, promise, [done, failed]))
  })

  // Frames of one origin can ask each other what a function is made of, so they share
  // what they know.
  let real
  try {
    real = globalThis.parent !== globalThis && apply(globalThis.parent.Function.prototype.toString, secret, [])
  } catch {} // another origin's
  if (!isObject(real)) real = new Held()
  const get = Held.prototype.get, set = Held.prototype.set
  const wrap = (of, name, shownAs) => {
    const d = descriptor(of, name)
    if (!d || typeof d.value !== "function") return
    const shown = new Proxy(d.value, {
      apply: shownAs,
      setPrototypeOf(target, parent) {
        if (parent === shown) call(setPrototypeOf, Object, [target, target])
        return setPrototypeOf(target, parent) === target
      },
    })
    apply(set, real, [shown, d.value])
    d.value = shown
    defineProperty(of, name, d)
  }
  for (const [name, kind] of [["create", "registration"], ["get", "authentication"]]) {
    wrap(Container.prototype, name, (target, self, args) => {
      let id, over = false
      try {
        over = apply(abortedOf, member(args[0], "signal"), [])
      } catch {} // no signal
      try {
        id = begin(kind, args[0])
      } catch {} // what can't be read is for the browser to judge
      const promise = call(target, self, args)
      if (!over) return follow(promise, id, stackLimit())
      if (id !== undefined) end(id, { exception: { name: "AbortError", message: "The signal was aborted before the call." } })
      return promise // it is settled: one step later would be seen
    })
  }
  wrap(Function.prototype, "toString", (target, self, args) => {
    if (self === secret) return real
    const of = isObject(self) && apply(get, real, [self])
    return call(target, of || self, args)
  })
}
