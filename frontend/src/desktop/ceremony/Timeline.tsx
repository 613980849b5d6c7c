import { Switch } from "@mantine/core"
import { useId, useState } from "react"

import { Icon, type IconShape } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { Prose } from "../../ui/Prose"
import type { Step } from "../lab"
import { count, joined } from "../words"
import { stepTones } from "./looks"
import css from "./Timeline.module.css"

const shapes: Record<Step["verdict"], IconShape> = { passed: icons.check, failed: icons.close, warning: icons.warn, skipped: icons.minus }

/** The steps of the specification in their order. What failed or warns is open; the rest opens on demand. */
export function Timeline({ steps }: { steps: readonly Step[] }) {
  const [all, showAll] = useState(true)
  const number = (verdict: Step["verdict"]) => steps.filter((s) => s.verdict === verdict).length
  const tally = (["failed", "warning", "passed", "skipped"] as const).filter((v) => number(v) > 0).map((v) => `${number(v)} ${v}`)
  const shown = all ? steps : steps.filter((s) => s.verdict !== "skipped")
  return (
    <div>
      <div className={css.tally}>
        <span>
          {count(steps.length, "step")}: {joined(tally)}
        </span>
        {number("skipped") > 0 && (
          <Switch size="xs" label="Skipped ones too" checked={all} onChange={(event) => showAll(event.currentTarget.checked)} />
        )}
      </div>
      <ol className="steps">
        {shown.map((step) => (
          <StepRow key={step.id} step={step} />
        ))}
      </ol>
    </div>
  )
}

/** Steps of the specification carry its numbers; ours carry words. */
const ofTheSpecification = /^\d/

function StepRow({ step }: { step: Step }) {
  const [open, setOpen] = useState(step.verdict === "failed" || step.verdict === "warning")
  const body = useId()
  return (
    <li className="step" data-tone={stepTones[step.verdict]} data-verdict={step.verdict}>
      <span className={css.stepMark} aria-hidden="true">
        <Icon icon={shapes[step.verdict]} size="small" />
      </span>
      <button type="button" className="step-head" aria-expanded={open} aria-controls={body} onClick={() => setOpen(!open)}>
        <code>{ofTheSpecification.test(step.id) ? `§${step.id}` : step.id}</code>
        <span className={css.stepTitle}>{step.title}</span>
        <span className={css.stepVerdict}>{step.verdict}</span>
        <Icon icon={icons.down} size="small" />
      </button>
      {open && (
        <div className={css.stepBody} id={body}>
          {step.cause && (
            <p className={css.stepCause}>
              <Prose text={step.cause} />
            </p>
          )}
          {step.fix && (
            <p>
              <strong>What to do:</strong> <Prose text={step.fix} />
            </p>
          )}
          <dl className="facts">
            {step.expected !== "" && <Fact name="expected" value={step.expected} />}
            {step.received !== "" && <Fact name="received" value={step.received} />}
          </dl>
          {step.note !== "" && <p className="faint">{step.note}</p>}
          {step.expected === "" && step.received === "" && step.note === "" && !step.cause && (
            <p className="faint">There is nothing to compare in this step.</p>
          )}
          {step.fault && (
            <p className="note-ids">
              <a href={`/help/${step.fault}`}>{step.fault}</a>
            </p>
          )}
        </div>
      )}
    </li>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
      </dd>
    </div>
  )
}
