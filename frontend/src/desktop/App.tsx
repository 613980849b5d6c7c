import { useEffect, useState } from "react"

import type { Fault } from "../api/fault"
import { FaultNote } from "../ui/FaultNote"
import { Frame } from "./Frame"
import { lab, shown, type WindowState } from "./lab"
import { NotRunning } from "./NotRunning"
import { StartingScreen } from "./StartingScreen"

/** The window: whether there is a lab comes before any panel. */
export function App() {
  const [state, setState] = useState<WindowState>()
  const [fault, setFault] = useState<Fault>()
  useEffect(() => {
    let heard = false
    const leave = lab.onState((next) => {
      heard = true
      setState(next)
    })
    lab.state().then(
      (now) => heard || setState(now),
      (thrown: unknown) => setFault(shown(thrown)),
    )
    return () => {
      heard = true
      leave()
    }
  }, [])
  if (fault) {
    return (
      <main className="screen">
        <FaultNote fault={fault} />
      </main>
    )
  }
  if (!state) return <StartingScreen />
  switch (state.phase) {
    case "starting":
      return <StartingScreen />
    case "running":
      return <Frame attached={state.attached} />
    case "failed":
    case "ended":
      return <NotRunning phase={state.phase} attached={state.attached} fault={shown(state.error)} />
  }
}
