import { Drawer } from "@mantine/core"
import type { ReactNode } from "react"

import css from "./Inspector.module.css"

interface DrawerProps {
  /** What kind of thing is shown. */
  title: string
  opened: boolean
  onClose: () => void
  children: ReactNode
}

/** One thing of a list in full, beside the list. */
export function InspectorDrawer({ title, opened, onClose, children }: DrawerProps) {
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size={640} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      {children}
    </Drawer>
  )
}

/** What is in it: a head and sections with headings of their own. */
export function Inspected({ label, children }: { label: string; children: ReactNode }) {
  return (
    <article className={css.inspector} aria-label={label}>
      {children}
    </article>
  )
}
