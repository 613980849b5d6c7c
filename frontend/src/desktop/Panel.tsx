import { CloseButton, TextInput } from "@mantine/core"
import type { ReactNode } from "react"

import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import css from "./Panel.module.css"

interface Props {
  title: string
  /** One line on what the panel shows. */
  about: ReactNode
  /** The search field, where the panel has one. */
  search?: { value: string; onChange: (value: string) => void; placeholder: string }
  actions?: ReactNode
  /** Fills the window's height and scrolls inside: a table. */
  fill?: boolean
  children: ReactNode
}

/** The frame of a panel: heading, search, actions, content. */
export function Panel({ title, about, search, actions, fill = false, children }: Props) {
  return (
    <section className="panel" data-fill={fill || undefined} aria-labelledby="panel-title">
      <header className={css.panelHead}>
        <div className={css.panelWords}>
          <h1 id="panel-title" tabIndex={-1}>
            {title}
          </h1>
          <p>{about}</p>
        </div>
        <div className={css.panelTools}>
          {search && (
            <TextInput
              className={css.search}
              size="sm"
              type="search"
              aria-label={search.placeholder}
              placeholder={search.placeholder}
              leftSection={<Icon icon={icons.search} size="small" />}
              rightSection={
                search.value !== "" && <CloseButton size="sm" aria-label="Clear the search" onClick={() => search.onChange("")} />
              }
              value={search.value}
              onChange={(event) => search.onChange(event.currentTarget.value)}
            />
          )}
          {actions}
        </div>
      </header>
      <div className={css.panelBody}>{children}</div>
    </section>
  )
}
