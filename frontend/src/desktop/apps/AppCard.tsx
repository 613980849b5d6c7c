import { Button, Group } from "@mantine/core"

import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import css from "./apps.module.css"
import type { Page } from "./useVisit"

interface Props {
  name: string
  /** Where it is, for a person. */
  at: string
  visit: (app: string, page: Page) => void
  /** The app and page that are being opened. */
  visiting: string | undefined
  /** Absent for what can't be removed. */
  onRemove?: () => void
}

/** An app and what opens of it. */
export function AppCard({ name, at, visit, visiting, onRemove }: Props) {
  return (
    <li className={`card ${css.app}`} aria-label={name}>
      <div className="two">
        <span className="strong">{name}</span>
        <span className="faint">{at}</span>
      </div>
      <Group gap="xs" wrap="nowrap">
        {(["login", "register"] as const).map((page) => (
          <Button
            key={page}
            size="compact-sm"
            variant="default"
            leftSection={<Icon icon={icons[page]} size="small" />}
            loading={visiting === `${name} ${page}`}
            disabled={visiting !== undefined}
            aria-label={`Open ${page} of ${name}`}
            onClick={() => visit(name, page)}
          >
            {page === "login" ? "Log in" : "Register"}
          </Button>
        ))}
        {onRemove && (
          <Button size="compact-sm" variant="subtle" color="gray" aria-label={`Remove ${name}`} onClick={onRemove}>
            Remove
          </Button>
        )}
      </Group>
    </li>
  )
}
