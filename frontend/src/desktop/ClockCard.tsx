import { Button, Group, TextInput } from "@mantine/core"
import { type FormEvent, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { FaultNote } from "../ui/FaultNote"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { dateAndTime, offset as inWords } from "../ui/format"
import { useLabNow } from "./clock"
import { lab } from "./lab"
import css from "./ClockCard.module.css"

interface Props {
  /** How far the lab's clock stands from the machine's, in seconds. */
  offset: number
  /** The lab's time when it was last asked, RFC 3339. */
  now: string
  onMoved: () => void
}

/** The lab's time, and ways to move it: sessions and challenges run out by it, certificates don't. */
export function ClockCard({ offset, onMoved }: Props) {
  const now = useLabNow()
  const [by, setBy] = useState("")
  const [fault, setFault] = useState<Fault>()
  const move = async (duration: string) => {
    setFault(undefined)
    try {
      await lab.moveClock({ by: duration })
      setBy("")
      onMoved()
    } catch (thrown) {
      setFault(toFault(thrown))
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (by.trim() !== "") void move(by.trim())
  }
  return (
    <section className="card" aria-labelledby="clock-title">
      <h2 id="clock-title">Clock</h2>
      <p className={css.clockNow}>
        <Icon icon={icons.clock} />
        <strong>{dateAndTime(now)}</strong>
        <span className="faint">{offset === 0 ? "as the machine's" : inWords(offset)}</span>
      </p>
      <p className="faint">Sessions and challenges run out by this clock, so that a test needn't wait. Certificates keep the machine's.</p>
      <Group gap="xs" mt="sm">
        <Button size="xs" variant="default" onClick={() => void move("10m")}>
          10 min on
        </Button>
        <Button size="xs" variant="default" onClick={() => void move("24h")}>
          1 day on
        </Button>
        <form onSubmit={submit} className={css.clockBy}>
          <TextInput
            size="xs"
            aria-label="Move the clock by"
            placeholder="-30m, 1h15m"
            value={by}
            onChange={(event) => setBy(event.currentTarget.value)}
          />
          <Button size="xs" variant="default" type="submit" disabled={by.trim() === ""}>
            Move
          </Button>
        </form>
        {offset !== 0 && (
          <Button size="xs" onClick={() => void move("reset")}>
            Reset
          </Button>
        )}
      </Group>
      {fault && (
        <div className="spaced">
          <FaultNote fault={fault} />
        </div>
      )}
    </section>
  )
}
