import { Button, Group } from "@mantine/core"

import type { Fault } from "../api/fault"
import { CopyButton } from "../ui/CopyButton"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { Mark } from "../ui/Mark"
import { Prose } from "../ui/Prose"
import { lab } from "./lab"
import css from "./NotRunning.module.css"

interface Props {
  phase: "failed" | "ended"
  /** The lab that has ended was somebody else's. */
  attached: boolean
  fault: Fault
}

/** The whole window when there is no lab to show: what happened, what to do, and the way to try again. */
export function NotRunning({ phase, attached, fault }: Props) {
  const title =
    phase === "failed" ? "The lab did not start" : attached ? "The lab that this window showed has stopped" : "The lab has stopped"
  return (
    <main className="screen">
      <div className={css.failure} role="alert" aria-labelledby="failure-title">
        <Mark size={44} />
        <h1 id="failure-title">{title}</h1>
        <section>
          <h2>What happened</h2>
          <p>
            <Prose text={fault.message} />
          </p>
        </section>
        {fault.hint && (
          <section>
            <h2>What to do</h2>
            <p>
              <Prose text={fault.hint} />
            </p>
          </section>
        )}
        <Group justify="space-between" mt="md">
          <span className="id">
            {fault.help ? <a href={fault.help}>{fault.code}</a> : <code>{fault.code}</code>}
            <CopyButton text={`${fault.code}: ${fault.message} ${fault.hint ?? ""}`} what="this report" />
          </span>
          <Button size="md" autoFocus leftSection={<Icon icon={icons.refresh} />} onClick={() => void lab.start()}>
            {phase === "failed" ? "Try again" : "Start the lab"}
          </Button>
        </Group>
      </div>
    </main>
  )
}
