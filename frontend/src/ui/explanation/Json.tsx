import { Fragment } from "react"

import { CodeBox } from "../CodeBox"
import css from "./Json.module.css"

/** One word of JSON: a string with the colon that makes it a key, a number, or one of the three names. */
const word = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g

/** JSON to read and to copy; `what` names it for a screen reader. */
export function Json({ value, what }: { value: unknown; what: string }) {
  const text = JSON.stringify(value, null, 2) ?? "null"
  return (
    <CodeBox text={text} what={what}>
      {coloured(text)}
    </CodeBox>
  )
}

function coloured(text: string) {
  let end = 0
  const parts = [...text.matchAll(word)].map((match, i) => {
    const [whole, string, colon, number] = match
    const before = text.slice(end, match.index)
    end = match.index + whole.length
    const kind = string ? (colon ? "key" : "string") : number ? "number" : "name"
    return (
      <Fragment key={i}>
        {before}
        <span className={css[kind]}>{string ?? whole}</span>
        {colon}
      </Fragment>
    )
  })
  return [...parts, text.slice(end)]
}
