import { ActionIcon, TextInput, Tooltip } from "@mantine/core"
import { useRef, useState } from "react"

import { toFault } from "../api/fault"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import css from "./Rename.module.css"

interface Props {
  name: string
  /** Completes "Rename ..." for a screen reader. */
  label: string
  disabled: boolean
  onRename: (name: string) => Promise<void>
}

/** The longest name that the lab takes, in characters. */
const longest = 100

/** A name that can be edited in place: Enter keeps the new one, Escape the old one. */
export function Rename({ name, label, disabled, onRename }: Props) {
  const [draft, setDraft] = useState<string>()
  const [error, setError] = useState<string>()
  const opener = useRef<HTMLButtonElement>(null)
  const done = () => {
    setDraft(undefined)
    setError(undefined)
    requestAnimationFrame(() => opener.current?.focus())
  }
  const keep = async () => {
    const wanted = draft?.trim() ?? ""
    if (wanted === name) return done()
    if (wanted === "" || [...wanted].length > longest) return setError(`A name has 1 to ${longest} characters.`)
    try {
      await onRename(wanted)
      done()
    } catch (thrown) {
      setError(toFault(thrown).message)
    }
  }
  if (draft !== undefined) {
    return (
      <Tooltip label={error} opened={error !== undefined} color="red" position="bottom-start">
        <TextInput
          size="xs"
          className={css.rename}
          aria-label={`New name of ${label}`}
          value={draft}
          error={error !== undefined}
          maxLength={longest * 2}
          autoFocus
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => {
            setDraft(event.currentTarget.value)
            setError(undefined)
          }}
          onBlur={() => error === undefined && void keep()}
          onKeyDown={(event) => {
            if (event.key === "Enter") void keep()
            if (event.key === "Escape") done()
          }}
        />
      </Tooltip>
    )
  }
  return (
    <span className="renamable">
      <span className="strong" title={name}>
        {name}
      </span>
      {!disabled && (
        <Tooltip label="Rename">
          <ActionIcon
            ref={opener}
            className="quiet"
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`Rename ${label}`}
            onClick={() => setDraft(name)}
          >
            <Icon icon={icons.pencil} size="small" />
          </ActionIcon>
        </Tooltip>
      )}
    </span>
  )
}
