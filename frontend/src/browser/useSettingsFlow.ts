import { useCallback, useEffect, useState } from "react"

import { Fault, toFault } from "../api/fault"
import { type Flow, FlowEnded, kratos } from "../api/kratos"
import type { Load } from "../ui/load"
import { useLab } from "./labstate"
import { useSession } from "./session"

/** The settings flow of Kratos that the cards of one page share. */
export interface SettingsFlow {
  flow: Load<Flow>
  /** Submits one method; the flow that came back, or a thrown Fault. A wrong value stands in the flow. */
  submit: (values: Record<string, unknown>) => Promise<Flow>
  reload: () => void
  /** A Kratos that is not the lab's own keeps the password: it ends no session by itself. */
  elsewhere: boolean
}

/**
 * Reads the flow `id`, or begins one. Where the session is too old `submit`
 * throws REAUTH_REQUIRED, and useAct goes for a fresh proof and comes back.
 */
export function useSettingsFlow(id: string | undefined): SettingsFlow {
  const { facts } = useLab()
  const { refresh } = useSession()
  const [flow, setFlow] = useState<Load<Flow>>({ state: "loading" })
  const elsewhere = facts.state === "ready" && facts.data.kratos_mode !== "embedded"

  const show = useCallback((data: Flow) => setFlow({ state: "ready", data }), [])
  const load = useCallback(async () => {
    try {
      show(await first(id))
    } catch (thrown) {
      setFlow({ state: "failed", fault: toFault(thrown) })
    }
  }, [id, show])
  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- it sets state only after the answer
    void load()
  }, [load])

  const submit = useCallback(
    async (values: Record<string, unknown>) => {
      if (flow.state !== "ready") throw new Error("there is no form yet")
      try {
        const answer = await kratos.submit("settings", flow.data, values)
        show(answer)
        if (answer.state === "success") void refresh()
        return answer
      } catch (thrown) {
        const fault = toFault(thrown)
        if (fault.code === "REAUTH_REQUIRED") throw wantedProof(fault, elsewhere)
        if (fault.code === "KRATOS_SESSION_MISSING") void refresh()
        if (fault instanceof FlowEnded) show(await first(fault.next))
        throw fault
      }
    },
    [flow, show, refresh, elsewhere],
  )
  return { flow, submit, reload: () => void load(), elsewhere }
}

async function first(id: string | undefined): Promise<Flow> {
  if (id === undefined) return kratos.begin("settings")
  try {
    return await kratos.read("settings", id)
  } catch (thrown) {
    const fault = toFault(thrown)
    if (fault instanceof FlowEnded || fault.code === "FLOW_NOT_YOURS") return kratos.begin("settings")
    throw fault
  }
}

/** Says which proof is wanted: a Kratos that runs elsewhere doesn't count a passkey of the lab. */
function wantedProof({ code, message, hint, status }: Fault, elsewhere: boolean): Fault {
  const which = elsewhere ? " Kratos asks for it: use your password, because it knows nothing of passkeys." : ""
  return new Fault({ code, message: message + which, hint, status, help: `/help/${code}` })
}
