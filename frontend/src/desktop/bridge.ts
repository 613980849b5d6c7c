import { toFault } from "../api/fault"
import type { ErrorBody } from "../api/types"
import * as Bridge from "../api/wailsjs/go/window/Bridge"
import { EventsOn } from "../api/wailsjs/runtime/runtime"

/** A stream that was begun. */
export interface Following {
  /** Settles when it ends: a Fault is thrown where it broke. */
  ended: Promise<void>
  /** Ends it now; nothing is heard of it any more. */
  stop: () => void
}

/** What is heard of a stream. */
interface Heard<T> {
  item?: T
  ended: boolean
  error?: ErrorBody
}

/** Calls a bound method; throws a Fault. */
export async function call<T>(method: () => Promise<T>): Promise<T> {
  try {
    return await method()
  } catch (thrown) {
    throw toFault(unwired(thrown))
  }
}

/** Asks the lab for a verb, with all members of the question or the text of a file; verbs.ts says what each answers. */
export const ask = <Answer>(name: string, asked: object | string): Promise<Answer> => call(() => Bridge.Ask(name, text(asked)))

let streams = 0

/** Begins a stream of the lab: `hear` gets each item until it ends. */
export function follow<Item>(name: string, asked: object | string, hear: (item: Item) => void): Following {
  const id = `stream ${++streams}`
  let resolve = () => {}
  let reject: (why: Error) => void = resolve
  const ended = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  const off = EventsOn(id, (heard: Heard<Item>) => {
    if (heard.item !== undefined) hear(heard.item)
    if (!heard.ended) return
    off()
    leave()
    if (heard.error) reject(toFault(heard.error))
    else resolve()
  })
  const begun = call(() => Bridge.Follow(id, name, text(asked)))
  // Calls may overtake one another: a stream is left only once it is there.
  const leave = () =>
    void begun.then(
      () => Bridge.Leave(id),
      () => undefined,
    )
  const stop = () => {
    off()
    resolve()
    leave()
  }
  begun.catch((thrown: unknown) => {
    off()
    reject(toFault(thrown))
  })
  return { ended, stop }
}

const text = (asked: object | string) => (typeof asked === "string" ? asked : JSON.stringify(asked))

/** A failure comes as JSON in an Error's message: the runtime makes an Error of whatever the Go side says. */
function unwired(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown
  try {
    return JSON.parse(thrown.message)
  } catch {
    return thrown
  }
}
