import type { GlyphName } from "./Glyph"

export type PanelName = "home" | "ceremonies" | "explain" | "sessions" | "passkeys" | "people" | "services"

/** The panels in the order of the navigation. */
export const panels: readonly { name: PanelName; title: string; icon: GlyphName }[] = [
  { name: "home", title: "Home", icon: "home" },
  { name: "ceremonies", title: "Ceremonies", icon: "ceremonies" },
  { name: "explain", title: "Explain", icon: "explain" },
  { name: "sessions", title: "Sessions", icon: "sessions" },
  { name: "passkeys", title: "Passkeys", icon: "passkeys" },
  { name: "people", title: "People", icon: "people" },
  { name: "services", title: "Services", icon: "services" },
]
