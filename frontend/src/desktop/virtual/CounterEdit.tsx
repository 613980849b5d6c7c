import { ActionIcon, TextInput, Tooltip } from "@mantine/core"
import { useRef, useState } from "react"

import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import css from "./CounterEdit.module.css"

interface Props {
  value: number
  /** Completes "Set ..." for a screen reader. */
  label: string
  /** False where it did not work; why is shown beside. */
  onSet: (counter: number) => Promise<boolean>
}

/** How far a virtual authenticator counts. */
const highest = 2 ** 31 - 1

/** A counter that can be edited in place: Enter sets it, Escape leaves it. */
export function CounterEdit({ value, label, onSet }: Props) {
  const [draft, setDraft] = useState<string>()
  const [wrong, setWrong] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  const done = () => {
    setDraft(undefined)
    setWrong(false)
    requestAnimationFrame(() => opener.current?.focus())
  }
  const set = async () => {
    const text = draft?.trim() ?? ""
    const counter = Number(text)
    if (!/^\d+$/.test(text) || counter > highest) return setWrong(true)
    done()
    if (counter !== value) await onSet(counter)
  }
  if (draft === undefined) {
    return (
      <span className="renamable">
        <code>{value}</code>
        <Tooltip label="Set the counter">
          <ActionIcon
            ref={opener}
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`Set ${label}`}
            onClick={() => setDraft(String(value))}
          >
            <Icon icon={icons.pencil} size="small" />
          </ActionIcon>
        </Tooltip>
      </span>
    )
  }
  return (
    <Tooltip label={`A counter is a number from 0 to ${highest}.`} opened={wrong} color="red" position="bottom-end">
      <TextInput
        size="xs"
        className={css.counterEdit}
        inputMode="numeric"
        aria-label={`New value of ${label}`}
        value={draft}
        error={wrong}
        autoFocus
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => {
          setDraft(event.currentTarget.value)
          setWrong(false)
        }}
        onBlur={() => !wrong && done()}
        onKeyDown={(event) => {
          if (event.key === "Enter") void set()
          if (event.key === "Escape") done()
        }}
      />
    </Tooltip>
  )
}
