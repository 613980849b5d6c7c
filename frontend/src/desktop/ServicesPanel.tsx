import { Button } from "@mantine/core"
import { useState } from "react"

import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { lab } from "./lab"
import { Loaded } from "./Loaded"
import { Panel } from "./Panel"
import { ServiceCard } from "./ServiceCard"
import { ServiceLog } from "./ServiceLog"
import { useLive } from "./useLive"
import css from "./ServicesPanel.module.css"

const topics = ["services"] as const

/** A probe leaves no news while nothing changes; its time is read again this often, in milliseconds. */
const refresh = 5000

const parts = async () => (await lab.status()).services

/** The parts of the lab, and what a probe of each saw. */
export function ServicesPanel() {
  const [services, reload] = useLive(parts, topics, refresh)
  const [logShown, showLog] = useState(false)
  return (
    <Panel
      title="Services"
      about="The parts of the lab. One is Healthy only after a probe that did its work: a handshake, a write, a question answered."
      actions={
        <Button
          size="sm"
          variant="default"
          aria-expanded={logShown}
          leftSection={<Icon icon={icons.terminal} size="small" />}
          onClick={() => showLog(!logShown)}
        >
          Log of all services
        </Button>
      }
    >
      {logShown && (
        <section className={`card ${css.logAll}`} aria-label="Log of all services">
          <ServiceLog name="" />
        </section>
      )}
      <Loaded value={services} what="services" reload={reload}>
        {(list) => (
          <ul className="services">
            {list.map((service) => (
              <ServiceCard key={service.name} service={service} onChanged={reload} />
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  )
}
