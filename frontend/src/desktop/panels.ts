import type { GlyphName } from "./Glyph"

export type PanelName =
  "home" | "ceremonies" | "explain" | "sessions" | "passkeys" | "people" | "mails" | "services" | "doctor" | "data" | "virtual"

interface PanelEntry {
  name: PanelName
  title: string
  icon: GlyphName
}

/** The panels as the navigation shows them: groups, each with a quiet heading. */
export const groups: readonly { title: string; panels: readonly PanelEntry[] }[] = [
  {
    title: "Overview",
    panels: [
      { name: "home", title: "Home", icon: "home" },
      { name: "ceremonies", title: "Ceremonies", icon: "ceremonies" },
      { name: "explain", title: "Explain", icon: "explain" },
    ],
  },
  {
    title: "Accounts",
    panels: [
      { name: "sessions", title: "Sessions", icon: "sessions" },
      { name: "passkeys", title: "Passkeys", icon: "passkeys" },
      { name: "people", title: "People", icon: "people" },
      { name: "mails", title: "Mails", icon: "mails" },
    ],
  },
  {
    title: "This lab",
    panels: [
      { name: "services", title: "Services", icon: "services" },
      { name: "doctor", title: "Doctor", icon: "doctor" },
      { name: "virtual", title: "Authenticator", icon: "virtual" },
      { name: "data", title: "Data & settings", icon: "data" },
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
