import { Button } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useCallback, useState } from "react"

import { type Fault, toFault } from "../../api/fault"
import { Badge } from "../../ui/Badge"
import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { FaultNote } from "../../ui/FaultNote"
import { Note } from "../../ui/Note"
import { Ago } from "../Ago"
import { useGo } from "../going"
import { type Ceremony, lab } from "../lab"
import { Loaded } from "../Loaded"
import { useLive } from "../useLive"
import { VirtualMark } from "../VirtualMark"
import { browserName } from "../words"
import { Explained } from "./Explained"
import { Json } from "./Json"
import { kindWord, stateTone, took, verdicts } from "./looks"
import { viewOf } from "./record"
import { Verdict } from "./Verdict"
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
  const record = viewOf(c.record)
  return (
    <article className="ceremony" aria-label={`Ceremony ${c.id}`}>
      <header className="ceremony-head">
        <h2>
          {kindWord(c.kind)}
          {c.email !== "" && <span className={css.ceremonyPerson}> of {c.email}</span>}
        </h2>
        <Badge tone={stateTone(c.state)}>{c.state}</Badge>
        {c.virtual && <VirtualMark />}
        <Actions ceremony={c} />
      </header>
      <Ending ceremony={c} />
      {c.state === "rejected" && c.explanation?.verdict === "accepted" && c.differs.length === 0 && (
        <Note tone="info" title="The answer itself is in order">
          <p>Every step below holds. The server refused it for what it knows beside these bytes: the passkey, the person or the time.</p>
        </Note>
      )}
      {c.differs.length > 0 && (
        <Note tone="warn" title="The verifier and the explainer don't agree">
          {c.differs.map((line) => (
            <p key={line}>{line}</p>
          ))}
          <p>The verifier decides who is signed in. The explainer computes every step itself; export the record to look into it.</p>
        </Note>
      )}
      <Facts ceremony={c} />
      {c.ignored.length > 0 && <p className="faint">The request had members that nobody reads: {c.ignored.join(", ")}.</p>}
      <Explained
        explanation={c.explanation ?? undefined}
        unexplained={
          c.state === "running"
            ? "The browser has not answered yet. The steps appear here when it does."
            : "Nothing was answered, so there is nothing to verify."
        }
        options={record.options}
        answer={record.credential}
        record={<Json value={c.record} what="the record" />}
      />
    </article>
  )
}

/** What came of it, in the words of the server, which decided. */
function Ending({ ceremony: c }: { ceremony: Ceremony }) {
  switch (c.state) {
    case "running":
      return (
        <Verdict
          tone="info"
          title="Running"
          cause="The options are with the page; the browser asks the person, or waits for a choice in the list of the e-mail field."
        />
      )
    case "verified":
      return (
        <Verdict
          tone="good"
          title="Verified"
          cause={c.explanation?.verdict === "accepted" ? verdicts.accepted.text : "The server accepted it."}
        />
      )
    case "abandoned":
      return (
        <Verdict
          tone="warn"
          title="Abandoned"
          cause={c.cause || "No answer came before the challenge ran out: the page was closed or left, or the question was never answered."}
          fix={c.fix || undefined}
          fault={c.fault || undefined}
        />
      )
    default: {
      const x = c.explanation
      return (
        <Verdict
          tone="bad"
          title="Rejected"
          cause={c.cause || x?.cause || verdicts.rejected.text}
          fix={c.fix || x?.fix}
          fault={c.fault || x?.fault}
        />
      )
    }
  }
}

function Facts({ ceremony: c }: { ceremony: Ceremony }) {
  const go = useGo()
  const facts: [string, React.ReactNode][] = [
    ["page", <code key="origin">{c.origin || "not said"}</code>],
    [
      "browser",
      <span key="agent" title={c.user_agent}>
        {browserName(c.user_agent)}
      </span>,
    ],
    ["began", <Ago key="began" at={c.began_at} />],
    ["took", took(c.began_at, c.ended_at) || "still runs"],
  ]
  if (c.passkey_id !== "")
    facts.push([
      "passkey",
      <LinkTo key="passkey" word={c.passkey_id} what="Show the passkey" go={() => go({ panel: "passkeys", id: c.passkey_id })} />,
    ])
  if (c.session_id !== "")
    facts.push([
      "session",
      <LinkTo key="session" word={c.session_id} what="Show the session" go={() => go({ panel: "sessions", id: c.session_id })} />,
    ])
  return (
    <dl className="fact-grid">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
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
