import { useCallback, useEffect, useRef, useState } from "react"

import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import * as icons from "../ui/icons"
import { Loading } from "../ui/Loading"
import { useLoad } from "../ui/load"
import { Tabs } from "../ui/Tabs"
import { When } from "../ui/When"
import { type Address, mailbox, type Message, written } from "./api"
import { CodeCard } from "./CodeCard"
import { Body, type View } from "./Body"
import css from "./MailView.module.css"

/** One mail: who, what, the code, and its body in five views. */
export function MailView({ id, onRemove }: { id: string; onRemove: () => void }) {
  const load = useCallback(async () => {
    const [message, code] = await Promise.all([mailbox.message(id), mailbox.code(id)])
    return { message, code }
  }, [id])
  const [mail, reload] = useLoad(load)
  const [view, setView] = useState<View>("text")
  const heading = useRef<HTMLHeadingElement>(null)
  const ready = mail.state === "ready"
  useEffect(() => {
    if (ready) heading.current?.focus()
  }, [ready])
  if (mail.state === "loading") return <Loading what="the mail" lines={8} />
  if (mail.state === "failed") {
    return (
      <FaultNote fault={mail.fault} focus>
        <Button onClick={reload}>Try again</Button>
      </FaultNote>
    )
  }
  const { message, code } = mail.data
  const views: View[] = message.HTML === "" ? ["text", "source", "headers"] : ["text", "html", "source", "headers"]
  if (message.Attachments.length + message.Inline.length > 0) views.push("attachments")
  return (
    <article className="mail">
      <header className={css.mailHead}>
        <h2 ref={heading} tabIndex={-1}>
          {message.Subject || "(no subject)"}
        </h2>
        <Button kind="secondary" size="small" icon={icons.bin} onClick={onRemove}>
          Delete
        </Button>
      </header>
      <People message={message} />
      {code && <CodeCard code={code} />}
      <Tabs label="How the mail is shown" views={views.map((v) => [v, labels[v]] as const)} view={view} onView={setView}>
        <Body key={view} view={view} message={message} />
      </Tabs>
    </article>
  )
}

const labels: Record<View, string> = { text: "Text", html: "HTML", source: "Source", headers: "Headers", attachments: "Attachments" }

function People({ message }: { message: Message }) {
  const lines: [string, Address[]][] = [
    ["From", [message.From]],
    ["To", message.To],
    ["Cc", message.Cc],
    ["Bcc", message.Bcc],
    ["Reply to", message.ReplyTo],
  ]
  return (
    <dl className={css.people}>
      {lines.map(([name, who]) =>
        who.length === 0 ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{who.map(written).join(", ")}</dd>
          </div>
        ),
      )}
      <div>
        <dt>Date</dt>
        <dd>
          <When at={message.Date} />
        </dd>
      </div>
    </dl>
  )
}
