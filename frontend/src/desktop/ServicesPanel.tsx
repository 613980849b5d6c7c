import { Button } from "@mantine/core"

import { toFault } from "../api/fault"
import { FaultNote } from "../ui/FaultNote"
import { Prose } from "../ui/Prose"
import { Ago } from "./Ago"
import { Copy } from "./Copy"
import { TableWaiting } from "./DataTable"
import { lab, type Service } from "./lab"
import { Panel } from "./Panel"
import { Tag, type Tone } from "./Tag"
import { useLive } from "./useLive"

const topics = ["services"] as const

/** A probe leaves no news while nothing changes; its time is read again this often, in milliseconds. */
const refresh = 5000

/** The parts of the lab, and what a probe of each saw. */
export function ServicesPanel() {
  const [services, reload] = useLive(lab.services, topics, refresh)
  return (
    <Panel title="Services" about="The parts of the lab. One is Healthy only after a probe that did its work: a handshake, a write, a question answered.">
      {services.state === "loading" && <TableWaiting what="services" />}
      {services.state === "failed" && (
        <FaultNote fault={services.fault}>
          <Button size="xs" variant="default" onClick={reload}>
            Try again
          </Button>
        </FaultNote>
      )}
      {services.state === "ready" && (
        <ul className="services">
          {services.data.map((service) => (
            <ServiceCard key={service.name} service={service} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

export const stateTones: Record<Service["state"], Tone> = { Healthy: "good", Unhealthy: "bad", Starting: "info", Stopped: "plain" }

function ServiceCard({ service: s }: { service: Service }) {
  return (
    <li className="card service" aria-label={`${s.name}: ${s.state}`}>
      <div className="service-head">
        <h2>{s.name}</h2>
        <Tag tone={stateTones[s.state]}>{s.state}</Tag>
        <span className="service-checked">
          {s.checked_at !== "" && (
            <>
              checked <Ago at={s.checked_at} /> in {s.took_ms < 10 ? s.took_ms.toFixed(1) : Math.round(s.took_ms)} ms
            </>
          )}
        </span>
      </div>
      {s.url !== "" && (
        <div className="service-url">
          <code>{s.url}</code>
          <Copy value={s.url} what={`the address of ${s.name}`} />
        </div>
      )}
      {s.detail !== "" && (
        <p className="service-detail">
          <Prose text={s.detail} />
        </p>
      )}
      {(s.evidence ?? []).length > 0 && (
        <dl className="facts">
          {s.evidence.map((e) => (
            <div key={e.what}>
              <dt>{e.what}</dt>
              <dd>
                <Prose text={e.seen} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {s.error && <FaultNote fault={toFault(s.error)} />}
    </li>
  )
}
