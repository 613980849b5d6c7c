import { Button, Group } from "@mantine/core"
import { useEffect, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { Badge, type Tone } from "../ui/Badge"
import { CopyButton } from "../ui/CopyButton"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Prose } from "../ui/Prose"
import { count } from "../ui/format"
import { TableWaiting } from "./DataTable"
import { lab, type TrustReport, type TrustStore } from "./lab"
import css from "./TrustCard.module.css"

/** What to do to which stores. */
type TrustChange = Parameters<typeof lab.trust>[0]

/** The browsers' stores and the system's, without changing them. */
const seen = () => lab.trust({ browsers: true, system: true, dry_run: true })

/** Whether this machine's browsers trust the lab's certificate, and the button that makes them. */
export function TrustCard() {
  const [looked, look] = useLoad(seen)
  const [report, setReport] = useState<TrustReport>()
  const [fault, setFault] = useState<Fault>()
  const [busy, setBusy] = useState<"browsers" | "system">()
  // A terminal changes the stores as well: whoever comes back from one sees what is true now.
  useEffect(() => {
    const back = () => {
      setReport((old) => (old?.stores.some((s) => s.error) ? old : undefined))
      look()
    }
    addEventListener("focus", back)
    return () => removeEventListener("focus", back)
  }, [look])
  const change = async (where: "browsers" | "system", asked: TrustChange) => {
    setBusy(where)
    setFault(undefined)
    try {
      setReport(await lab.trust(asked))
      look()
    } catch (thrown) {
      setFault(toFault(thrown))
    } finally {
      setBusy(undefined)
    }
  }
  const all = known(looked.state === "ready" ? looked.data.stores : [], report)
  const stores = all.filter((s) => !ofSystem(s))
  const trusted = stores.filter((s) => s.now === "trusted").length
  return (
    <section className="card" aria-labelledby="trust-title">
      <div className="card-head">
        <span className="tile-icon">
          <Icon icon={icons.shield} />
        </span>
        <div className="card-words">
          <h2 id="trust-title">Trust in this machine's browsers</h2>
          <p className="faint">{summary(looked.state === "loading" && !report, stores, trusted)}</p>
        </div>
        <Group gap="xs">
          {trusted > 0 && (
            <Button
              variant="default" size="sm" disabled={busy !== undefined}
              onClick={() => void change("browsers", { browsers: true, untrust: true })}
            >
              Remove
            </Button>
          )}
          {(looked.state !== "loading" || report) && (stores.length === 0 || trusted < stores.length) && (
            <Button
              size="sm"
              loading={busy === "browsers"}
              disabled={busy !== undefined}
              onClick={() => void change("browsers", { browsers: true })}
            >
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
        <ul className={css.stores}>
          {stores.map((store) => (
            <Store key={store.kind + store.path} store={store} />
          ))}
        </ul>
      )}
      <SystemTrust stores={all.filter(ofSystem)} busy={busy} change={(asked) => void change("system", asked)} />
    </section>
  )
}

interface SystemProps {
  stores: readonly Known[]
  busy: "browsers" | "system" | undefined
  change: (asked: TrustChange) => void
}

/** The stores of the system and of Java: for programs other than browsers, and only root may change them. */
function SystemTrust({ stores, busy, change }: SystemProps) {
  if (stores.length === 0) return null
  const trusted = stores.some((s) => s.now === "trusted")
  return (
    <div className={css.systemTrust} role="group" aria-label="Trust in the system's store">
      <div className="card-head">
        <p className="card-words faint">
          For curl, Node and other programs that read the system's store. Changing it needs root:{" "}
          <span className="strong">the system asks for your password</span> in a dialogue of its own.
        </p>
        <Group gap="xs">
          {trusted && (
            <Button
              variant="default"
              size="sm"
              loading={busy === "system"}
              disabled={busy !== undefined}
              onClick={() => change({ system: true, untrust: true })}
            >
              Remove from the system's store
            </Button>
          )}
          {stores.some((s) => s.now !== "trusted") && (
            <Button
              variant="default"
              size="sm"
              loading={busy === "system"}
              disabled={busy !== undefined}
              onClick={() => change({ browsers: true, system: true })}
            >
              Trust in the system's store too
            </Button>
          )}
        </Group>
      </div>
      {busy === "system" && (
        <p className="faint" role="status">
          Waiting for the system. Its dialogue may stand behind this window.
        </p>
      )}
      <ul className={css.stores}>
        {stores.map((store) => (
          <Store key={store.kind + store.path} store={store} />
        ))}
      </ul>
      {stores.some((s) => s.error) && (
        <div className={css.storeInstead}>
          Where no dialogue came, or it was closed, a terminal does the same: <code>sting trust --system</code>
          <CopyButton text="sting trust --system" what="the command" />
        </div>
      )}
    </div>
  )
}

function Store({ store: s }: { store: Known }) {
  return (
    <li>
      <div className={css.storeLine}>
        <span className="strong">{s.name}</span>
        <code className={css.storePath} title={s.path}>
          {s.path}
        </code>
        <Badge tone={tones[s.now] ?? "plain"}>{s.changed && s.before !== s.after ? `${s.before} → ${s.after}` : s.now}</Badge>
      </div>
      {s.note !== "" && (
        <p className={css.storeNote}>
          <Prose text={s.note} />
        </p>
      )}
      {s.error && <FaultNote fault={toFault(s.error)} />}
    </li>
  )
}

const tones: Record<string, Tone> = { trusted: "good", absent: "warn", older: "warn" }

/** A store, and what it holds now. */
interface Known extends TrustStore {
  now: string
  /** What it says is of a change, not of a look. */
  changed: boolean
}

const ofSystem = (s: TrustStore) => s.kind === "system" || s.kind === "java"

/**
 * What was seen, with what a change reported of the same stores in its place. A look changes nothing, so that
 * only its `before` is a fact.
 */
function known(looked: readonly TrustStore[], report: TrustReport | undefined): Known[] {
  const same = (a: TrustStore) => (b: TrustStore) => a.kind === b.kind && a.path === b.path
  const reported = report?.stores ?? []
  return [
    ...looked.filter((l) => !reported.some(same(l))).map((l) => ({ ...l, note: ofSystem(l) ? "" : l.note, now: l.before, changed: false })),
    ...reported.map((r) => ({ ...r, now: r.after, changed: true })),
  ].sort((a, b) => order(looked, a) - order(looked, b))
}

/** Stores keep their places, whichever of them a change was about. */
function order(looked: readonly TrustStore[], s: TrustStore): number {
  const at = looked.findIndex((l) => l.kind === s.kind && l.path === s.path)
  return at < 0 ? looked.length : at
}

function summary(looking: boolean, stores: readonly TrustStore[], trusted: number): string {
  if (looking) return "Looking at the browsers' stores."
  if (stores.length === 0)
    return "No browser's store was found on this machine yet. Passkeys work at localhost in Chromium behind the certificate warning."
  if (trusted === stores.length)
    return `Trusted in ${count(stores.length, "store")}. Browsers read their store at start: restart one that ran meanwhile.`
  return (
    "Without it browsers warn before the first page. Passkeys work at localhost behind that warning; trusting " +
    "removes it, needs no root and is undone with one press."
  )
}
