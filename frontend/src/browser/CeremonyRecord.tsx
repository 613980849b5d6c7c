import type { Ceremony } from "../api/types"
import { Badge } from "../ui/Badge"
import { Button } from "../ui/Button"
import { CopyButton } from "../ui/CopyButton"
import { CeremonyExplanation } from "../ui/explanation/CeremonyExplanation"
import { When } from "../ui/When"
import { kindWord } from "../ui/explanation/words"
import { Screen } from "./Screen"
import css from "./CeremonyRecord.module.css"

/** The record that was read; `reload` looks at it again. */
export function CeremonyRecord({ ceremony: c, reload }: { ceremony: Ceremony; reload: () => void }) {
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
