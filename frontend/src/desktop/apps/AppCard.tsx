import { Anchor, Button, Group } from "@mantine/core"

import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import css from "./apps.module.css"
import type { Page } from "./useVisit"

const acts = {
  login: { word: "Log in", icon: icons.login, named: (app: string) => `Log in at ${app}` },
  register: { word: "Register", icon: icons.register, named: (app: string) => `Register at ${app}` },
  "": { word: "Open", icon: icons.open, named: (app: string) => `Open ${app}` },
}

interface Props {
  name: string
  /** Where it is, for a person. */
  at: string
  /** The pages of its own that it names; without any it opens at its first page. */
  pages: readonly Page[]
  visit: (app: string, page: Page) => void
  /** The app and page that are being opened. */
  visiting: string | undefined
  /** Absent for what has no page of its own here. */
  onShow?: () => void
  /** Absent for what can't be removed. */
  onRemove?: () => void
}

/** An app and what opens of it. */
export function AppCard({ name, at, pages, visit, visiting, onShow, onRemove }: Props) {
  return (
    <li className={`card ${css.app}`} aria-label={name}>
      <div className="two">
        {onShow ? (
          <Anchor component="button" type="button" className={`strong ${css.name}`} aria-label={`Show ${name}`} onClick={onShow}>
            {name}
          </Anchor>
        ) : (
          <span className="strong">{name}</span>
        )}
        <span className="faint">{at}</span>
      </div>
      <Group gap="xs" wrap="nowrap">
        {(pages.length > 0 ? pages : ([""] as const)).map((page) => (
          <Button
            key={page}
            size="compact-sm"
            variant="default"
            leftSection={<Icon icon={acts[page].icon} size="small" />}
            loading={visiting === `${name} ${page}`}
            disabled={visiting !== undefined}
            aria-label={acts[page].named(name)}
            onClick={() => visit(name, page)}
          >
            {acts[page].word}
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
