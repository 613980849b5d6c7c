import { useCallback } from "react"

import { lab } from "../api/http"
import type { Ceremony } from "../api/types"
import { Badge } from "../ui/Badge"
import { Icon } from "../ui/Icon"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { Note } from "../ui/Note"
import { Prose } from "../ui/Prose"
import { CeremonyFacts } from "./CeremonyFacts"
import { CeremonyFiles } from "./CeremonyFiles"
import { CeremonySteps } from "./CeremonySteps"
import { ending, kindWord } from "./ceremonyWords"
import { Screen } from "./Screen"

/** The record of one ceremony, for the developer: what came of it and what to do, then every step, then the bytes. */
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
      <Verdict ceremony={c} reload={reload} />
      {c.withheld && (
        <Note tone="info" title="What the lab knows of the passkey is left out here">
          <p>
            The answer does not prove that this browser holds the passkey&apos;s key, so its owner, public key, counter and user handle are
            not shown. On this machine <code>sting ceremonies {c.id}</code> shows everything, and so does this page to the owner, signed in.
          </p>
        </Note>
      )}
      {c.differs.length > 0 && (
        <Note tone="warn" title="The verifier and the explainer don't agree">
          {c.differs.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </Note>
      )}
      {c.explanation && <CeremonySteps explanation={c.explanation} ended={c.step} withheld={c.withheld} />}
      <CeremonyFacts ceremony={c} />
      <CeremonyFiles ceremony={c} />
    </Screen>
  )
}

/** How it ended, why, and what to do. */
function Verdict({ ceremony: c, reload }: { ceremony: Ceremony; reload: () => void }) {
  const end = ending(c)
  return (
    <section className={`card verdict verdict-${end.tone}`} aria-labelledby="verdict">
      <div className="card-head">
        <h2 id="verdict">
          <Icon icon={end.icon} />
          {end.title}
        </h2>
        <span className="verdict-marks">
          {c.virtual && <Badge tone="plain">virtual authenticator</Badge>}
          {c.fault && (
            <a className="verdict-code" href={`/help/${c.fault}`}>
              {c.fault}
            </a>
          )}
        </span>
      </div>
      <p className="verdict-cause">
        <Prose text={end.cause} />
      </p>
      {end.fix && (
        <div className="verdict-fix">
          <h3>What to do</h3>
          <p>
            <Prose text={end.fix} />
          </p>
        </div>
      )}
      {c.state === "running" && (
        <div>
          <Button size="small" onClick={reload}>
            Look again
          </Button>
        </div>
      )}
    </section>
  )
}
