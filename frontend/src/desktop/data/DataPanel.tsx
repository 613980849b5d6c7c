import { Button } from "@mantine/core"
import { useState } from "react"

import { FaultNote } from "../../ui/FaultNote"
import type { Load } from "../../ui/load"
import { Note } from "../../ui/Note"
import { LabOffset } from "../clock"
import { lab, type StateChanged, type Status } from "../lab"
import { Panel } from "../Panel"
import { ConfigCard } from "./ConfigCard"
import { ExchangeCard } from "./ExchangeCard"
import { MockCard } from "./MockCard"
import { ResetCard } from "./ResetCard"
import { SnapshotsCard } from "./SnapshotsCard"
import { useDoing } from "./useDoing"

/** What stops the store while it is done. */
const replacing: ReadonlySet<string | undefined> = new Set(["restore", "reset", "undo"])

/** What the lab keeps: its snapshots, its export, its configuration, and the mock user. */
export function DataPanel({ status, onChanged }: { status: Load<Status>; onChanged: () => void }) {
  const doing = useDoing()
  const [replaced, setReplaced] = useState<StateChanged>()
  const [round, setRound] = useState(0)
  const done = (change?: StateChanged) => {
    setReplaced(change)
    setRound((n) => n + 1)
    onChanged()
  }
  const undo = async (to: StateChanged) => {
    const change = await doing.run("undo", () => lab.restoreSnapshot({ id: to.undo }))
    if (change) done(change)
  }
  return (
    <Panel title="Data & settings" about="Copies of what the lab keeps, ways in and out for it, and what is in force.">
      <LabOffset value={0}>
        {/* snapshots have the machine's time, wherever the lab's stands */}
        <div className="data">
          {replacing.has(doing.busy) && (
            <Note tone="info" role="status" title="The lab's data is being replaced">
              <p>
                The store and what needs it stand still for a moment; pages wait, or are told so. Nothing else can be begun here meanwhile.
              </p>
            </Note>
          )}
          {replaced && (
            <Note tone="good" role="status" title={replaced.message}>
              <p>
                What was there before is in the snapshot <code>{replaced.undo}</code>.
              </p>
              <div className="note-actions">
                <Button
                  size="xs"
                  variant="default"
                  loading={doing.busy === "undo"}
                  disabled={doing.busy !== undefined}
                  onClick={() => void undo(replaced)}
                >
                  Undo
                </Button>
              </div>
            </Note>
          )}
          {doing.failed?.what === "undo" && <FaultNote fault={doing.failed.fault} focus />}
          <SnapshotsCard doing={doing} round={round} onReplaced={done} />
          <div className="columns">
            <ExchangeCard doing={doing} onImported={() => done(replaced)} />
            <ResetCard doing={doing} status={status} onReplaced={done} />
          </div>
          {status.state === "ready" && <MockCard doing={doing} on={status.data.mock_user} onChanged={onChanged} />}
          <ConfigCard />
        </div>
      </LabOffset>
    </Panel>
  )
}
