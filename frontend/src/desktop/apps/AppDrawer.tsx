import { useCallback } from "react"

import { Badge } from "../../ui/Badge"
import { OptionNotes } from "../../ui/explanation/WatchedFacts"
import { Facts } from "../../ui/Facts"
import { Note } from "../../ui/Note"
import { When } from "../../ui/When"
import { RecordList } from "../ceremony/PasskeyRecords"
import { Advice, VerdictNote } from "../doctor/VerdictNote"
import { Id } from "../Id"
import { Inspected, InspectorDrawer } from "../Inspector"
import { type AppCertificate, type AppPage, lab } from "../lab"
import { Loaded } from "../Loaded"
import { useLive } from "../useLive"
import css from "./AppDrawer.module.css"

const topics = ["apps", "ceremonies", "virtual"] as const

/** All that is known of an app, beside the list that it was chosen from. */
export function AppDrawer({ name, onClose }: { name: string | undefined; onClose: () => void }) {
  return (
    <InspectorDrawer title="App" opened={name !== undefined} onClose={onClose}>
      {name !== undefined && <Inspector key={name} name={name} />}
    </InspectorDrawer>
  )
}

function Inspector({ name }: { name: string }) {
  const [page, reload] = useLive(
    useCallback(() => lab.showApp({ name }), [name]),
    topics,
  )
  return (
    <Loaded value={page} what="the app" reload={reload}>
      {(app) => <Details app={app} />}
    </Loaded>
  )
}

function Details({ app: a }: { app: AppPage }) {
  const newest = a.ceremonies[0]
  return (
    <Inspected label={`App ${a.name}`}>
      <header>
        <h2>{a.name}</h2>
        <p className="faint">{a.url}</p>
      </header>
      <Answer app={a} />
      <VerdictNote answer={a.preflight} title={`Browsers, for the RP ID ${a.preflight.rp_id}`} />
      <section>
        <h3>Its passkeys in the virtual authenticator</h3>
        <Keys app={a} />
      </section>
      {newest && <Options id={newest.id} />}
      <section>
        <h3>Its last ceremonies</h3>
        {newest ? (
          <RecordList records={a.ceremonies.map((c) => ({ id: c.id, summary: c }))} />
        ) : (
          <p className="faint">None yet. Open the app, and register or sign in: the ceremony appears here the moment it begins.</p>
        )}
      </section>
    </Inspected>
  )
}

/** Whether it answers, and with which certificate. */
function Answer({ app: { answer: is } }: { app: AppPage }) {
  return (
    <Note tone={is.answers ? "good" : "bad"} title={is.answers ? "It answers" : "It doesn't answer"}>
      <Advice says={is.says} fix={is.fix} />
      {is.certificate && <Certificate of={is.certificate} />}
    </Note>
  )
}

function Certificate({ of: c }: { of: AppCertificate }) {
  return (
    <Facts
      facts={[
        ["certificate for", c.names.join(", ") || "no name"],
        ["issued by", c.issuer],
        ["until", <When key="until" at={c.not_after} />],
        ["in the lab browser", c.why === "" ? "trusted" : c.accepted ? "accepted by you" : "asked about when the app is opened"],
      ]}
    />
  )
}

function Keys({ app: { keys, rp_ids } }: { app: AppPage }) {
  if (keys.length === 0) return <p className="faint">None for {rp_ids.join(", ")} yet.</p>
  return (
    <table className={`compare ${css.keys}`} aria-label="Passkeys of the virtual authenticator">
      <thead>
        <tr>
          <th scope="col">person</th>
          <th scope="col">RP ID</th>
          <th scope="col">counter</th>
          <th scope="col">backed up</th>
          <th scope="col">credential id</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((k) => (
          <tr key={k.id}>
            <td>{k.user_name}</td>
            <td>
              <code>{k.rp_id}</code>
            </td>
            <td>{k.sign_count}</td>
            <td>
              <Badge tone={k.backup_state ? "good" : "plain"}>{k.backup_state ? "yes" : "no"}</Badge>
            </td>
            <td>
              <Id value={k.id} what="the credential id" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What the options of its newest ceremony lack; the list below shows the ceremony itself. */
function Options({ id }: { id: string }) {
  const [ceremony] = useLive(
    useCallback(() => lab.ceremony({ id }), [id]),
    topics,
  )
  const notes = ceremony.state === "ready" ? (ceremony.data.watched?.options ?? []) : []
  return <OptionNotes notes={notes} />
}
