import { Button, SegmentedControl } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useState } from "react"

import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { Confirm } from "../Confirm"
import { Empty } from "../Empty"
import { type App, lab } from "../lab"
import { Loaded } from "../Loaded"
import { Panel } from "../Panel"
import { useLive } from "../useLive"
import { AddApp } from "./AddApp"
import { AppCard } from "./AppCard"
import { AppDrawer } from "./AppDrawer"
import css from "./apps.module.css"
import { useVisit } from "./useVisit"

const topics = ["apps"] as const

const named = async () => (await lab.listApps()).items

/** The lab's own site, which opens as an app does and is in no configuration. */
const own = "lab"

const both = ["login", "register"] as const

/** The person's own web apps: each opens in the lab browser with one click. */
export function AppsPanel() {
  const [apps, reload] = useLive(named, topics)
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<App>()
  const [shown, setShown] = useState<string>()
  const [real, setReal] = useState(false)
  const { visit, visiting, trouble } = useVisit(real)
  const add = (
    <Button size="sm" leftSection={<Icon icon={icons.plus} />} onClick={() => setAdding(true)}>
      Add an app
    </Button>
  )
  return (
    <Panel title="Apps" about="Your own web apps, as sting.yml names them. They open in the lab browser." actions={add}>
      <div className={css.authenticator}>
        <span className="label" id="apps-authenticator">
          Authenticator
        </span>
        <SegmentedControl
          size="xs"
          aria-labelledby="apps-authenticator"
          value={real ? "real" : "virtual"}
          onChange={(value) => setReal(value === "real")}
          data={[
            { value: "virtual", label: "Virtual" },
            { value: "real", label: "Real" },
          ]}
        />
        <span className="faint">{real ? "Your own security key or device answers." : "One in software answers, without a question."}</span>
      </div>
      <ul className={css.apps} aria-label="Apps">
        <AppCard name={own} at="The lab's own site" pages={both} visit={visit} visiting={visiting} />
        {apps.state === "ready" &&
          apps.data.map((app) => (
            <AppCard
              key={app.name}
              name={app.name}
              at={app.url}
              pages={both.filter((page) => app[page] !== "")}
              visit={visit}
              visiting={visiting}
              onShow={() => setShown(app.name)}
              onRemove={() => setRemoving(app)}
            />
          ))}
      </ul>
      <Loaded value={apps} what="the apps" reload={reload}>
        {(mine) =>
          mine.length === 0 && (
            <Empty icon={icons.apps} title="No app of yours yet" text="Add the address of a web app that runs on this machine." />
          )
        }
      </Loaded>
      <AppDrawer name={shown} onClose={() => setShown(undefined)} />
      {adding && <AddApp onAdded={reload} onClose={() => setAdding(false)} />}
      {removing && (
        <Confirm
          title={`Remove ${removing.name}?`}
          verb="Remove app"
          onClose={() => setRemoving(undefined)}
          onConfirm={async () => {
            await lab.removeApp({ name: removing.name })
            notifications.show({ message: `${removing.name} is removed.` })
            reload()
          }}
        >
          <p>
            It goes out of sting.yml, and its browser profile with its cookies is thrown away. The app itself and the keys of the virtual
            authenticator stay.
          </p>
        </Confirm>
      )}
      {trouble}
    </Panel>
  )
}
