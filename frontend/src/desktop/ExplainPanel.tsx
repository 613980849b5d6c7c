import { Button, FileButton, Textarea } from "@mantine/core"
import { type DragEvent, useMemo, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { Explained } from "../ui/explanation/Explained"
import { viewOf } from "../ui/explanation/record"
import { Verdict } from "../ui/explanation/Verdict"
import { FaultNote } from "../ui/FaultNote"
import { Note } from "../ui/Note"
import { explanationEnding } from "../ui/explanation/words"
import { type Explanation, lab } from "./lab"
import { Panel } from "./Panel"
import css from "./ExplainPanel.module.css"

/** Takes apart a ceremony from anywhere: a record, or what a browser's tools export. */
export function ExplainPanel() {
  const [text, setText] = useState("")
  const [over, setOver] = useState(false)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const [done, setDone] = useState<{ text: string; explanation: Explanation }>()
  const explain = async (what: string) => {
    setText(what)
    setBusy(true)
    setFault(undefined)
    setDone(undefined)
    try {
      setDone({ text: what, explanation: await lab.explain(what) })
    } catch (thrown) {
      setFault(toFault(thrown))
    } finally {
      setBusy(false)
    }
  }
  const read = (file: File | null | undefined) => void (file && file.text().then(explain, (thrown: unknown) => setFault(toFault(thrown))))
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files[0]
    if (file) return read(file)
    const dropped = event.dataTransfer.getData("text")
    if (dropped !== "") void explain(dropped)
  }
  const clear = () => {
    setText("")
    setFault(undefined)
    setDone(undefined)
  }
  return (
    <Panel
      title="Explain"
      about={
        "Paste or drop a ceremony from any site: a record of this lab, or what the page got from the browser. Nothing " +
        "of it leaves this machine."
      }
    >
      <form
        className={css.explainForm}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        onSubmit={(event) => {
          event.preventDefault()
          void explain(text)
        }}
      >
        <Textarea
          label="The ceremony, as JSON"
          description={
            "With the challenge, the origins and the RP ID beside it every step can be computed; a bare answer is explained " +
            "as far as it goes."
          }
          placeholder={
            '{"kind": "registration", "rp_id": "localhost", "origins": ["https://localhost:8443"], "challenge": "…", "credential": {…}}'
          }
          className={css.explainText}
          rows={done ? 4 : 10}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void explain(text)
          }}
        />
        <div className={css.explainActions}>
          <Button type="submit" loading={busy} disabled={text.trim() === ""}>
            Explain
          </Button>
          <FileButton onChange={read} accept="application/json,.json,.txt">
            {(props) => (
              <Button {...props} variant="default">
                Choose a file
              </Button>
            )}
          </FileButton>
          {(text !== "" || done) && (
            <Button variant="subtle" color="gray" onClick={clear}>
              Clear
            </Button>
          )}
          <span className="faint">or drop a file here; Ctrl Enter explains</span>
        </div>
      </form>
      {fault && <FaultNote fault={fault} focus />}
      {done && <Result {...done} />}
    </Panel>
  )
}

function Result({ text, explanation: x }: { text: string; explanation: Explanation }) {
  const file = useMemo<unknown>(() => JSON.parse(text), [text])
  const notes = x.notes ?? []
  const record = viewOf(file)
  return (
    <article className="ceremony" aria-label="Explanation">
      <Verdict ending={explanationEnding(x)} />
      {notes.length > 0 && (
        <Note tone="info" title="About the file">
          {notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </Note>
      )}
      <Explained explanation={x} unexplained="" options={record.options} answer={record.credential ?? file} />
    </article>
  )
}
