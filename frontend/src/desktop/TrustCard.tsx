import { Button, Group } from "@mantine/core"
import { useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Prose } from "../ui/Prose"
import { TableWaiting } from "./DataTable"
import { Glyph } from "./Glyph"
import { lab, type TrustReport, type TrustStore } from "./lab"
import { Tag, type Tone } from "./Tag"
import { count } from "./words"

/** Whether this machine's browsers trust the lab's certificate, and the button that makes them. */
export function TrustCard() {
  const [looked, look] = useLoad(lab.lookAtTrust)
  const [report, setReport] = useState<TrustReport>()
  const [fault, setFault] = useState<Fault>()
  const [busy, setBusy] = useState(false)
  const change = async (verb: () => Promise<TrustReport>) => {
    setBusy(true)
    setFault(undefined)
    try {
      setReport(await verb())
      look()
    } catch (thrown) {
      setFault(toFault(thrown))
    } finally {
      setBusy(false)
    }
  }
  const stores = report?.stores ?? (looked.state === "ready" ? looked.data.stores : [])
  const trusted = stores.filter((s) => held(s, report !== undefined) === "trusted").length
  return (
    <section className="card" aria-labelledby="trust-title">
      <div className="card-head">
        <span className="tile-icon">
          <Glyph name="shield" size={20} />
        </span>
        <div className="card-words">
          <h2 id="trust-title">Trust in this machine's browsers</h2>
          <p className="faint">{summary(looked.state === "loading" && !report, stores, trusted)}</p>
        </div>
        <Group gap="xs">
          {trusted > 0 && (
            <Button variant="default" size="sm" disabled={busy} onClick={() => void change(lab.untrust)}>
              Remove
            </Button>
          )}
          {(stores.length === 0 || trusted < stores.length) && (
            <Button size="sm" loading={busy} onClick={() => void change(lab.trust)}>
              Trust in this machine's browsers
            </Button>
          )}
        </Group>
      </div>
      {looked.state === "loading" && !report && <TableWaiting what="the browsers' stores" />}
      {looked.state === "failed" && !report && (
        <FaultNote fault={looked.fault}>
          <Button size="xs" variant="default" onClick={look}>
            Look again
          </Button>
        </FaultNote>
      )}
      {fault && <FaultNote fault={fault} />}
      {stores.length > 0 && (
        <ul className="stores">
          {stores.map((store) => (
            <Store key={store.kind + store.path} store={store} changed={report !== undefined} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Store({ store: s, changed }: { store: TrustStore; changed: boolean }) {
  const state = held(s, changed)
  return (
    <li>
      <div className="store-line">
        <span className="strong">{s.name}</span>
        <code className="store-path" title={s.path}>
          {s.path}
        </code>
        <Tag tone={tones[state] ?? "plain"}>{changed && s.before !== s.after ? `${s.before} → ${s.after}` : state}</Tag>
      </div>
      {s.note !== "" && (
        <p className="store-note">
          <Prose text={s.note} />
        </p>
      )}
      {s.error && <FaultNote fault={toFault(s.error)} />}
    </li>
  )
}

const tones: Record<string, Tone> = { trusted: "good", absent: "warn", older: "warn" }

/** What a store holds now: a look changes nothing, so that only its `before` is a fact. */
function held(s: TrustStore, changed: boolean): string {
  return changed ? s.after : s.before
}

function summary(looking: boolean, stores: readonly TrustStore[], trusted: number): string {
  if (looking) return "Looking at the browsers' stores."
  if (stores.length === 0) return "No browser's store was found on this machine yet. Passkeys work at localhost in Chromium behind the certificate warning."
  if (trusted === stores.length) return `Trusted in ${count(stores.length, "store")}. Browsers read their store at start: restart one that ran meanwhile.`
  return "Without it browsers warn before the first page. Passkeys work at localhost behind that warning; trusting removes it, needs no root and is undone with one press."
}
