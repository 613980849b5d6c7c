import { Button, Switch } from "@mantine/core"
import { useCallback, useState } from "react"

import { Badge } from "../../ui/Badge"
import { Note } from "../../ui/Note"
import { useLoad } from "../../ui/load"
import { timeOfDay } from "../../ui/format"
import { kindTitle, stateTone, stepTones } from "../../ui/explanation/words"
import { type Ceremony, lab, type Step } from "../lab"
import { Loaded } from "../Loaded"
import { compareFacts, compareSteps } from "./compare"
import css from "./Compare.module.css"

/** Two ceremonies side by side: what is different. */
export function Compare({ ids: [left, right], onClose }: { ids: readonly [string, string]; onClose: () => void }) {
  const [both, reload] = useLoad(useCallback(() => Promise.all([lab.ceremony({ id: left }), lab.ceremony({ id: right })]), [left, right]))
  return (
    <Loaded value={both} what="both ceremonies" reload={reload}>
      {([a, b]) => <Both left={a} right={b} onClose={onClose} />}
    </Loaded>
  )
}

function Both({ left, right, onClose }: { left: Ceremony; right: Ceremony; onClose: () => void }) {
  const [all, showAll] = useState(false)
  const facts = compareFacts(left, right).filter((f) => all || f.differs)
  const steps = compareSteps(left.explanation?.steps ?? [], right.explanation?.steps ?? []).filter((s) => all || s.differs)
  const comparable = left.kind === right.kind
  return (
    <article className="ceremony" aria-label="Comparison">
      <header className="ceremony-head">
        <h2>What is different</h2>
        <div className="ceremony-actions">
          <Switch size="xs" label="What is equal too" checked={all} onChange={(event) => showAll(event.currentTarget.checked)} />
          <Button size="compact-sm" variant="default" onClick={onClose}>
            End comparison
          </Button>
        </div>
      </header>
      {!comparable && (
        <Note tone="info" title="A registration and a sign-in have other steps">
          <p>Only what surrounds them is compared. Choose two of one kind to compare them step by step.</p>
        </Note>
      )}
      <table className="compare">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">What</span>
            </th>
            <Side ceremony={left} />
            <Side ceremony={right} />
          </tr>
        </thead>
        <tbody>
          {facts.map((f) => (
            <tr key={f.name} data-differs={f.differs || undefined}>
              <th scope="row">{f.name}</th>
              <td>{f.left}</td>
              <td>{f.right}</td>
            </tr>
          ))}
          {comparable &&
            steps.map((s) => (
              <tr key={s.id} data-differs={s.differs || undefined}>
                <th scope="row">
                  <code>{s.id}</code> {s.title}
                </th>
                <Cell step={s.left} />
                <Cell step={s.right} />
              </tr>
            ))}
        </tbody>
      </table>
      {facts.length === 0 && (!comparable || steps.length === 0) && (
        <p className="faint tab-empty">Nothing is different, in the facts and in the steps.</p>
      )}
    </article>
  )
}

function Side({ ceremony: c }: { ceremony: Ceremony }) {
  return (
    <th scope="col">
      {kindTitle(c.kind)}, {timeOfDay(c.began_at, "millisecond")} <Badge tone={stateTone(c.state)}>{c.state}</Badge>
    </th>
  )
}

function Cell({ step }: { step: Step | undefined }) {
  if (!step) return <td className="faint">was not reached</td>
  return (
    <td>
      <Badge tone={stepTones[step.verdict]}>{step.verdict}</Badge>
      {step.received !== "" && <code className={css.compareValue}>{step.received}</code>}
      {step.expected !== "" && step.expected !== step.received && (
        <span className={`faint ${css.compareValue}`}>expected: {step.expected}</span>
      )}
    </td>
  )
}
