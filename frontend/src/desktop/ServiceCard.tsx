import { Button, Group } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { Badge, type Tone } from "../ui/Badge"
import { CopyButton } from "../ui/CopyButton"
import { FaultNote } from "../ui/FaultNote"
import { Prose } from "../ui/Prose"
import { count, lasting } from "../ui/format"
import { Ago } from "./Ago"
import { Confirm } from "./Confirm"
import { lab, type Service } from "./lab"
import { ServiceLog } from "./ServiceLog"
import css from "./ServiceCard.module.css"

const tones: Record<Service["state"], Tone> = { Healthy: "good", Unhealthy: "bad", Starting: "info", Stopped: "plain" }

/** A service: its state and the evidence for it, what can be done to it, its log. */
export function ServiceCard({ service: s, onChanged }: { service: Service; onChanged: () => void }) {
  const [busy, setBusy] = useState<string>()
  const [fault, setFault] = useState<Fault>()
  const [stopping, setStopping] = useState(false)
  const [logShown, showLog] = useState(false)
  const [was, setWas] = useState(s.state)
  if (was !== s.state) {
    setWas(s.state)
    if (s.state === "Healthy") setFault(undefined) // it came up meanwhile
  }
  const change = async (verb: string, done: string, doing: Promise<unknown>) => {
    setBusy(verb)
    setFault(undefined)
    try {
      await doing
      notifications.show({ message: `${s.name} is ${done}.` })
    } catch (thrown) {
      setFault(toFault(thrown))
    } finally {
      setBusy(undefined)
      onChanged()
    }
  }
  return (
    <li className={`card ${css.service}`} aria-label={`${s.name}: ${s.state}`}>
      <div className={css.serviceHead}>
        <h2>{s.name}</h2>
        <Badge tone={tones[s.state]}>{s.state}</Badge>
        <span className={css.serviceChecked}>
          {s.checked_at !== "" && (
            <>
              checked <Ago at={s.checked_at} /> in {lasting(s.took_ms)}
            </>
          )}
        </span>
        <Group gap="xs" wrap="nowrap">
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            aria-expanded={logShown}
            aria-label={`Log of ${s.name}`}
            onClick={() => showLog(!logShown)}
          >
            Log
          </Button>
          {s.state === "Stopped" ? (
            <Button
              size="compact-sm"
              loading={busy === "start"}
              aria-label={`Start ${s.name}`}
              onClick={() => void change("start", "started", lab.startService({ name: s.name }))}
            >
              Start
            </Button>
          ) : (
            <>
              <Button
                size="compact-sm"
                variant="default"
                loading={busy === "restart"}
                aria-label={`Restart ${s.name}`}
                onClick={() => void change("restart", "restarted", lab.restartService({ name: s.name }))}
              >
                Restart
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                disabled={busy !== undefined}
                aria-label={`Stop ${s.name}`}
                onClick={() => setStopping(true)}
              >
                Stop
              </Button>
            </>
          )}
        </Group>
      </div>
      {s.url !== "" && (
        <div className={css.serviceUrl}>
          <code>{s.url}</code>
          <CopyButton text={s.url} what={`the address of ${s.name}`} />
        </div>
      )}
      {s.detail !== "" && (
        <p className={css.serviceDetail}>
          <Prose text={s.detail} />
        </p>
      )}
      <Evidence service={s} />
      {s.error && !(fault && says(fault, s.error)) && <FaultNote fault={toFault(s.error)} />}
      {fault && <FaultNote fault={fault} focus />}
      {logShown && <ServiceLog name={s.name} />}
      {stopping && (
        <Confirm
          title={`Stop ${s.name}?`}
          verb={`Stop ${s.name}`}
          onClose={() => setStopping(false)}
          onConfirm={async () => {
            await lab.stopService({ name: s.name })
            onChanged()
          }}
        >
          <p>The services that need {s.name} stop with it. Nothing that is stored goes; start them again here when you like.</p>
        </Confirm>
      )}
    </li>
  )
}

/** Whether what a press met is what the service says of itself. */
const says = (fault: Fault, error: NonNullable<Service["error"]>) => fault.code === error.error_code && fault.message === error.error

/** What the last probe saw, and what went wrong before. */
function Evidence({ service: s }: { service: Service }) {
  const past = s.error ? null : s.last_complaint
  if ((s.evidence ?? []).length === 0 && s.restarts === 0 && !past) return null
  return (
    <dl className="facts">
      {(s.evidence ?? []).map((e) => (
        <div key={e.what}>
          <dt>{e.what}</dt>
          <dd>
            <Prose text={e.seen} />
          </dd>
        </div>
      ))}
      {s.restarts > 0 && (
        <div>
          <dt>restarts</dt>
          <dd>{count(s.restarts, "time")} after it ended by itself</dd>
        </div>
      )}
      {past && (
        <div>
          <dt>last complaint</dt>
          <dd>
            <Ago at={past.at} />: <Prose text={past.error.error} />
          </dd>
        </div>
      )}
    </dl>
  )
}
