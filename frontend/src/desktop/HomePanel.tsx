import { Button, Switch } from "@mantine/core"
import { useState } from "react"

import { Badge, type Tone } from "../ui/Badge"
import { CopyButton } from "../ui/CopyButton"
import { Icon, type IconShape } from "../ui/Icon"
import * as icons from "../ui/icons"
import { FaultNote } from "../ui/FaultNote"
import type { Load } from "../ui/load"
import { Mark } from "../ui/Mark"
import { Note } from "../ui/Note"
import { Prose } from "../ui/Prose"
import { When } from "../ui/When"
import { joined, number } from "../ui/format"
import { ClockCard } from "./ClockCard"
import { TableWaiting } from "./DataTable"
import type { Service, Status } from "./lab"
import { OpenButton } from "./OpenButton"
import { useOpen } from "./opening"
import type { PanelName } from "./panels"
import { TrustCard } from "./TrustCard"
import css from "./HomePanel.module.css"

interface Props {
  status: Load<Status>
  reload: () => void
  go: (panel: PanelName) => void
}

/** The first panel: how the lab is, and the three things to do with it. */
export function HomePanel({ status, reload, go }: Props) {
  switch (status.state) {
    case "loading":
      return <TableWaiting what="the lab's state" />
    case "failed":
      return (
        <section className="panel">
          <FaultNote fault={status.fault}>
            <Button size="xs" variant="default" onClick={reload}>
              Try again
            </Button>
          </FaultNote>
        </section>
      )
    case "ready":
      return <Ready status={status.data} reload={reload} go={go} />
  }
}

function Ready({ status, reload, go }: { status: Status; reload: () => void; go: (panel: PanelName) => void }) {
  const { tone, words } = inOneLine(status.services)
  const { opening } = useOpen()
  const [virtual, setVirtual] = useState(false)
  return (
    <section className="panel" aria-labelledby="panel-title">
      <header className={css.hero}>
        <Mark size={52} />
        <div className={css.heroWords}>
          <h1 id="panel-title" tabIndex={-1}>
            STING Companion
          </h1>
          <p>
            <Badge tone={tone} dot>{words}</Badge>
          </p>
          <p className="hero-address">
            <code>{status.origin}</code>
            <CopyButton text={status.origin} what="the address" />
          </p>
        </div>
        <div className={css.heroActions}>
          <OpenButton page="login" size="md" virtual={virtual} />
          <OpenButton page="register" size="md" variant="white" virtual={virtual} />
          <OpenButton page="dashboard" size="md" variant="white" virtual={virtual} />
          <div className={css.heroWay}>
            <Switch
              size="xs"
              label="with a virtual authenticator"
              checked={virtual}
              onChange={(event) => setVirtual(event.currentTarget.checked)}
            />
            {opening?.startsWith("virtual ") && <span role="status">The browser is starting.</span>}
          </div>
        </div>
      </header>
      {status.problem !== "" && (
        <Note tone="bad" title="Passkeys can't work with this configuration">
          <p>
            <Prose text={status.problem} />
          </p>
          <p>
            <Prose text={status.fix} />
          </p>
        </Note>
      )}
      {status.warnings.length > 0 && (
        <Note tone="warn">
          {status.warnings.map((warning) => (
            <p key={warning}>
              <Prose text={warning} />
            </p>
          ))}
        </Note>
      )}
      <div className={css.tiles}>
        <Tile icon={icons.people} n={status.users} one="person" many="people" onClick={() => go("people")} />
        <Tile icon={icons.passkey} n={status.passkeys} one="passkey" many="passkeys" onClick={() => go("passkeys")} />
        <Tile icon={icons.sessions} n={status.sessions} one="session" many="sessions" onClick={() => go("sessions")} />
      </div>
      <TrustCard />
      <div className="columns">
        <ClockCard offset={status.clock_offset_seconds} now={status.now} onMoved={reload} />
        <Facts status={status} />
      </div>
    </section>
  )
}

function Tile({ icon, n, one, many, onClick }: { icon: IconShape; n: number; one: string; many: string; onClick: () => void }) {
  const word = n === 1 ? one : many
  return (
    <button type="button" className={`card ${css.tile}`} aria-label={`${n} ${word}`} onClick={onClick}>
      <span className="tile-icon">
        <Icon icon={icon} />
      </span>
      <span className={css.tileCount}>{number(n)}</span>
      <span className={css.tileWord}>{word}</span>
    </button>
  )
}

function Facts({ status }: { status: Status }) {
  const facts: [string, string, boolean][] = [
    ["Relying party", status.rp_id, true],
    ["Passwords", `Kratos, ${status.kratos_mode}`, false],
    ["Home folder", status.home, true],
    ["Version", status.version, false],
    ["Process", String(status.pid), false],
  ]
  return (
    <section className="card" aria-labelledby="facts-title">
      <h2 id="facts-title">This lab</h2>
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== "")
          .map(([name, value, copyable]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <code title={value}>{value}</code>
                {copyable && <CopyButton text={value} what={name.toLowerCase()} />}
              </dd>
            </div>
          ))}
        <div>
          <dt>Running</dt>
          <dd>
            <span>
              since <When at={status.started_at} />
            </span>
          </dd>
        </div>
      </dl>
    </section>
  )
}

/** The services in one line: what isn't healthy, by name. */
export function inOneLine(services: readonly Service[]): { tone: Tone; words: string } {
  const named = (state: Service["state"]) => services.filter((s) => s.state === state).map((s) => s.name)
  const bad = named("Unhealthy")
  if (bad.length > 0) return { tone: "bad", words: `${joined(bad)} ${bad.length === 1 ? "is" : "are"} unhealthy` }
  const starting = named("Starting")
  if (starting.length > 0) return { tone: "info", words: `${joined(starting)} ${starting.length === 1 ? "is" : "are"} starting` }
  const stopped = named("Stopped")
  if (stopped.length > 0) return { tone: "warn", words: `${joined(stopped)} ${stopped.length === 1 ? "is" : "are"} stopped` }
  if (services.length === 0) return { tone: "info", words: "Nothing has been probed yet" }
  return { tone: "good", words: `All ${services.length} services are healthy` }
}
