import { useEffect, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { Clipboard } from "../ui/clipboard"
import { FaultNote } from "../ui/FaultNote"
import { Frame } from "./Frame"
import { HelpDialog } from "./HelpDialog"
import { lab, type WindowState } from "./lab"
import { NotRunning } from "./NotRunning"
import { StartingScreen } from "./StartingScreen"

/** The window: its screen, and the help on whatever failed in it. */
export function App() {
  return (
    <Clipboard value={lab.copy}>
      <Screen />
      <HelpDialog />
    </Clipboard>
  )
}

/** Whether there is a lab comes before any panel. */
function Screen() {
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
      (thrown: unknown) => setFault(toFault(thrown)),
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
      return <NotRunning phase={state.phase} attached={state.attached} fault={toFault(state.error)} />
  }
}
