import { Button } from "@mantine/core"
import { useState } from "react"

import { FaultNote } from "../ui/FaultNote"
import { TableWaiting } from "./DataTable"
import { lab, type VirtualState } from "./lab"
import { Panel } from "./Panel"
import { useLive } from "./useLive"
import { BehaviourCard } from "./virtual/BehaviourCard"
import { BrowserCard } from "./virtual/BrowserCard"
import { KeysCard } from "./virtual/KeysCard"
import { VirtualMark } from "./VirtualMark"

const topics = ["virtual", "passkeys"] as const

/** The browser with the virtual authenticator: what runs, how it behaves, which keys it keeps. */
export function VirtualPanel() {
  const [state, reload] = useLive(lab.virtual, topics)
  return (
    <Panel
      title="Authenticator"
      about={
        <>
          A browser of its own, with an authenticator in software inside: passkeys without a security key, and every failure on purpose.
          What comes from it is marked <VirtualMark />
        </>
      }
    >
      {state.state === "loading" && <TableWaiting what="the virtual authenticator" />}
      {state.state === "failed" && (
        <FaultNote fault={state.fault}>
          <Button size="xs" variant="default" onClick={reload}>
            Try again
          </Button>
        </FaultNote>
      )}
      {state.state === "ready" && <Ready state={state.data} reload={reload} />}
    </Panel>
  )
}

function Ready({ state, reload }: { state: VirtualState; reload: () => void }) {
  // What a change answered is newer than what was read before it, and waits for no news.
  const [told, setTold] = useState<{ over: VirtualState; state: VirtualState }>()
  const now = told?.over === state ? told.state : state
  const tell = (after: VirtualState) => {
    setTold({ over: state, state: after })
    reload()
  }
  return (
    <>
      <BrowserCard state={now} onTold={tell} />
      <BehaviourCard state={now} onTold={tell} />
      <KeysCard keys={now.keys} onTold={tell} />
    </>
  )
}
