import type { IconShape } from "../ui/Icon"
import * as icons from "../ui/icons"

export type PanelName =
  "home" | "ceremonies" | "explain" | "sessions" | "passkeys" | "people" | "mails" | "services" | "doctor" | "data" | "virtual" | "apps"

interface PanelEntry {
  name: PanelName
  title: string
  icon: IconShape
}

/** The panels as the navigation shows them: groups, each with a quiet heading. */
export const groups: readonly { title: string; panels: readonly PanelEntry[] }[] = [
  {
    title: "Overview",
    panels: [
      { name: "home", title: "Home", icon: icons.home },
      { name: "ceremonies", title: "Ceremonies", icon: icons.ceremonies },
      { name: "explain", title: "Explain", icon: icons.explain },
    ],
  },
  {
    title: "Accounts",
    panels: [
      { name: "sessions", title: "Sessions", icon: icons.sessions },
      { name: "passkeys", title: "Passkeys", icon: icons.passkey },
      { name: "people", title: "People", icon: icons.people },
      { name: "mails", title: "Mails", icon: icons.mail },
    ],
  },
  {
    title: "This lab",
    panels: [
      { name: "services", title: "Services", icon: icons.services },
      { name: "doctor", title: "Doctor", icon: icons.doctor },
      { name: "apps", title: "Apps", icon: icons.apps },
      { name: "virtual", title: "Authenticator", icon: icons.virtual },
      { name: "data", title: "Data & settings", icon: icons.data },
    ],
  },
]

/** The panels in the order of the navigation. */
export const panels: readonly PanelEntry[] = groups.flatMap((group) => group.panels)

/** The digit that goes to a panel with Ctrl; undefined for those after the ninth. */
export function digit(name: PanelName): number | undefined {
  const place = panels.findIndex((p) => p.name === name) + 1
  return place <= 9 ? place : undefined
}
