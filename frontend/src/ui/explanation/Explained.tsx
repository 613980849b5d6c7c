import { type ReactNode, useState } from "react"

import type { Explanation } from "../../api/types"
import { Tabs } from "../Tabs"
import { Bytes } from "./Bytes"
import { Json } from "./Json"
import { Nothing } from "./Nothing"
import { type Refusal, Steps } from "./Steps"

interface Props {
  explanation: Explanation | undefined
  /** Why there is no explanation, where there is none. */
  unexplained: string
  refusal?: Refusal | undefined
  /** What the relying party sent; undefined: not known. */
  options: unknown
  /** What the browser answered; undefined: nothing. */
  answer: unknown
  /** The whole of it, in a view of its own; undefined: that is no more than the answer. */
  record?: unknown
}

const views = [
  ["steps", "Steps"],
  ["bytes", "Bytes"],
  ["decoded", "Decoded"],
  ["options", "Options"],
  ["answer", "Answer"],
  ["record", "Record"],
] as const
type View = (typeof views)[number][0]

/** A ceremony taken apart: its steps, its bytes, what was sent and what came. */
export function Explained({ explanation: x, unexplained, refusal, options, answer, record }: Props) {
  const [chosen, setView] = useState<View>()
  const view = chosen ?? (x ? "steps" : "options")
  const nothing = <Nothing>{unexplained}</Nothing>
  const drawn: Record<View, () => ReactNode> = {
    steps: () => (x ? <Steps steps={x.steps} refusal={refusal} /> : nothing),
    bytes: () => (x ? <Bytes answer={answer} explanation={x} /> : nothing),
    decoded: () => (x ? <Json value={x.decoded} what="what the bytes mean" /> : nothing),
    options: () =>
      options === undefined ? (
        <Nothing>The options that were sent are not known.</Nothing>
      ) : (
        <Json value={options} what="the options as sent" />
      ),
    answer: () =>
      answer === undefined ? <Nothing>The browser has not answered.</Nothing> : <Json value={answer} what="the browser's answer" />,
    record: () => <Json value={record} what="the record" />,
  }
  return (
    <Tabs label="How the ceremony is shown" views={record === undefined ? views.slice(0, -1) : views} view={view} onView={setView}>
      {drawn[view]()}
    </Tabs>
  )
}
