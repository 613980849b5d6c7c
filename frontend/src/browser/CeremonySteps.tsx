import type { ExplainedStep, Explanation } from "../api/types"
import { Badge } from "../ui/Badge"
import { Prose } from "../ui/Prose"
import { stepName, stepTones } from "./ceremonyWords"
import css from "./CeremonySteps.module.css"

interface Props {
  explanation: Explanation
  /** The id of the step at which the lab ended it, or "". */
  ended: string
  /** What it was held against was left out. */
  withheld: boolean
}

/** The steps of the specification in their order. What failed or warns is open, the rest is folded. */
export function CeremonySteps({ explanation: { steps }, ended, withheld }: Props) {
  const failed = steps.some((step) => step.verdict === "failed")
  const count = (verdict: ExplainedStep["verdict"]) => steps.filter((step) => step.verdict === verdict).length
  const tally = (["failed", "warning", "passed", "skipped"] as const).filter((v) => count(v) > 0)
  const place = steps.find((step) => step.id === ended)
  return (
    <section className="card" aria-labelledby="steps">
      <div className="card-head">
        <h2 id="steps">Step by step</h2>
        <span className="verdict-marks">
          {tally.map((v) => (
            <Badge key={v} tone={stepTones[v]}>
              {count(v)} {v}
            </Badge>
          ))}
        </span>
      </div>
      <p className="steps-about">
        The steps of Web Authentication Level 3, section {steps[0]?.id.slice(0, 3)}, computed on what the browser sent.
        {!failed &&
          place &&
          (withheld
            ? ` The lab refused it at ${stepName(place.id)}, ${place.title}; what it was held against is left out here.`
            : ` The answer itself is in order; the lab refused it at ${stepName(place.id)}, ${place.title}, for what it knows ` +
              "beside these bytes.")}
      </p>
      <ol className={css.proof}>
        {steps.map((step) => (
          <Step key={step.id} step={step} ended={!failed && step.id === ended} />
        ))}
      </ol>
    </section>
  )
}

function Step({ step, ended }: { step: ExplainedStep; ended: boolean }) {
  const tone = stepTones[step.verdict]
  return (
    <li className={`proof-step proof-${ended ? "bad" : tone}`}>
      <details open={step.verdict === "failed" || step.verdict === "warning"}>
        <summary>
          <code>{stepName(step.id)}</code>
          <span className="proof-title">{step.title}</span>
          <Badge tone={ended ? "bad" : tone}>{ended ? "refused here" : step.verdict}</Badge>
        </summary>
        <Said step={step} />
      </details>
    </li>
  )
}

function Said({ step }: { step: ExplainedStep }) {
  const nothing = !step.expected && !step.received && !step.cause && !step.note
  return (
    <div className="proof-body">
      {step.cause && (
        <p className="proof-cause">
          <Prose text={step.cause} />
        </p>
      )}
      {(step.expected || step.received) && (
        <dl className="facts">
          {step.expected && (
            <div>
              <dt>Expected</dt>
              <dd>
                <code>{step.expected}</code>
              </dd>
            </div>
          )}
          <div>
            <dt>Received</dt>
            <dd>{step.received ? <code>{step.received}</code> : "nothing"}</dd>
          </div>
        </dl>
      )}
      {step.fix && (
        <p>
          <strong>What to do:</strong> <Prose text={step.fix} />
        </p>
      )}
      {step.note && (
        <p className="proof-note">
          <Prose text={step.note} />
        </p>
      )}
      {nothing && <p className="proof-note">It holds; there is no value to show.</p>}
    </div>
  )
}
