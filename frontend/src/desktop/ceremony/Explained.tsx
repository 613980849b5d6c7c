import { Tabs } from "@mantine/core"
import type { ReactNode } from "react"

import type { Explanation } from "../lab"
import { BytesTab } from "./BytesTab"
import { Json } from "./Json"
import { Timeline } from "./Timeline"
import css from "./Explained.module.css"

interface Props {
  explanation: Explanation | undefined
  /** Why there is no explanation, where there is none. */
  unexplained: string
  /** What the relying party sent; undefined: not known. */
  options: unknown
  /** What the browser answered; undefined: nothing. */
  answer: unknown
  /** Another tab, with the whole of it. */
  record?: ReactNode
}

/** A ceremony taken apart: its steps, its bytes, what was sent and what came. */
export function Explained({ explanation, unexplained, options, answer, record }: Props) {
  return (
    <Tabs defaultValue={explanation ? "steps" : "options"} keepMounted={false} className={css.explained}>
      <Tabs.List>
        <Tabs.Tab value="steps">Steps</Tabs.Tab>
        <Tabs.Tab value="bytes">Bytes</Tabs.Tab>
        <Tabs.Tab value="decoded">Decoded</Tabs.Tab>
        <Tabs.Tab value="options">Options</Tabs.Tab>
        <Tabs.Tab value="answer">Answer</Tabs.Tab>
        {record && <Tabs.Tab value="record">Record</Tabs.Tab>}
      </Tabs.List>
      <Tabs.Panel value="steps">
        {explanation ? <Timeline steps={explanation.steps} /> : <p className="faint tab-empty">{unexplained}</p>}
      </Tabs.Panel>
      <Tabs.Panel value="bytes">
        {explanation ? <BytesTab answer={answer} explanation={explanation} /> : <p className="faint tab-empty">{unexplained}</p>}
      </Tabs.Panel>
      <Tabs.Panel value="decoded">
        {explanation ? <Json value={explanation.decoded} what="what the bytes mean" /> : <p className="faint tab-empty">{unexplained}</p>}
      </Tabs.Panel>
      <Tabs.Panel value="options">
        {options === undefined ? (
          <p className="faint tab-empty">The options that were sent are not known.</p>
        ) : (
          <Json value={options} what="the options as sent" />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="answer">
        {answer === undefined ? (
          <p className="faint tab-empty">The browser has not answered.</p>
        ) : (
          <Json value={answer} what="the browser's answer" />
        )}
      </Tabs.Panel>
      {record && <Tabs.Panel value="record">{record}</Tabs.Panel>}
    </Tabs>
  )
}
