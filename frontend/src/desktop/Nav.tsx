import { ActionIcon, Kbd, Tooltip, UnstyledButton, useMantineColorScheme } from "@mantine/core"
import { spotlight } from "@mantine/spotlight"
import { type ReactNode, useEffect, useRef } from "react"

import { Icon, type IconShape } from "../ui/Icon"
import * as icons from "../ui/icons"
import type { Load } from "../ui/load"
import { Mark } from "../ui/Mark"
import { inOneLine } from "./HomePanel"
import type { Status } from "./lab"
import { digit, groups, type PanelName, type panels } from "./panels"
import css from "./Nav.module.css"

interface Props {
  panel: PanelName
  go: (panel: PanelName) => void
  status: Load<Status>
  attached: boolean
}

/** The left side: the brand, the panels with their counts, the search, the look. */
export function Nav({ panel, go, status, attached }: Props) {
  const known = status.state === "ready" ? status.data : undefined
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // newer browsers return a promise, which is no clean-up
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" })
  }, [panel])
  return (
    <nav className={css.nav} aria-label="Panels">
      <div className={css.brand}>
        <Mark size={26} />
        <span>
          STING <span className="faint">Companion</span>
        </span>
      </div>
      <UnstyledButton className={css.navSearch} onClick={spotlight.open} aria-label="Search panels and commands">
        <Icon icon={icons.search} size="small" />
        <span className={css.navWord}>Search</span>
        <Kbd size="xs">Ctrl K</Kbd>
      </UnstyledButton>
      <div className={css.navList} ref={list}>
        {groups.map((group) => (
          <section key={group.title} className={css.navGroup} aria-label={group.title}>
            <h2 aria-hidden="true">{group.title}</h2>
            <ul>
              {group.panels.map((p) => (
                <li key={p.name}>
                  <Item entry={p} current={p.name === panel} onClick={() => go(p.name)}>
                    {known && <Count panel={p.name} status={known} />}
                  </Item>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <div className={css.navFoot}>
        {known && (
          <p className={`${css.navLab} ${css.navWord}`} title={known.home}>
            {attached ? `Attached to process ${known.pid}` : known.version && `Version ${known.version}`}
          </p>
        )}
        <SchemeSwitch />
      </div>
    </nav>
  )
}

function Item({
  entry,
  current,
  onClick,
  children,
}: {
  entry: (typeof panels)[number]
  current: boolean
  onClick: () => void
  children: ReactNode
}) {
  const key = digit(entry.name)
  return (
    <button
      type="button"
      className={css.navItem}
      aria-current={current ? "page" : undefined}
      aria-keyshortcuts={key === undefined ? undefined : `Control+${key}`}
      title={key === undefined ? entry.title : `${entry.title} (Ctrl ${key})`}
      onClick={onClick}
    >
      <Icon icon={entry.icon} />
      <span className={css.navWord}>{entry.title}</span>
      {children}
    </button>
  )
}

function Count({ panel, status }: { panel: PanelName; status: Status }) {
  switch (panel) {
    case "sessions":
      return <span className={css.navCount}>{status.sessions}</span>
    case "passkeys":
      return <span className={css.navCount}>{status.passkeys}</span>
    case "people":
      return <span className={css.navCount}>{status.users}</span>
    case "services": {
      const { tone, words } = inOneLine(status.services)
      return (
        <span className={css.navDot} data-tone={tone} title={words}>
          <span className="visually-hidden">{words}</span>
        </span>
      )
    }
    default:
      return null
  }
}

const schemes: Record<"auto" | "light" | "dark", { next: "auto" | "light" | "dark"; icon: IconShape; words: string }> = {
  auto: { next: "light", icon: icons.system, words: "Look: as the system" },
  light: { next: "dark", icon: icons.sun, words: "Look: light" },
  dark: { next: "auto", icon: icons.moon, words: "Look: dark" },
}

function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { next, icon, words } = schemes[colorScheme]
  return (
    <Tooltip label={words}>
      <ActionIcon variant="subtle" color="gray" aria-label={`${words}. Press to change.`} onClick={() => setColorScheme(next)}>
        <Icon icon={icon} />
      </ActionIcon>
    </Tooltip>
  )
}
