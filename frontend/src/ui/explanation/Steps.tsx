import { useState } from "react"

import type { ExplainedStep } from "../../api/types"
import { count, joined } from "../format"
import { Icon, type IconShape } from "../Icon"
import * as icons from "../icons"
import { Note } from "../Note"
import { Prose } from "../Prose"
import { stepName, stepTones } from "./words"
import css from "./Steps.module.css"

const shapes: Record<ExplainedStep["verdict"], IconShape> = {
  passed: icons.check,
  failed: icons.close,
  warning: icons.warn,
  skipped: icons.minus,
}

/** That the lab refused what the bytes alone don't show. */
export interface Refusal {
  /** The id of the step at which it did; "": not known. */
  step: string
  /** What it was held against was left out. */
  withheld: boolean
}

interface Props {
  steps: readonly ExplainedStep[]
  refusal?: Refusal | undefined
}

/** The steps of the specification in their order. What failed or warns is open; the rest opens on demand. */
export function Steps({ steps, refusal }: Props) {
  const [all, showAll] = useState(true)
  const number = (verdict: ExplainedStep["verdict"]) => steps.filter((s) => s.verdict === verdict).length
  const tally = (["failed", "warning", "passed", "skipped"] as const).filter((v) => number(v) > 0).map((v) => `${number(v)} ${v}`)
  const refused = number("failed") === 0 ? refusal : undefined
  return (
    <section className={css.section} aria-label="Step by step">
      {refused && <RefusedNote refusal={refused} at={steps.find((s) => s.id === refused.step)} />}
      <div className={css.tally}>
        <span>
          {count(steps.length, "step")}: {joined(tally)}
        </span>
        {number("skipped") > 0 && (
          <label>
            <input type="checkbox" checked={all} onChange={(event) => showAll(event.currentTarget.checked)} /> Skipped ones too
          </label>
        )}
      </div>
      <ol className={css.steps}>
        {steps
          .filter((s) => all || s.verdict !== "skipped")
          .map((step) => (
            <Step key={step.id} step={step} ended={refused !== undefined && refused.step === step.id} />
          ))}
      </ol>
    </section>
  )
}

function RefusedNote({ refusal, at }: { refusal: Refusal; at: ExplainedStep | undefined }) {
  const place = at ? ` at ${stepName(at.id)}, ${at.title}` : ""
  if (refusal.withheld) {
    return (
      <Note tone="info" title="The bytes don't show why">
        <p>The lab refused it{place}; what it was held against is left out here.</p>
      </Note>
    )
  }
  return (
    <Note tone="info" title="The answer itself is in order">
      <p>
        Every step below holds; the lab refused it{place && `${place},`} for what it knows beside these bytes: the passkey, the person
        or the time.
      </p>
    </Note>
  )
}

function Step({ step, ended }: { step: ExplainedStep; ended: boolean }) {
  const verdict = ended ? "failed" : step.verdict
  return (
    <li className={css.step} data-tone={stepTones[verdict]} data-verdict={verdict}>
      <span className={css.mark} aria-hidden="true">
        <Icon icon={shapes[verdict]} size="small" />
      </span>
      <details open={step.verdict === "failed" || step.verdict === "warning"}>
        <summary>
          <code>{stepName(step.id)}</code>
          <span className={css.title}>{step.title}</span>
          <span className={css.verdict}>{ended ? "refused here" : step.verdict}</span>
          <Icon icon={icons.down} size="small" />
        </summary>
        <Said step={step} />
      </details>
    </li>
  )
}

/** What was found out in a step, and what to do about it. */
function Said({ step }: { step: ExplainedStep }) {
  const values = [
    ["expected", step.expected],
    ["received", step.received],
  ].filter(([, value]) => value !== "")
  return (
    <div className={css.body}>
      {step.cause && (
        <p className={css.cause}>
          <Prose text={step.cause} />
        </p>
      )}
      {step.fix && (
        <p>
          <strong>What to do:</strong> <Prose text={step.fix} />
        </p>
      )}
      {values.length > 0 && (
        <dl>
          {values.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{value}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {step.note !== "" && (
        <p className={css.note}>
          <Prose text={step.note} />
        </p>
      )}
      {values.length === 0 && step.note === "" && !step.cause && <p className={css.note}>There is nothing to compare in this step.</p>}
      {step.fault && (
        <p className="note-ids">
          <a href={`/help/${step.fault}`}>{step.fault}</a>
        </p>
      )}
    </div>
  )
}
