import { Button, Group, Progress } from "@mantine/core"
import { useEffect, useRef } from "react"

import { FaultNote } from "../../ui/FaultNote"
import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { Note } from "../../ui/Note"
import { Prose } from "../../ui/Prose"
import { count, lasting } from "../../ui/format"
import { Ago } from "../Ago"
import type { Finding } from "../lab"
import { Findings } from "./Findings"
import { useDoctor } from "./round"
import css from "./Checks.module.css"

/** The doctor's checks: a round when asked for, and one when the panel is first opened. */
export function Checks() {
  const round = useDoctor()
  const { findings, doing, ended, repaired, fault, examine } = round
  const first = useRef(ended === undefined && doing === undefined && findings.length === 0 && !fault)
  useEffect(() => {
    if (first.current) examine()
    first.current = false
  }, [examine])
  const of = (verdict: Finding["verdict"]) => findings.filter((f) => f.verdict === verdict)
  const repairable = of("failed").filter((f) => f.fixable).length
  return (
    <div className={css.checks}>
      {doing?.check === "" ? <Running /> : ended && <Summary />}
      {fault && (
        <FaultNote fault={fault} focus>
          <Button size="xs" variant="default" onClick={() => examine()}>
            Examine again
          </Button>
        </FaultNote>
      )}
      {repaired && (
        <Note
          tone={repaired.changed.length > 0 ? "good" : "info"}
          role="status"
          title={repaired.changed.length > 0 ? "What was changed" : "Nothing was changed"}
        >
          {repaired.changed.map((change) => (
            <p key={change}>
              <Prose text={change} />
            </p>
          ))}
          {repaired.changed.length === 0 && (
            <p>{repaired.check === "" ? "Nothing" : repaired.check} needed no repair when it was looked at once more.</p>
          )}
        </Note>
      )}
      <Findings title="Failed" findings={of("failed")} all={findings} open>
        {repairable > 1 && (
          <Button size="compact-sm" disabled={doing !== undefined} onClick={() => round.repair()}>
            Repair {repairable} of them
          </Button>
        )}
      </Findings>
      <Findings title="Warnings" findings={of("warning")} all={findings} open />
      <Findings title="Skipped" findings={of("skipped")} all={findings} open={false} />
      <Findings title="Well" findings={of("ok")} all={findings} open={doing?.check === "" && doing.verb === "examine"} />
    </div>
  )
}

/** A round that is under way: how far it is, and the way to end it. */
function Running() {
  const { findings, total, doing, stop } = useDoctor()
  const last = findings.at(-1)
  if (doing?.verb === "repair") {
    return (
      <section className={`card ${css.round}`} aria-label="Repairing" role="status">
        <p className="strong">Repairing what can be repaired, then examining again</p>
        <Progress value={100} animated size="sm" aria-label="Repairing" />
      </section>
    )
  }
  const words = total === undefined ? `${findings.length} checked` : `${findings.length} of ${total} checked`
  return (
    <section className={`card ${css.round}`} aria-label="Examining">
      <div className={css.roundHead}>
        <p className="strong" role="status">
          {words}
        </p>
        <p className={`faint ${css.roundLast}`}>{last && `${last.id}: ${last.title}`}</p>
        <Button size="compact-sm" variant="default" onClick={stop}>
          Stop
        </Button>
      </div>
      <Progress value={total ? (findings.length / total) * 100 : 100} animated={!total} size="sm" aria-label={words} />
    </section>
  )
}

/** How the last round came out, calm where nothing is wrong. */
function Summary() {
  const { findings, total, ended, doing, examine } = useDoctor()
  if (!ended) return null
  const n = (verdict: Finding["verdict"]) => findings.filter((f) => f.verdict === verdict).length
  const [failed, warnings, skipped] = [n("failed"), n("warning"), n("skipped")]
  const tone = failed > 0 ? "bad" : warnings > 0 ? "warn" : "good"
  const looked = findings.length - skipped
  return (
    <section className={`card ${css.verdictCard}`} data-tone={ended.stopped && failed === 0 ? "info" : tone} aria-labelledby="round-title">
      <span className={css.verdictIcon}>
        <Icon icon={failed > 0 || warnings > 0 ? icons.warn : ended.stopped ? icons.minus : icons.check} size="large" />
      </span>
      <div className="card-words">
        <h2 id="round-title">{headline(failed, warnings, ended.stopped)}</h2>
        <p className="faint">
          {ended.stopped
            ? `Stopped after ${count(findings.length, "check")}${total === undefined ? "" : ` of ${total}`}; the rest was not looked at, `
            : `${count(looked, "check")} ran${skipped > 0 ? `, ${skipped} had nothing to look at` : ""}, `}
          <Ago at={ended.at} />, in {lasting(ended.took)}.
        </p>
        {areas(findings) !== "" && <p className="faint">Looked at {areas(findings)}.</p>}
      </div>
      <Group gap="xs">
        <Button
          size="sm"
          variant={failed > 0 ? "filled" : "default"}
          disabled={doing !== undefined}
          leftSection={<Icon icon={icons.refresh} size="small" />}
          onClick={() => examine()}
        >
          Examine again
        </Button>
      </Group>
    </section>
  )
}

function headline(failed: number, warnings: number, stopped: boolean): string {
  if (failed > 0) return `${count(failed, "check")} failed${warnings > 0 ? `, ${count(warnings, "warning")}` : ""}`
  if (warnings > 0) return `Nothing failed, ${count(warnings, "warning")}`
  return stopped ? "Nothing was wrong as far as was looked" : "Nothing is wrong"
}

/** What the ids of checks begin with. */
const subjects: readonly (readonly [string, string])[] = [
  ["TLS", "certificates"],
  ["RP", "the relying party and its origins"],
  ["BR", "browsers"],
  ["RG", "registration"],
  ["LG", "sign-in"],
  ["SS", "sessions"],
  ["ML", "mail"],
  ["SV", "services and this machine"],
]

/** What was really looked at, in words. */
function areas(findings: readonly Finding[]): string {
  const looked = new Set(findings.filter((f) => f.verdict !== "skipped").map((f) => f.id.split("-")[0]))
  const words = subjects.filter(([prefix]) => looked.has(prefix)).map(([, word]) => word)
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`
}
