import { Button, Checkbox } from "@mantine/core"
import { useState } from "react"

import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import type { Load } from "../../ui/load"
import { count, joined } from "../../ui/format"
import { Confirm } from "../Confirm"
import { lab, type StateChanged, type Status } from "../lab"
import type { Doing } from "./useDoing"

interface Props {
  doing: Doing
  status: Load<Status>
  onReplaced: (change: StateChanged) => void
}

/** Begins anew: everything that people made goes, after a question. */
export function ResetCard({ doing, status, onReplaced }: Props) {
  const [asking, ask] = useState(false)
  const [ca, setCA] = useState(false)
  const close = () => {
    ask(false)
    setCA(false)
  }
  return (
    <section className="card data-card" aria-labelledby="reset-title">
      <div className="card-head">
        <span className="tile-icon">
          <Icon icon={icons.refresh} />
        </span>
        <div className="card-words">
          <h2 id="reset-title">Reset</h2>
          <p className="faint">
            Begins anew with nobody in the lab. A snapshot of people, passwords, passkeys and sessions is taken first; mails and records
            can't be brought back.
          </p>
        </div>
      </div>
      <div className="data-actions">
        <Button size="sm" variant="default" disabled={doing.busy !== undefined} onClick={() => ask(true)}>
          Reset the lab
        </Button>
      </div>
      {asking && (
        <Confirm
          title="Reset the lab?"
          verb={ca ? "Reset, with a new authority" : "Reset the lab"}
          onClose={close}
          onConfirm={async () => onReplaced(await doing.hold("reset", () => lab.reset({ ca })))}
        >
          <p>
            <span className="strong">What goes:</span> {gone(status)}, every mail, every recorded ceremony. Each browser is signed out.
          </p>
          <p>
            <span className="strong">What stays:</span> the configuration, the snapshots, the keys of the virtual authenticator
            {ca ? "." : ", and the certificate authority that the browsers trust."}
          </p>
          <p>A snapshot is taken first: it brings people, passwords, passkeys and sessions back, but no mails and no records.</p>
          <Checkbox
            mt="sm"
            label="Make a new certificate authority too"
            description={
              "Browsers that trusted the old one warn until they are told to trust the new one. An undo doesn't bring the old " +
              "one back."
            }
            checked={ca}
            onChange={(event) => setCA(event.currentTarget.checked)}
          />
        </Confirm>
      )}
    </section>
  )
}

function gone(status: Load<Status>): string {
  if (status.state !== "ready") return "people, passkeys and sessions"
  const { users, passkeys, sessions } = status.data
  return joined([count(users, "person", "people"), count(passkeys, "passkey"), count(sessions, "session")])
}
