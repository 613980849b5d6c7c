import { useHotkeys } from "@mantine/hooks"
import { notifications } from "@mantine/notifications"
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react"

import { Fault, toFault } from "../api/fault"
import { LabOffset } from "./clock"
import { Banners } from "./Banners"
import { CeremoniesPanel } from "./CeremoniesPanel"
import { ExplainPanel } from "./ExplainPanel"
import { GoingContext, type Target } from "./going"
import { HomePanel } from "./HomePanel"
import { lab, type PageName } from "./lab"
import { Nav } from "./Nav"
import { NotOpened } from "./NotOpened"
import { OpeningContext } from "./opening"
import { Palette } from "./Palette"
import { PasskeysPanel } from "./PasskeysPanel"
import { PeoplePanel } from "./PeoplePanel"
import { type PanelName, panels } from "./panels"
import { ServicesPanel } from "./ServicesPanel"
import { SessionsPanel } from "./SessionsPanel"
import { useLive } from "./useLive"

const everything = ["users", "passkeys", "sessions", "services", "clock"] as const

/** How often the state is read again without news, in milliseconds: things run out by the clock alone. */
const refresh = 10_000

/** The window around a running lab: navigation, one panel, what opened. */
export function Frame({ attached }: { attached: boolean }) {
  const [target, setTarget] = useState<Target>({ panel: "home" })
  const { panel, id } = target
  const [status, reload] = useLive(lab.status, everything, refresh)
  const [opening, setOpening] = useState<PageName>()
  const [unopened, setUnopened] = useState<{ url: string; fault: Fault }>()
  const main = useRef<HTMLElement>(null)

  const show = useCallback((next: Target) => {
    setTarget(next)
    requestAnimationFrame(() => main.current?.querySelector<HTMLElement>("#panel-title")?.focus())
  }, [])
  const go = useCallback((next: PanelName) => show({ panel: next }), [show])
  useHotkeys(panels.slice(0, 9).map((p, i) => [`mod+${i + 1}`, () => go(p.name)]))

  const open = useCallback(async (page: PageName) => {
    setOpening(page)
    try {
      const answer = await lab.open(page)
      if (answer.opened) notifications.show({ message: `Opened ${page} in your browser.` })
      else setUnopened({ url: answer.url, fault: answer.error ? toFault(answer.error) : silent })
    } catch (thrown) {
      setUnopened({ url: "", fault: toFault(thrown) })
    } finally {
      setOpening(undefined)
    }
  }, [])
  const opener = useMemo(() => ({ open: (page: PageName) => void open(page), opening }), [open, opening])
  const offset = status.state === "ready" ? status.data.clock_offset_seconds * 1000 : 0

  const drawn: Record<PanelName, () => ReactNode> = {
    home: () => <HomePanel status={status} reload={reload} go={go} />,
    ceremonies: () => <CeremoniesPanel key={id} first={id} />,
    explain: () => <ExplainPanel />,
    sessions: () => <SessionsPanel key={id} first={id} />,
    passkeys: () => <PasskeysPanel key={id} first={id} />,
    people: () => <PeoplePanel />,
    services: () => (
      <LabOffset value={0}>
        {/* services live by the machine's clock, wherever the lab's stands */}
        <ServicesPanel />
      </LabOffset>
    ),
  }
  return (
    <LabOffset value={offset}>
      <GoingContext value={show}>
        <OpeningContext value={opener}>
          <div className="frame">
            <Nav panel={panel} go={go} status={status} attached={attached} />
            <main className="main" ref={main}>
              <Banners status={status} attached={attached} onMoved={reload} />
              {drawn[panel]()}
            </main>
          </div>
          <Palette go={go} />
          {unopened && <NotOpened url={unopened.url} fault={unopened.fault} onClose={() => setUnopened(undefined)} />}
        </OpeningContext>
      </GoingContext>
    </LabOffset>
  )
}

const silent = new Fault({
  code: "NOT_OPENED",
  message: "The system's browser did not come up, and gave no reason.",
  hint: "Copy the address below into a browser on this machine.",
})
