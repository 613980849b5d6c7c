import { useEffect, useState } from "react"

import { Button } from "../ui/Button"
import { Note } from "../ui/Note"
import { useLab } from "./labstate"

/** Names under which a browser reaches this machine; no other word of the address is believed. */
const loopback = ["127.0.0.1", "::1", "localhost"]

/** Says that the page was asked for at another name of this machine, once, and takes the mark out of the address. */
export function MovedNote() {
  const { facts } = useLab()
  const [from, setFrom] = useState(() => movedFrom(location.hash))
  useEffect(() => {
    if (from !== undefined) history.replaceState(history.state, "", location.pathname + location.search)
  }, [from])
  if (from === undefined) return null
  const here = facts.state === "ready" ? facts.data.rp_id : location.hostname
  return (
    <div className="banner-fault">
      <Note tone="info" role="status" title={`You were moved here from ${from}`}>
        <p>
          Passkeys belong to {here}, and a page at {from} can't use them. Open {location.origin} from now on.
        </p>
        <div className="note-actions">
          <Button size="small" onClick={() => setFrom(undefined)}>
            Understood
          </Button>
        </div>
      </Note>
    </div>
  )
}

/** The name in `#moved-from=NAME`, or undefined. */
export function movedFrom(hash: string): string | undefined {
  const name = /^#moved-from=(.+)$/.exec(hash)?.[1]
  return name !== undefined && loopback.includes(name) ? name : undefined
}
