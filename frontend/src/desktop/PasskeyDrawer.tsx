import { useCallback } from "react"

import { Badge } from "../ui/Badge"
import { Facts } from "../ui/Facts"
import { Note } from "../ui/Note"
import { Ago } from "./Ago"
import { CounterChart } from "./ceremony/CounterChart"
import { KeyBox } from "./ceremony/KeyBox"
import { PasskeyRecords } from "./ceremony/PasskeyRecords"
import { Id } from "./Id"
import { Inspected, InspectorDrawer } from "./Inspector"
import { lab, type PasskeyDetails } from "./lab"
import { Loaded } from "./Loaded"
import { useLive } from "./useLive"
import { VirtualMark } from "./VirtualMark"
import css from "./PasskeyDrawer.module.css"

const topics = ["passkeys", "ceremonies", "users"] as const

/** A passkey down to its key, beside the list that it was chosen from. */
export function PasskeyDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  return (
    <InspectorDrawer title="Passkey" opened={id !== undefined} onClose={onClose}>
      {id !== undefined && <Inspector key={id} id={id} />}
    </InspectorDrawer>
  )
}

function Inspector({ id }: { id: string }) {
  const [details, reload] = useLive(
    useCallback(() => lab.passkeyDetails({ id }), [id]),
    topics,
  )
  return (
    <Loaded value={details} what="the passkey" reload={reload}>
      {(passkey) => <Details passkey={passkey} />}
    </Loaded>
  )
}

function Details({ passkey: p }: { passkey: PasskeyDetails }) {
  return (
    <Inspected label={`Passkey ${p.name}`}>
      <header>
        <h2>
          {p.name} {p.virtual && <VirtualMark />}
        </h2>
        <p className="faint">
          of {p.email}, made <Ago at={p.created_at} />
        </p>
      </header>
      <Oddities passkey={p} />
      <PasskeyFacts passkey={p} />
      <section>
        <h3>Key</h3>
        <KeyBox passkey={p} />
      </section>
      <section>
        <h3>Counter</h3>
        <CounterChart uses={p.uses} />
      </section>
      <section>
        <h3>Flags over time</h3>
        <Uses passkey={p} />
      </section>
      <section>
        <h3>Records</h3>
        <PasskeyRecords ids={p.ceremonies} />
      </section>
    </Inspected>
  )
}

/** What is odd about a passkey, and first of all that it is gone here. */
function Oddities({ passkey: p }: { passkey: PasskeyDetails }) {
  const removed = p.status !== "active"
  if (!removed && p.warnings.length === 0) return null
  return (
    <Note tone="warn" title={removed ? "Removed here: the password manager may still offer this one" : "What is odd about it"}>
      {removed && (
        <p>
          It was removed <Ago at={p.revoked_at} />. This tombstone stays, so that a late sign-in with it is explained.
        </p>
      )}
      {p.warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </Note>
  )
}

function PasskeyFacts({ passkey: p }: { passkey: PasskeyDetails }) {
  const facts: [string, React.ReactNode][] = [
    [
      "authenticator",
      <span key="name" title={p.aaguid}>
        {p.authenticator || "unknown"}
      </span>,
    ],
    ["AAGUID", <Id key="aaguid" value={p.aaguid} what="the AAGUID" />],
    ["algorithm", <code key="alg">{p.algorithm}</code>],
    ["attestation", p.attestation_format],
    ["discoverable", p.discoverable === null || p.discoverable === undefined ? "the browser did not say" : p.discoverable ? "yes" : "no"],
    ["transports", p.transports.join(", ") || "none named"],
    ["backup eligible (BE)", p.is_backup_eligible ? "yes" : "no"],
    ["backed up (BS)", p.is_backup_state ? "yes" : "no"],
    ["user verified (UV)", p.user_verified ? "yes" : "no"],
    ["RP ID", <code key="rp">{p.rp_id}</code>],
    ["user handle", <Id key="handle" value={p.user_handle} what="the user handle" />],
    ["credential id", <Id key="credential" value={p.credential_id} what="the credential id" />],
  ]
  return <Facts facts={facts} />
}

function Uses({ passkey: p }: { passkey: PasskeyDetails }) {
  if (p.uses.length === 0) return <p className="faint">No sign-in has said anything of it yet.</p>
  return (
    <div className={css.uses}>
      <table className="compare" aria-label="Uses, latest first">
        <thead>
          <tr>
            <th scope="col">when</th>
            <th scope="col">counter</th>
            <th scope="col">backed up</th>
            <th scope="col">user verified</th>
          </tr>
        </thead>
        <tbody>
          {p.uses.toReversed().map((use, i) => (
            <tr key={i}>
              <td>
                <Ago at={use.at} />
              </td>
              <td>{use.sign_count}</td>
              <td>
                <Badge tone={use.backup_state ? "good" : "plain"}>{use.backup_state ? "yes" : "no"}</Badge>
              </td>
              <td>
                <Badge tone={use.user_verified ? "good" : "warn"}>{use.user_verified ? "yes" : "no"}</Badge>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
