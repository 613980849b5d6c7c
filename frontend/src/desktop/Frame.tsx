import { useHotkeys } from "@mantine/hooks"
import { type ReactNode, useCallback, useRef, useState } from "react"

import { LabOffset } from "./clock"
import { AppsPanel } from "./apps/AppsPanel"
import { Banners } from "./Banners"
import { CeremoniesPanel } from "./CeremoniesPanel"
import { DataPanel } from "./data/DataPanel"
import { DoctorPanel } from "./doctor/DoctorPanel"
import { RoundContext, useRound } from "./doctor/round"
import { ExplainPanel } from "./ExplainPanel"
import { GoingContext, type Target } from "./going"
import { HomePanel } from "./HomePanel"
import { lab } from "./lab"
import { MailsPanel } from "./MailsPanel"
import { Nav } from "./Nav"
import { OpeningContext } from "./opening"
import { Palette } from "./Palette"
import { PasskeysPanel } from "./PasskeysPanel"
import { PeoplePanel } from "./PeoplePanel"
import { type PanelName, panels } from "./panels"
import { ServicesPanel } from "./ServicesPanel"
import { SessionsPanel } from "./SessionsPanel"
import { useLive } from "./useLive"
import { useOpener } from "./useOpener"
import { VirtualPanel } from "./VirtualPanel"
import css from "./Frame.module.css"

const everything = ["users", "passkeys", "sessions", "services", "clock"] as const

/** How often the state is read again without news, in milliseconds: things run out by the clock alone. */
const refresh = 10_000

/** The window around a running lab: navigation, one panel, what opened. */
export function Frame({ attached }: { attached: boolean }) {
  const [target, setTarget] = useState<Target>({ panel: "home" })
  const { panel, id } = target
  const [status, reload] = useLive(lab.status, everything, refresh)
  const { opener, trouble } = useOpener()
  const round = useRound(reload)
  const main = useRef<HTMLElement>(null)

  const show = useCallback((next: Target) => {
    setTarget(next)
    requestAnimationFrame(() => main.current?.querySelector<HTMLElement>("#panel-title")?.focus())
  }, [])
  const go = useCallback((next: PanelName) => show({ panel: next }), [show])
  useHotkeys(panels.slice(0, 9).map((p, i) => [`mod+${i + 1}`, () => go(p.name)]))

  const offset = status.state === "ready" ? status.data.clock_offset_seconds * 1000 : 0

  const drawn: Record<PanelName, () => ReactNode> = {
    home: () => <HomePanel status={status} reload={reload} go={go} />,
    ceremonies: () => <CeremoniesPanel key={id} first={id} />,
    explain: () => <ExplainPanel />,
    sessions: () => <SessionsPanel key={id} first={id} />,
    passkeys: () => <PasskeysPanel key={id} first={id} />,
    people: () => <PeoplePanel />,
    mails: () => <MailsPanel origin={status.state === "ready" ? status.data.origin : ""} />,
    apps: () => <AppsPanel />,
    virtual: () => <VirtualPanel />,
    services: () => (
      <LabOffset value={0}>
        {/* services live by the machine's clock, wherever the lab's stands */}
        <ServicesPanel />
      </LabOffset>
    ),
    doctor: () => (
      <RoundContext value={round}>
        <DoctorPanel />
      </RoundContext>
    ),
    data: () => <DataPanel status={status} onChanged={reload} />,
  }
  return (
    <LabOffset value={offset}>
      <GoingContext value={show}>
        <OpeningContext value={opener}>
          <div className={css.frame}>
            <Nav panel={panel} go={go} status={status} attached={attached} />
            <main className={css.main} ref={main}>
              <Banners status={status} attached={attached} onMoved={reload} />
              {drawn[panel]()}
            </main>
          </div>
          <Palette go={go} />
          {trouble}
        </OpeningContext>
      </GoingContext>
    </LabOffset>
  )
}
