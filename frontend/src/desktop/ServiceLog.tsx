import { Button, CloseButton, NativeSelect, TextInput } from "@mantine/core"
import { useCallback, useEffect, useMemo, useRef, useState } from "react"

import { Badge } from "../ui/Badge"
import { CopyButton } from "../ui/CopyButton"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { FaultNote } from "../ui/FaultNote"
import { count, timeOfDay } from "../ui/format"
import { TableWaiting } from "./DataTable"
import { lab, type LogLine } from "./lab"
import { useLive } from "./useLive"
import css from "./ServiceLog.module.css"

const none = [] as const

/** A log grows without news; it is read again this often, in milliseconds, unless it is paused. */
const refresh = 1000

/** How many lines are shown. */
const tail = 300

/** Whoever is within this many pixels of the end stays at the end. */
const near = 24

const levels = ["debug", "info", "warn", "error"] as const
type Level = (typeof levels)[number]

const choices: { value: Level; label: string }[] = [
  { value: "debug", label: "All levels" },
  { value: "info", label: "Info and above" },
  { value: "warn", label: "Warnings and errors" },
  { value: "error", label: "Errors" },
]

/** The last lines of a service's log, or of all for "", kept current. It follows its end until somebody scrolls up or pauses it. */
export function ServiceLog({ name }: { name: string }) {
  const [held, hold] = useState<{ lines: LogLine[]; at: Date }>()
  const [lines] = useLive(
    useCallback(async () => (await lab.logs({ name, n: tail })).items, [name]),
    none,
    held ? 0 : refresh,
  )
  const [q, setQ] = useState("")
  const [level, setLevel] = useState<Level>("debug")
  const current = lines.state === "ready" ? lines.data : undefined
  const all = held?.lines ?? current
  const shown = useMemo(
    () => all?.filter((line) => levels.indexOf(line.level) >= levels.indexOf(level) && matches(line, q)) ?? [],
    [all, level, q],
  )
  const of = name === "" ? "all services" : name
  return (
    <div className={css.logBox}>
      <div className={css.logTools}>
        <TextInput
          className={css.logSearch}
          size="xs"
          type="search"
          aria-label={`Search the log of ${of}`}
          placeholder="Search these lines"
          leftSection={<Icon icon={icons.search} size="small" />}
          rightSection={q !== "" && <CloseButton size="xs" aria-label="Clear the search" onClick={() => setQ("")} />}
          value={q}
          onChange={(event) => setQ(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          aria-label={`Level of the log of ${of}`}
          data={choices}
          value={level}
          onChange={(event) => setLevel(choices.find((c) => c.value === event.currentTarget.value)?.value ?? "debug")}
        />
        <span className={css.logState} role="status">
          {held ? <Badge tone="warn">paused at {timeOfDay(held.at, "second")}</Badge> : <Badge tone="good">live</Badge>}
          <span className="faint">
            {all && (shown.length === all.length ? count(shown.length, "line") : `${shown.length} of ${count(all.length, "line")}`)}
          </span>
        </span>
        <Button
          size="compact-xs"
          variant={held ? "filled" : "default"}
          disabled={!current}
          aria-label={`${held ? "Resume" : "Pause"} the log of ${of}`}
          onClick={() => hold(held || !current ? undefined : { lines: current, at: new Date() })}
        >
          {held ? "Resume" : "Pause"}
        </Button>
        <CopyButton text={shown.map((line) => asText(line, name === "")).join("\n")} what="the lines shown" />
      </div>
      {lines.state === "loading" && <TableWaiting what={`the log of ${of}`} />}
      {lines.state === "failed" && <FaultNote fault={lines.fault} />}
      {all && lines.state !== "failed" && (
        <Lines
          label={`Log of ${of}`}
          lines={shown}
          q={q}
          named={name === ""}
          empty={all.length === 0 ? "Nothing was logged yet." : "No line matches the search and the level."}
        />
      )}
    </div>
  )
}

interface LinesProps {
  label: string
  lines: readonly LogLine[]
  q: string
  /** Each line says whose it is. */
  named: boolean
  /** Said where there are no lines. */
  empty: string
}

function Lines({ label, lines, q, named, empty }: LinesProps) {
  const box = useRef<HTMLDivElement>(null)
  const following = useRef(true)
  useEffect(() => {
    if (following.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines])
  return (
    <div
      className="log"
      role="log"
      aria-label={label}
      tabIndex={0}
      ref={box}
      onScroll={({ currentTarget: b }) => {
        following.current = b.scrollHeight - b.scrollTop - b.clientHeight < near
      }}
    >
      {lines.length === 0 ? <p className="faint">{empty}</p> : lines.map((line, i) => <Line key={i} line={line} q={q} named={named} />)}
    </div>
  )
}

function Line({ line, q, named }: { line: LogLine; q: string; named: boolean }) {
  return (
    <p data-level={line.level}>
      <time dateTime={line.at}>{timeOfDay(line.at, "second")}</time>{" "}
      {named && <span className="log-service">{line.service || "lab"}</span>} <Found text={line.text} q={q.trim()} />
    </p>
  )
}

/** Text in which what was searched for is marked. */
function Found({ text, q }: { text: string; q: string }) {
  const at = q === "" ? -1 : text.toLowerCase().indexOf(q.toLowerCase())
  if (at < 0) return text
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + q.length)}</mark>
      {text.slice(at + q.length)}
    </>
  )
}

function matches(line: LogLine, q: string): boolean {
  return `${line.service} ${line.level} ${line.text}`.toLowerCase().includes(q.trim().toLowerCase())
}

function asText(line: LogLine, named: boolean): string {
  return [line.at, line.level, ...(named ? [line.service || "lab"] : []), line.text].join(" ")
}
