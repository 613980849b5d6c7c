import { Tabs } from "@mantine/core"

import { LabOffset } from "../clock"
import { Panel } from "../Panel"
import { Browsers } from "./Browsers"
import { Checks } from "./Checks"
import { Preflight } from "./Preflight"

/** What is wrong with the lab, the machine and the browsers, and what to do about it. */
export function DoctorPanel() {
  return (
    <Panel
      title="Doctor"
      about="Each check does the real thing and shows what it saw. What isn't well has a cause, and a fix that can be copied or pressed."
    >
      <Tabs defaultValue="checks" keepMounted={false} className="doctor">
        <Tabs.List>
          <Tabs.Tab value="checks">Checks</Tabs.Tab>
          <Tabs.Tab value="browsers">Browsers</Tabs.Tab>
          <Tabs.Tab value="preflight">Preflight</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="checks">
          <LabOffset value={0}>
            {/* an examination has the machine's time, wherever the lab's stands */}
            <Checks />
          </LabOffset>
        </Tabs.Panel>
        <Tabs.Panel value="browsers">
          <Browsers />
        </Tabs.Panel>
        <Tabs.Panel value="preflight">
          <Preflight />
        </Tabs.Panel>
      </Tabs>
    </Panel>
  )
}
