import { Button, Group, TextInput } from "@mantine/core"
import { type FormEvent, useEffect, useState } from "react"

import { FaultNote } from "../../ui/FaultNote"
import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { useLoad } from "../../ui/load"
import { bytes } from "../../ui/format"
import { Ago } from "../Ago"
import { Confirm } from "../Confirm"
import { lab, type Snapshot, type StateChanged } from "../lab"
import { ListBody } from "../ListBody"
import type { Doing } from "./useDoing"
import css from "./SnapshotsCard.module.css"

const copies = async () => (await lab.snapshots()).items

interface Props {
  doing: Doing
  /** Counts what was done to the data elsewhere: each leaves a snapshot. */
  round: number
  onReplaced: (change: StateChanged) => void
}

/** Copies of people, passkeys and sessions: take one, put one back, throw one away. */
export function SnapshotsCard({ doing, round, onReplaced }: Props) {
  const [snapshots, reload] = useLoad(copies)
  const [name, setName] = useState("")
  const [asked, ask] = useState<{ verb: "restore" | "remove"; snapshot: Snapshot }>()
  useEffect(() => {
    if (round > 0) reload()
  }, [round, reload])
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const saved = await doing.run("save", () => lab.saveSnapshot({ name: name.trim() }))
    if (!saved) return
    setName("")
    reload()
  }
  return (
    <section className="card" aria-labelledby="snapshots-title">
      <div className="card-head">
        <span className="tile-icon">
          <Icon icon={icons.save} />
        </span>
        <div className="card-words">
          <h2 id="snapshots-title">Snapshots</h2>
          <p className="faint">
            Copies of people, passwords, passkeys and sessions. Mails, recorded ceremonies and the keys of the virtual authenticator are not
            in them.
          </p>
        </div>
        <form className={css.snapshotForm} onSubmit={(event) => void save(event)}>
          <TextInput
            size="sm"
            aria-label="Name of the snapshot"
            placeholder="Name: two-people"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button size="sm" type="submit" loading={doing.busy === "save"} disabled={name.trim() === "" || doing.busy !== undefined}>
            Take a snapshot
          </Button>
        </form>
      </div>
      {doing.failed?.what === "save" && (
        <div className="spaced">
          <FaultNote fault={doing.failed.fault} focus />
        </div>
      )}
      <div className="spaced">
        <ListBody
          rows={snapshots}
          what="the snapshots"
          reload={reload}
          empty={<p className={`faint ${css.noneYet}`}>None was taken yet. Before a restore and a reset the lab takes one by itself.</p>}
        >
          {(rows) => <List snapshots={rows} busy={doing.busy !== undefined} ask={(verb, snapshot) => ask({ verb, snapshot })} />}
        </ListBody>
      </div>
      {asked?.verb === "restore" && (
        <Confirm
          title={`Restore “${asked.snapshot.name}”?`}
          verb="Restore snapshot"
          onClose={() => ask(undefined)}
          onConfirm={async () => onReplaced(await doing.hold("restore", () => lab.restoreSnapshot({ id: asked.snapshot.name })))}
        >
          <p>
            People, passwords, passkeys and sessions become what they were then; what came since goes. Mails, recorded ceremonies and the
            keys of the virtual authenticator stay.
          </p>
          <p>A snapshot of how it is now is taken first, so this can be undone.</p>
        </Confirm>
      )}
      {asked?.verb === "remove" && (
        <Confirm
          title={`Remove “${asked.snapshot.name}”?`}
          verb="Remove snapshot"
          onClose={() => ask(undefined)}
          onConfirm={async () => {
            await doing.hold("remove", () => lab.removeSnapshot({ id: asked.snapshot.name }))
            reload()
          }}
        >
          <p>The copy goes, for good. The lab's data stays as it is.</p>
        </Confirm>
      )}
    </section>
  )
}

function List({
  snapshots,
  busy,
  ask,
}: {
  snapshots: Snapshot[]
  busy: boolean
  ask: (verb: "restore" | "remove", snapshot: Snapshot) => void
}) {
  return (
    <ul className={css.snapshots} aria-label="Snapshots">
      {snapshots.map((s) => (
        <li key={s.name} aria-label={s.name}>
          <div className="two">
            <span className="strong">{s.name}</span>
            <span className="faint">{s.reason === "" ? "taken by hand" : s.reason}</span>
          </div>
          <span className="faint">
            <Ago at={s.taken_at} />
          </span>
          <span className={`faint ${css.snapshotSize}`}>{bytes(s.bytes)}</span>
          <Group gap="xs" wrap="nowrap">
            <Button size="compact-sm" variant="default" disabled={busy} aria-label={`Restore ${s.name}`} onClick={() => ask("restore", s)}>
              Restore
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              disabled={busy}
              aria-label={`Remove ${s.name}`}
              onClick={() => ask("remove", s)}
            >
              Remove
            </Button>
          </Group>
        </li>
      ))}
    </ul>
  )
}
