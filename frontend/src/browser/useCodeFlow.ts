import { useCallback, useEffect, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { type Flow, FlowEnded, kratos } from "../api/kratos"
import type { Load } from "../ui/load"
import { dropPending, keepPending, pending } from "./pendingFlow"
import { usePlace } from "./router"

/** A flow that sends a code by mail and asks for it. */
export interface CodeFlow {
  flow: Load<Flow>
  /** The code that the link in a mail carried for the flow on screen, or "". */
  code: string
  busy: boolean
  /** What went wrong beside the form; the flow on screen is one to go on with. */
  fault: Fault | undefined
  /** Sends a code to an address. */
  send: (email: string) => Promise<void>
  /** Tries a code; the new state of the flow, or undefined when it could not be tried. */
  confirm: (code: string) => Promise<Flow | undefined>
  /** Begins anew, for another address. */
  restart: () => void
}

type Kind = "recovery" | "verification"

/**
 * Reads the flow that the address names, or the one that waits for its code;
 * otherwise begins one. A flow that is over is followed by its successor.
 */
export function useCodeFlow(kind: Kind): CodeFlow {
  const { query } = usePlace()
  const [linked] = useState(() => ({ flow: query.get("flow") ?? pending(kind), code: query.get("code") ?? "" }))
  const [flow, setFlow] = useState<Load<Flow>>({ state: "loading" })
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()

  const show = useCallback(
    (data: Flow) => {
      setFlow({ state: "ready", data })
      if (data.state === "sent_email") keepPending(kind, data.id)
      if (data.state === "passed_challenge") dropPending(kind)
      history.replaceState(history.state, "", `${location.pathname}?${withFlow(location.search, data.id)}`)
    },
    [kind],
  )

  const open = useCallback(
    async (id: string | undefined) => {
      try {
        show(await first(kind, id, setFault))
      } catch (thrown) {
        setFlow({ state: "failed", fault: toFault(thrown) })
      }
    },
    [kind, show],
  )

  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- it sets state only after the answer
    void open(linked.flow)
  }, [linked, open])

  const submit = async (values: Record<string, unknown>): Promise<Flow | undefined> => {
    if (flow.state !== "ready") return undefined
    setBusy(true)
    setFault(undefined)
    try {
      const answer = await kratos.submit(kind, flow.data, { method: "code", ...values })
      show(answer)
      return answer
    } catch (thrown) {
      setFault(toFault(thrown))
      if (thrown instanceof FlowEnded) await open(thrown.next)
      return undefined
    } finally {
      setBusy(false)
    }
  }

  return {
    flow,
    code: flow.state === "ready" && flow.data.id === linked.flow ? linked.code : "",
    busy,
    fault,
    send: async (email) => void (await submit({ email })),
    confirm: (code) => submit({ code }),
    restart: () => {
      dropPending(kind)
      setFault(undefined)
      setFlow({ state: "loading" })
      void open(undefined)
    },
  }
}

/** The flow to begin with. One that can't be read is replaced, and `say` hears why. */
async function first(kind: Kind, id: string | undefined, say: (fault: Fault) => void): Promise<Flow> {
  if (id === undefined) return kratos.begin(kind)
  try {
    const found = await kratos.read(kind, id)
    return kind === "recovery" && found.state === "passed_challenge" ? await kratos.begin(kind) : found
  } catch (thrown) {
    const fault = toFault(thrown)
    if (!(fault instanceof FlowEnded) && fault.code !== "FLOW_NOT_YOURS") throw fault
    const asked = new URLSearchParams(location.search).get("flow") === id
    if (asked) say(fault)
    dropPending(kind)
    return fault instanceof FlowEnded && fault.next !== undefined ? kratos.read(kind, fault.next) : kratos.begin(kind)
  }
}

/** The query with this flow in it, and without a code: that is in the field by now. */
function withFlow(search: string, id: string): string {
  const query = new URLSearchParams(search)
  query.set("flow", id)
  query.delete("code")
  return query.toString()
}
