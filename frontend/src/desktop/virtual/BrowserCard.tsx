import { Button, Group } from "@mantine/core"
import { notifications } from "@mantine/notifications"

import type { SitePage } from "../../api/pages"
import { Badge } from "../../ui/Badge"
import { FaultNote } from "../../ui/FaultNote"
import { Note } from "../../ui/Note"
import { Prose } from "../../ui/Prose"
import { count } from "../../ui/format"
import { Ago } from "../Ago"
import type { VirtualState } from "../lab"
import { OpenButton } from "../OpenButton"
import { useOpen } from "../opening"
import { useChange } from "./useChange"
import css from "./BrowserCard.module.css"

const pages: readonly SitePage[] = ["register", "login", "dashboard", "settings"]

/** The browser: whether it runs, and the pages it can open. */
export function BrowserCard({ state: s, onTold }: { state: VirtualState; onTold: (state: VirtualState) => void }) {
  const { opening } = useOpen()
  const { change, busy, fault } = useChange(onTold)
  const starting = !s.running && opening?.startsWith("virtual ")
  const close = async () => {
    if (await change({ do: "close" })) notifications.show({ message: "The browser is closed. Its keys are kept for the next time." })
  }
  return (
    <section className="card virtual-browser" aria-labelledby="virtual-browser-title">
      <div className="card-head">
        <h2 id="virtual-browser-title">Browser</h2>
        {starting ? (
          <Badge tone="info">Starting</Badge>
        ) : s.running ? (
          <Badge tone="good">Running</Badge>
        ) : (
          <Badge tone="plain">Not running</Badge>
        )}
        {s.running && (
          <span className="faint">
            {s.browser}, process <code>{s.pid}</code>, {count(s.pages, "page")}, since <Ago at={s.started_at} />
          </span>
        )}
        {s.running && (
          <Button className={css.cardAct} size="compact-sm" variant="default" loading={busy} onClick={() => void close()}>
            Close the browser
          </Button>
        )}
      </div>
      <p className="faint" role={starting ? "status" : undefined}>
        {starting
          ? "The browser is starting. On a cold machine that takes up to a minute."
          : s.running
            ? "Closing it ends the authenticator too. Its keys stay in the home folder and are there the next time."
            : "Opening a page starts it: your Chromium, Chrome, Edge or Brave with a profile that is thrown away. The keys stay."}
      </p>
      <Group gap="xs">
        {pages.map((page, i) => (
          <OpenButton key={page} page={page} virtual size="sm" {...(i > 0 && { variant: "default" })} />
        ))}
      </Group>
      {s.note !== "" && (
        <Note tone="warn" role="status">
          <p>
            <Prose text={s.note} />
          </p>
        </Note>
      )}
      {fault && <FaultNote fault={fault} focus />}
    </section>
  )
}
