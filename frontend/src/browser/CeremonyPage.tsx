import { useCallback } from "react"

import { lab } from "../api/http"
import type { Ceremony } from "../api/types"
import { Badge } from "../ui/Badge"
import { Button } from "../ui/Button"
import { CopyButton } from "../ui/CopyButton"
import { CeremonyExplanation } from "../ui/explanation/CeremonyExplanation"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { When } from "../ui/When"
import { kindWord } from "../ui/words"
import { Screen } from "./Screen"
import css from "./CeremonyPage.module.css"

/** The record of one ceremony, for the developer. */
export function CeremonyPage({ id }: { id: string }) {
  const [ceremony, reload] = useLoad(useCallback(() => lab.ceremony(id), [id]))
  switch (ceremony.state) {
    case "loading":
      return (
        <Screen title="Record of a ceremony">
          <section className="card">
            <Loading what="the record" lines={6} />
          </section>
        </Screen>
      )
    case "failed":
      return (
        <Screen title="Record of a ceremony" lead={<code>{id}</code>}>
          <FaultNote fault={ceremony.fault}>
            <Button size="small" onClick={reload}>
              Try again
            </Button>
          </FaultNote>
        </Screen>
      )
    case "ready":
      return <Whole ceremony={ceremony.data} reload={reload} />
  }
}

function Whole({ ceremony: c, reload }: { ceremony: Ceremony; reload: () => void }) {
  return (
    <Screen title={`Record of a ${kindWord(c.kind)}`} lead={c.email ? <>of {c.email}</> : undefined}>
      <section className="card">
        <CeremonyExplanation ceremony={c} moment={(at) => <When at={at} />} named={(_, id) => <code title={id}>{id}</code>}>
          {c.virtual && <Badge tone="plain">virtual authenticator</Badge>}
          {c.state === "running" && (
            <Button size="small" onClick={reload}>
              Look again
            </Button>
          )}
        </CeremonyExplanation>
      </section>
      <ToTakeAlong ceremony={c} />
    </Screen>
  )
}

function ToTakeAlong({ ceremony: c }: { ceremony: Ceremony }) {
  return (
    <section className="card" aria-labelledby="along">
      <h2 id="along">To take along</h2>
      <p className={css.line}>
        <code>sting ceremonies {c.id}</code>
        <CopyButton text={`sting ceremonies ${c.id}`} what="the command" />
        shows the same in a terminal on this machine.
      </p>
      <p className={css.line}>
        The whole record
        <CopyButton text={JSON.stringify(c.record, null, 2)} what="the record" />
        is explained by <code>sting explain FILE</code> where it is kept as a file.
      </p>
      {c.curl !== "" && (
        <p className={css.line}>
          The answer as a command of curl
          <CopyButton text={c.curl} what="the curl command" />
        </p>
      )}
    </section>
  )
}
