import { Button } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useCallback, useState } from "react"

import { type Fault, toFault } from "../../api/fault"
import { Badge } from "../../ui/Badge"
import { CeremonyExplanation } from "../../ui/explanation/CeremonyExplanation"
import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { FaultNote } from "../../ui/FaultNote"
import { kindTitle, stateTone } from "../../ui/explanation/words"
import { Ago } from "../Ago"
import { useGo } from "../going"
import { type Ceremony, lab } from "../lab"
import { Loaded } from "../Loaded"
import { useLive } from "../useLive"
import { VirtualMark } from "../VirtualMark"
import css from "./CeremonyDetail.module.css"

const topics = ["ceremonies"] as const

/** One ceremony of the tape, whole; it keeps itself current while it runs. */
export function CeremonyDetail({ id }: { id: string }) {
  const [ceremony, reload] = useLive(
    useCallback(() => lab.ceremony({ id }), [id]),
    topics,
  )
  return (
    <Loaded value={ceremony} what="the ceremony" reload={reload}>
      {(data) => <Whole ceremony={data} />}
    </Loaded>
  )
}

function Whole({ ceremony: c }: { ceremony: Ceremony }) {
  const go = useGo()
  return (
    <article className="ceremony" aria-label={`Ceremony ${c.id}`}>
      <header className="ceremony-head">
        <h2>
          {kindTitle(c.kind)}
          {c.email !== "" && <span className={css.ceremonyPerson}> of {c.email}</span>}
        </h2>
        <Badge tone={stateTone(c.state)}>{c.state}</Badge>
        {c.virtual && <VirtualMark />}
        <Actions ceremony={c} />
      </header>
      <CeremonyExplanation
        ceremony={c}
        moment={(at) => <Ago at={at} />}
        named={(what, id) => <LinkTo word={id} what={`Show the ${what}`} go={() => go({ panel: `${what}s`, id })} />}
      />
    </article>
  )
}

function LinkTo({ word, what, go }: { word: string; what: string; go: () => void }) {
  return (
    <button type="button" className="link" aria-label={`${what} ${word}`} title={word} onClick={go}>
      {word.length > 14 ? `${word.slice(0, 12)}…` : word}
    </button>
  )
}

function Actions({ ceremony: c }: { ceremony: Ceremony }) {
  const [fault, setFault] = useState<Fault>()
  const copy = (text: string, what: string) =>
    void lab.copy(text).then((done) =>
      notifications.show({
        message: done ? `${what} is copied.` : "This system has no clipboard. The record tab has the text to select.",
      }),
    )
  const save = async () => {
    setFault(undefined)
    try {
      const path = await lab.exportCeremony(c.id)
      if (path !== "") notifications.show({ message: `The record is in ${path}.` })
    } catch (thrown) {
      setFault(toFault(thrown))
    }
  }
  return (
    <>
      <div className="ceremony-actions">
        {c.curl !== "" && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Icon icon={icons.terminal} size="small" />}
            onClick={() => copy(c.curl, "The command")}
          >
            Copy as curl
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Icon icon={icons.copy} size="small" />}
          onClick={() => copy(JSON.stringify(c.record, null, 2), "The record")}
        >
          Copy record
        </Button>
        <Button size="compact-sm" variant="default" leftSection={<Icon icon={icons.save} size="small" />} onClick={() => void save()}>
          Export
        </Button>
      </div>
      {fault && <FaultNote fault={fault} focus />}
    </>
  )
}
