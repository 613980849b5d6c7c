import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react"

import type { Flow } from "../api/kratos"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Field } from "../ui/Field"
import { Loading } from "../ui/Loading"
import { Note } from "../ui/Note"
import { Prose } from "../ui/Prose"
import { messagesOf, mistakesOf } from "./kratosWords"
import { useLab } from "./labstate"
import { MailTrouble } from "./MailTrouble"
import type { CodeFlow } from "./useCodeFlow"
import css from "./CodeForm.module.css"

interface Props {
  work: CodeFlow
  /** What the code is called: "Recovery code". */
  codeLabel: string
  /** The address to suggest. */
  email: string
  onConfirmed: (flow: Flow) => void
}

/** An address to send a code to, then the code: the two forms of recovery and verification. */
export function CodeForm({ work, codeLabel, email, onConfirmed }: Props) {
  switch (work.flow.state) {
    case "loading":
      return <Loading what="the form" />
    case "failed":
      return (
        <FaultNote fault={work.flow.fault}>
          <Button size="small" onClick={work.restart}>
            Try again
          </Button>
        </FaultNote>
      )
    case "ready":
      return (
        <>
          {work.fault && <FaultNote fault={work.fault} focus />}
          <MailTrouble />
          <Said flow={work.flow.data} />
          {work.flow.data.state === "sent_email" ? (
            <AskCode key={work.flow.data.id} work={work} flow={work.flow.data} label={codeLabel} onConfirmed={onConfirmed} />
          ) : (
            <AskAddress work={work} flow={work.flow.data} email={email} />
          )}
        </>
      )
  }
}

/** What the flow says about itself: an error is an alarm and gets the focus. */
function Said({ flow }: { flow: Flow }) {
  const box = useRef<HTMLDivElement>(null)
  const wrong = messagesOf(flow, "error")
  const { facts, reload } = useLab()
  const sent = flow.state === "sent_email"
  const stuck = sent && facts.state === "ready" && Boolean(facts.data.mail_problem)
  useEffect(() => {
    if (sent) reload() // whether mails go out, as of now
  }, [sent, flow.id, reload])
  useEffect(() => {
    if (wrong.length > 0) box.current?.focus()
  }, [flow, wrong.length])
  return (
    <>
      {wrong.length > 0 && (
        <div role="alert" tabIndex={-1} ref={box} className="said">
          {wrong.map((text) => (
            <Note key={text} tone="bad" title={text} />
          ))}
        </div>
      )}
      {stuck && (
        <Note tone="info" role="status">
          <p>The code was made, and waits until mails go out again.</p>
        </Note>
      )}
      {!stuck &&
        messagesOf(flow, "info").map((text) => (
          <Note key={text} tone="info" role="status">
            <p>{text}</p>
            <Mailbox />
          </Note>
        ))}
    </>
  )
}

/** Where a mail of this lab is read. */
function Mailbox(): ReactNode {
  const { facts } = useLab()
  if (facts.state !== "ready" || facts.data.kratos_mode === "external") return null
  return (
    <p>
      <Prose text="The lab's own mailbox has it: `sting open mail`, or `sting mail code ADDRESS` in a terminal." />
    </p>
  )
}

function AskAddress({ work, flow, email }: { work: CodeFlow; flow: Flow; email: string }) {
  const [address, setAddress] = useState(email)
  const [missing, setMissing] = useState<string>()
  const field = useRef<HTMLInputElement>(null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (work.busy) return
    const wrong = /^[^\s@]+@[^\s@]+$/.test(address.trim()) ? undefined : "An e-mail address looks like name@example.org."
    setMissing(wrong)
    if (wrong) return field.current?.focus()
    await work.send(address.trim())
  }

  return (
    <form className="form" noValidate onSubmit={(event) => void submit(event)}>
      <Field
        ref={field}
        label="E-mail"
        type="email"
        name="email"
        autoComplete="email"
        autoCapitalize="none"
        spellCheck={false}
        required
        value={address}
        onChange={(event) => setAddress(event.target.value)}
        error={missing ?? mistakesOf(flow)["email"]}
      />
      <Button type="submit" kind="primary" busy={work.busy} busyText="Sending">
        Send a code
      </Button>
    </form>
  )
}

interface AskCodeProps {
  work: CodeFlow
  flow: Flow
  label: string
  onConfirmed: (flow: Flow) => void
}

function AskCode({ work, flow, label, onConfirmed }: AskCodeProps) {
  const [typed, setTyped] = useState(work.code)
  const [missing, setMissing] = useState<string>()
  const field = useRef<HTMLInputElement>(null)
  const address = addressOf(flow)
  useEffect(() => field.current?.focus(), [])

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (work.busy) return
    const digits = typed.replace(/\s/g, "")
    const wrong = digits === "" ? "Type the code out of the mail." : undefined
    setMissing(wrong)
    if (wrong) return field.current?.focus()
    const answer = await work.confirm(digits)
    if (answer?.state === "passed_challenge") onConfirmed(answer)
  }

  async function sendAnother(to: string) {
    setTyped("")
    await work.send(to)
    field.current?.focus()
  }

  return (
    <form className="form" noValidate onSubmit={(event) => void submit(event)}>
      <Field
        ref={field}
        label={label}
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        spellCheck={false}
        required
        className={css.codeInput}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        help={
          work.code === ""
            ? "The digits in the mail, good for an hour: six of them, or twelve after somebody guessed at the codes of this address."
            : "Taken from the link in the mail. It is used when you continue."
        }
        error={missing ?? mistakesOf(flow)["code"]}
      />
      <div className="form-actions">
        <Button type="submit" kind="primary" busy={work.busy} busyText="Trying the code">
          Continue
        </Button>
        {address !== undefined && (
          <Button kind="quiet" disabled={work.busy} onClick={() => void sendAnother(address)}>
            Send another code
          </Button>
        )}
        <Button kind="quiet" disabled={work.busy} onClick={work.restart}>
          Use another address
        </Button>
      </div>
    </form>
  )
}

/** The address that another code would go to: the value of the flow's button for it. */
function addressOf(flow: Flow): string | undefined {
  const value = flow.ui.nodes.find((node) => node.attributes.name === "email")?.attributes.value
  return typeof value === "string" && value !== "" ? value : undefined
}
