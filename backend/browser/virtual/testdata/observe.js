// Everything that a page can learn about the functions of passkeys, as data. Whether
// somebody looks on must make no difference to it, but for what hook.js names.
async () => {
  const out = {}
  const challenge = new Uint8Array(32), user = {id: new Uint8Array(16), name: "ada", displayName: "Ada"}
  const creation = (more) => ({publicKey: {challenge, rp: {name: "app"}, user, pubKeyCredParams: [{type: "public-key", alg: -7}],
    ...more}})
  const request = (more) => ({publicKey: {challenge, ...more}})
  const masked = (text) => `${text}`.replace(/localhost:\d+/g, "localhost:0").replace(/:\d+:\d+\)?/g, ":0:0")
  const thrown = (e) => ({
    is: Object.prototype.toString.call(e), name: e?.name, message: masked(e?.message), type: e?.constructor?.name,
    own: Reflect.ownKeys(Object(e)).map(String).sort(), stack: masked(e?.stack),
    chain: e instanceof DOMException ? "DOMException" : e instanceof TypeError ? "TypeError" : "other",
  })
  const attempt = (f) => {
    try {
      const v = f()
      return typeof v === "object" && v !== null ? Object.prototype.toString.call(v) : `${typeof v} ${String(v)}`
    } catch (e) {
      return thrown(e)
    }
  }
  const settled = (p) => p.then((v) => Object.prototype.toString.call(v), thrown)

  const described = (f) => ({
    kind: typeof f, name: f.name, length: f.length, text: `${f}`, own: Reflect.ownKeys(f).map(String),
      tag: Object.prototype.toString.call(f),
    parent: Object.getPrototypeOf(f) === Function.prototype, frozen: Object.isFrozen(f), extensible: Object.isExtensible(f),
    called: Function.prototype.toString.call(f), bound: `${f.bind(null)} ${f.bind(null).name}`, constructed: attempt(() => new f()),
    extended: attempt(() => class extends f {}), reflected: attempt(() => Reflect.construct(Object, [], f)),
      cloned: attempt(() => structuredClone(f)),
    inherited: attempt(() => Object.create(f).toString()).message, proxied: attempt(() => new Proxy(f, {}).toString()),
      json: JSON.stringify({f}),
    caller: attempt(() => f.caller), args: attempt(() => f.arguments), proto: attempt(() => f.prototype), again: f === f.valueOf(),
    cycle: attempt(() => {
      try {
        Object.setPrototypeOf(f, f)
      } finally {
        Object.setPrototypeOf(f, Function.prototype)
      }
    }),
  })
  const members = (of) => Reflect.ownKeys(of).map((key) => {
    const d = Object.getOwnPropertyDescriptor(of, key)
    const value = typeof d.value === "function" ? described(d.value) : typeof d.value
    return {key: String(key), writable: d.writable, enumerable: d.enumerable, configurable: d.configurable, get: d.get?.name, value}
  })
  for (const [name, of] of Object.entries({
    container: CredentialsContainer.prototype, instance: navigator.credentials, statics: PublicKeyCredential,
      key: PublicKeyCredential.prototype,
    text: {toString: Function.prototype.toString}, container_itself: CredentialsContainer,
  })) out[name] = members(of)
  out.function = Reflect.ownKeys(Function.prototype).map(String)
  out.promise = Reflect.ownKeys(Promise).map(String)
  const own = /^(bytes|text|post|begin|creation|request|complete|register|signIn)$/ // of the page itself
  out.global = Reflect.ownKeys(globalThis).map(String).filter((name) => !own.test(name))
  out.text_of_others = [{}, null, 1, class {}, () => 1, Math.max].map((v) => attempt(() => Function.prototype.toString.call(v)))
  out.text_without = attempt(() => Reflect.apply(Function.prototype.toString, undefined, []))

  const c = navigator.credentials, {create, get} = CredentialsContainer.prototype
  const promises = {
    nothing: () => c.create(), null: () => c.get(null), number: () => c.get(1), empty: () => c.get({}),
      wrong_receiver: () => get.call({}, request()),
    no_receiver: () => create.call(undefined, creation()), no_members: () => c.create({publicKey: {}}),
      bad_enum: () => c.get({...request(), mediation: "no"}),
    bad_signal: () => c.get({...request(), signal: 1}), getter_throws: () => c.get({get publicKey() { throw new RangeError("mine") }}),
    other_party: () => c.create(creation({rp: {id: "other.example", name: "x"}})), short: () => c.get(request({rpId: "other.example"})),
    no_algorithm: () => c.create(creation({pubKeyCredParams: [{type: "public-key", alg: -999}]})),
      password: () => c.get({password: true}),
    both: () => c.create({...creation(), password: {id: "a", password: "b"}}),
      wrong_challenge: () => c.get({publicKey: {challenge: "text"}}),
    detached: () => c.get(request({challenge: structuredClone(new Uint8Array(8).buffer, {transfer: []}), timeout: 1,
      allowCredentials: [{type: "public-key", id: 3}]})),
  }
  out.promises = {}
  for (const [name, f] of Object.entries(promises)) {
    let p
    try {
      p = f()
    } catch (e) {
      out.promises[name] = {threw: thrown(e)}
      continue
    }
    out.promises[name] = {
      plain: p.constructor === Promise && Object.getPrototypeOf(p) === Promise.prototype, own: Reflect.ownKeys(p).length,
        settled: await settled(p),
    }
  }

  // How the page sees time: what comes before what.
  const order = async (call) => {
    const log = []
    const note = (what) => () => { log.push(what) }
    const p = call()
    p.then(note("resolved"), note("rejected"))
    let chain = Promise.resolve()
    for (let i = 0; i < 6; i++) chain = chain.then(note(i))
    await settled(p)
    await chain
    return log
  }
  const reason = {mine: true}
  out.order = {
    aborted: await order(() => c.get({...request(), signal: AbortSignal.abort(reason)})),
  }
  const asked = []
  await settled(c.get({
    get mediation() { asked.push("mediation") }, get publicKey() { asked.push("publicKey"); return request().publicKey },
    get signal() { asked.push("signal"); return AbortSignal.abort(reason) },
  }))
  out.asked = asked
  const later = async (more) => {
    const log = [], aborter = new AbortController()
    aborter.signal.addEventListener("abort", () => { log.push("event"); queueMicrotask(() => log.push("after the event")) })
    const p = c.get({...request(more.publicKey), ...more.top, signal: aborter.signal})
    const q = p.then(() => "resolved", (e) => { log.push("rejected"); return e === reason })
    await new Promise((ok) => setTimeout(ok, 300))
    aborter.abort(reason)
    log.push("aborted")
    Promise.resolve().then(() => log.push("microtask"))
    log.push(await q)
    return log
  }
  out.aborts = {
    before: await c.get({...request(), signal: AbortSignal.abort(reason)}).catch((e) => e === reason),
    default: await settled(c.get({...request(), signal: AbortSignal.abort()})), timeout: await settled(c.get({...request(),
      signal: AbortSignal.timeout(0)})),
    conditional: await later({top: {mediation: "conditional"}, publicKey: {allowCredentials: []}}),
  }
  // Nobody else looks at the promise or at what it gives.
  const reads = {constructor: 0, species: 0, then: 0, calls: 0, unhandled: 0}
  const counted = async (do_) => {
    const species = Object.getOwnPropertyDescriptor(Promise, Symbol.species),
      own = Object.getOwnPropertyDescriptor(Promise.prototype, "constructor")
    const then = Promise.prototype.then
    Object.defineProperty(Promise, Symbol.species, {get() { reads.species++; return this }, configurable: true})
    Object.defineProperty(Promise.prototype, "constructor", {get() { reads.constructor++; return Promise }, configurable: true})
    Object.defineProperty(PublicKeyCredential.prototype, "then", {get() { reads.then++ }, configurable: true})
    Promise.prototype.then = function (...args) { reads.calls++; return Reflect.apply(then, this, args) }
    const unhandled = (e) => { reads.unhandled++; e.preventDefault() }
    addEventListener("unhandledrejection", unhandled)
    do_()
    await new Promise((ok) => setTimeout(ok, 1500))
    removeEventListener("unhandledrejection", unhandled)
    Promise.prototype.then = then
    Object.defineProperty(Promise, Symbol.species, species)
    Object.defineProperty(Promise.prototype, "constructor", own)
    delete PublicKeyCredential.prototype.then
    return {...reads}
  }
  out.refused = await counted(() => { c.get({...request(), signal: AbortSignal.abort()}); c.get(request({rpId: "other.example"})) })
  out.made = await counted(() => { c.create(creation({authenticatorSelection: {residentKey: "required"}})) })
  out.taken = await counted(() => { c.get(request()) })
  const made = await c.create(creation())
  out.credential = {own: Reflect.ownKeys(made).map(String), chain: made.constructor.name, id: typeof made.id,
    json: Object.keys(made.toJSON()).sort()}

  // Frames of this origin and of another, and functions of theirs.
  out.frames = {}
  for (const [name, source] of Object.entries({blank: undefined, srcdoc: "<p>x</p>", same: "/"})) {
    const frame = document.createElement("iframe")
    if (name === "same") frame.src = source
    else if (source) frame.srcdoc = source
    const loaded = new Promise((ok) => { frame.onload = ok })
    document.body.append(frame)
    const look = () => {
      const w = frame.contentWindow, F = w.Function
      return {
        get: described(w.CredentialsContainer.prototype.get).text, own: Reflect.ownKeys(w).length > 500,
        other: F.prototype.toString.call(get), mine: Function.prototype.toString.call(w.CredentialsContainer.prototype.create),
        made: new F("return `${navigator.credentials.get} ${Function.prototype.toString}`")(), text: `${F.prototype.toString}`,
        crossed: attempt(() => F.prototype.toString.call(new Proxy(get, {}))),
          names: Reflect.ownKeys(w).map(String).filter((n) => n.length > 20).sort(),
      }
    }
    const early = look()
    await loaded
    out.frames[name] = {early, late: look(),
      call: await settled(frame.contentWindow.navigator.credentials.get({publicKey: {challenge: 1}}))}
    frame.remove()
  }
  out.made_here = new Function("return `${navigator.credentials.get} ${Function.prototype.toString} ${Object.keys(this)}`")().length > 0
  out.depth = (() => {
    let n = 0
    const deep = () => { n++; deep() }
    try {
      deep()
    } catch {}
    return n > 1000
  })()
  Error.stackTraceLimit = 3
  const nested = (n) => n === 0 ? c.get({publicKey: {challenge: 1}}) : nested(n - 1)
  out.limited = await settled(nested(8))
  return out
}
