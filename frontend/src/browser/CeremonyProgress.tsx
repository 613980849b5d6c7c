import { useEffect, useState } from "react"

import type { Phase } from "../passkey/ceremonies"
import { Button } from "../ui/Button"
import type { Ceremony } from "./useCeremony"

/** How long a ceremony is waited for without a word, in milliseconds. */
const silence = 1_000

/** While a ceremony waits: what it waits for, said after a second, and a way to stop it. */
export function CeremonyProgress({ ceremony: { phase, cancel } }: { ceremony: Ceremony }) {
  if (phase === undefined) return null
  return <Waiting phase={phase} onCancel={cancel} />
}

function Waiting({ phase, onCancel }: { phase: Phase; onCancel: () => void }) {
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), silence)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="waiting">
      <p className="waiting-text" role="status">
        {long && sentence(phase)}
      </p>
      {phase !== "verify" && (
        <Button kind="quiet" size="small" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </div>
  )
}

function sentence(phase: Phase): string {
  switch (phase) {
    case "begin":
      return "The lab is asked for a challenge."
    case "browser":
      return "The browser is asking you. Its prompt can stand behind this window, or on your phone or security key."
    case "verify":
      return "The lab verifies the answer."
  }
}
