import { Button } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useCallback, useState } from "react"

import { CopyButton } from "../../ui/CopyButton"
import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { FaultNote } from "../../ui/FaultNote"
import { bytes } from "../../ui/format"
import { Ago } from "../Ago"
import { Confirm } from "../Confirm"
import { TableWaiting } from "../DataTable"
import { Id } from "../Id"
import { lab, type MailText } from "../lab"
import { useLive } from "../useLive"
import { linksIn } from "./links"
import { MailCodeCard } from "./MailCodeCard"
import { MailLinks } from "./MailLinks"
import css from "./MailDetail.module.css"

interface Props {
  id: string
  origin: string
  onRemoved: () => void
}

const topics = ["mails"] as const

/** How much of a mail's text is shown, in characters: more is no mail that somebody reads. */
const longest = 100_000

/** One mail, opened: who, the code, the text. Nothing of it is drawn as HTML. */
export function MailDetail({ id, origin, onRemoved }: Props) {
  const [mail, reload] = useLive(
    useCallback(() => lab.mail({ id }), [id]),
    topics,
  )
  switch (mail.state) {
    case "loading":
      return <TableWaiting what="the mail" />
    case "failed":
      return (
        <FaultNote fault={mail.fault}>
          <Button size="xs" variant="default" onClick={reload}>
            Try again
          </Button>
        </FaultNote>
      )
    case "ready":
      return <Opened mail={mail.data} origin={origin} onRemoved={onRemoved} />
  }
}

function Opened({ mail: m, origin, onRemoved }: { mail: MailText; origin: string; onRemoved: () => void }) {
  const [removing, setRemoving] = useState(false)
  const subject = m.subject || "(no subject)"
  return (
    <article className="mail" aria-label={`Mail ${subject}`}>
      <header className="ceremony-head">
        <h2>{subject}</h2>
        <div className="ceremony-actions">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Icon icon={icons.bin} size="small" />}
            onClick={() => setRemoving(true)}
          >
            Delete
          </Button>
        </div>
      </header>
      {m.found && m.found.code !== "" && <MailCodeCard code={m.found} />}
      <Facts mail={m} />
      {m.text.trim() === "" ? (
        <p className="faint">The mail has no text. The mailbox in the browser shows what else is in it.</p>
      ) : (
        <pre className={css.mailText} tabIndex={0} aria-label="Text of the mail">
          {m.text.slice(0, longest)}
        </pre>
      )}
      {m.text.length > longest && <p className="faint">The text goes on; the mailbox in the browser has all of it.</p>}
      <MailLinks links={linksIn(m.text, origin)} />
      <Parts mail={m} />
      {removing && (
        <Confirm
          title={`Delete “${subject}”?`}
          verb="Delete mail"
          onClose={() => setRemoving(false)}
          onConfirm={async () => {
            await lab.removeMail({ id: m.id })
            notifications.show({ message: `“${subject}” is deleted.` })
            onRemoved()
          }}
        >
          <p>This mail to {m.to.join(", ") || "nobody named"} goes for good.</p>
        </Confirm>
      )}
    </article>
  )
}

function Facts({ mail: m }: { mail: MailText }) {
  const people: [string, readonly string[]][] = [
    ["From", [m.from]],
    ["To", m.to],
    ["Cc", m.cc],
    ["Bcc", m.bcc],
  ]
  return (
    <dl className={`facts ${css.mailFacts}`}>
      {people
        .filter(([, who]) => who.some((w) => w !== ""))
        .map(([name, who]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span className={css.mailWho}>{who.join(", ")}</span>
              <CopyButton text={who.join(", ")} what={`the line ${name}`} />
            </dd>
          </div>
        ))}
      <div>
        <dt>Received</dt>
        <dd>
          <span>
            <Ago at={m.received_at} />, {bytes(m.size)}
          </span>
        </dd>
      </div>
      {m.message_id !== "" && (
        <div>
          <dt>Message-ID</dt>
          <dd>
            <Id value={m.message_id} what="the Message-ID" />
          </dd>
        </div>
      )}
    </dl>
  )
}

function Parts({ mail: m }: { mail: MailText }) {
  if (m.parts.length === 0) return null
  return (
    <section className="mail-more" aria-label="Attachments">
      <h3>Attachments</h3>
      <ul>
        {m.parts.map((p, i) => (
          <li key={i}>
            <Icon icon={icons.clip} size="small" />
            <span className="strong">{p.name || `Part ${i + 1}`}</span>
            <span className="faint">
              {p.type}, {bytes(p.size)}
            </span>
          </li>
        ))}
      </ul>
      <p className="faint">The mailbox in the browser has them to save.</p>
    </section>
  )
}
