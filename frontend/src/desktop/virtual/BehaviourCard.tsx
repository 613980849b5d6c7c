import { SegmentedControl } from "@mantine/core"
import { useState } from "react"

import { Badge } from "../../ui/Badge"
import { FaultNote } from "../../ui/FaultNote"
import type { VirtualState } from "../lab"
import { useChange } from "./useChange"
import css from "./BehaviourCard.module.css"

interface Behaviour {
  do: "user_verification" | "user_presence" | "signature"
  title: string
  /** Each value, its word, and what comes of it; the first is how an authenticator should be. */
  values: readonly { to: string; word: string; effect: string }[]
}

const behaviours: readonly Behaviour[] = [
  {
    do: "user_verification",
    title: "User verification",
    values: [
      { to: "on", word: "On", effect: "The person is verified: flag UV is set." },
      { to: "off", word: "Off", effect: "It answers, and flag UV is missing." },
      { to: "refuse", word: "Refuse", effect: "The check fails every time: where UV is required there is no answer." },
    ],
  },
  {
    do: "user_presence",
    title: "User presence",
    values: [
      { to: "on", word: "On", effect: "The touch is there: flag UP is set." },
      { to: "off", word: "Off", effect: "It answers, and flag UP is missing." },
      { to: "refuse", word: "Refuse", effect: "Nobody touches it: the page waits until its time is over." },
    ],
  },
  {
    do: "signature",
    title: "Signature",
    values: [
      { to: "good", word: "Good", effect: "The signature fits the key." },
      { to: "bad", word: "Bad", effect: "The signature is wrong, everything else is right." },
    ],
  },
]

/** How the authenticator behaves, as long as its browser runs: right, or wrong on purpose. */
export function BehaviourCard({ state, onTold }: { state: VirtualState; onTold: (state: VirtualState) => void }) {
  return (
    <section className={`card ${css.behaviours}`} aria-labelledby="behaviour-title">
      <h2 id="behaviour-title">Behaviour</h2>
      <p className="faint">
        {state.running
          ? "It lasts until the browser is closed."
          : "These can be set while the browser runs. Each start begins with an authenticator that does everything right."}
      </p>
      {behaviours.map((b) => (
        <Line key={b.do} behaviour={b} now={state.running ? state[b.do] : ""} onTold={onTold} />
      ))}
    </section>
  )
}

function Line({ behaviour: b, now, onTold }: { behaviour: Behaviour; now: string; onTold: (state: VirtualState) => void }) {
  const [wanted, setWanted] = useState<string>()
  const { change, fault } = useChange(onTold)
  const right = b.values[0]?.to ?? ""
  const shown = wanted ?? (now === "" ? right : now)
  const set = async (to: string) => {
    setWanted(to)
    await change({ do: b.do, to })
    setWanted(undefined)
  }
  return (
    <div className={css.behaviour}>
      <div className={css.behaviourLine}>
        <span className="strong">{b.title}</span>
        <SegmentedControl
          size="xs"
          aria-label={b.title}
          disabled={now === "" || wanted !== undefined}
          value={shown}
          onChange={(to) => void set(to)}
          data={b.values.map((v) => ({ value: v.to, label: v.word }))}
        />
        <span className={css.behaviourEffect}>
          {now !== "" && now !== right && <Badge tone="warn">wrong on purpose</Badge>}
          {b.values.find((v) => v.to === shown)?.effect}
        </span>
      </div>
      {fault && <FaultNote fault={fault} focus />}
    </div>
  )
}
