import type { KeyboardEvent } from "react"

import { Button } from "../ui/Button"
import { When } from "../ui/When"
import { type Head, type Stretch, written } from "./api"
import css from "./MailList.module.css"

interface Props {
  data: Stretch
  query: string
  chosen: string
  onChoose: (id: string) => void
  onMore: () => void
}

/** The mails, newest first. The arrow keys go up and down. */
export function MailList({ data, query, chosen, onChoose, onMore }: Props) {
  if (data.messages.length === 0) {
    return (
      <p className="nothing">
        {query.trim() === ""
          ? "No mails yet. Register an account, or let a program send one to the catcher."
          : `No mail is found by “${query}”.`}
      </p>
    )
  }
  return (
    <>
      <p className={css.counts} role="status">
        {data.messages_count === 1 ? "1 mail" : `${data.messages_count} mails`}, {data.unread} unread
      </p>
      <ul className="mails" onKeyDown={walk}>
        {data.messages.map((m) => (
          <li key={m.ID}>
            <Row mail={m} chosen={m.ID === chosen} onChoose={onChoose} />
          </li>
        ))}
      </ul>
      {data.messages.length < data.messages_count && (
        <Button kind="quiet" onClick={onMore}>
          Show more
        </Button>
      )}
    </>
  )
}

function Row({ mail, chosen, onChoose }: { mail: Head; chosen: boolean; onChoose: (id: string) => void }) {
  return (
    <button
      type="button"
      className={mail.Read ? "row" : "row row-unread"}
      aria-current={chosen ? "true" : undefined}
      onClick={() => onChoose(mail.ID)}
    >
      <span className={css.rowLine}>
        <span className={css.rowTo}>{mail.To.map((a) => a.Address).join(", ") || "(nobody is named)"}</span>
        <span className={css.rowWhen}>
          <When at={mail.Created} />
        </span>
      </span>
      <span className={css.rowSubject}>
        {!mail.Read && <span className="visually-hidden">Unread: </span>}
        {mail.Subject || "(no subject)"}
      </span>
      <span className={css.rowSnippet}>
        {written(mail.From)}
        {mail.Snippet && ` · ${mail.Snippet}`}
        {mail.Attachments > 0 && ` · ${mail.Attachments === 1 ? "1 attachment" : `${mail.Attachments} attachments`}`}
      </span>
    </button>
  )
}

/** Moves the focus to the row above or below. */
function walk(event: KeyboardEvent<HTMLUListElement>) {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
  if (step === 0) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("button.row")]
  const next = rows[rows.findIndex((row) => row === document.activeElement) + step]
  if (!next) return
  event.preventDefault()
  next.focus()
}
