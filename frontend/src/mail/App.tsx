import { useCallback, useEffect, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { Badge } from "../ui/Badge"
import * as icons from "../ui/icons"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Loading } from "../ui/Loading"
import { useLoad } from "../ui/load"
import { Mark } from "../ui/Mark"
import { mailbox, stretch } from "./api"
import { MailList } from "./MailList"
import { MailView } from "./MailView"
import { ClearDialog } from "./ClearDialog"
import { useChosen } from "./useChosen"
import { useNews } from "./useNews"
import css from "./App.module.css"

/** The mailbox: a list, what is searched for in it, and one mail. */
export function App() {
  const [typed, setTyped] = useState("")
  const [query, setQuery] = useState("")
  const [limit, setLimit] = useState(stretch)
  const [clearing, setClearing] = useState(false)
  const [fault, setFault] = useState<Fault | null>(null)
  const [chosen, choose] = useChosen()
  const load = useCallback(() => mailbox.list(query, limit), [query, limit])
  const [list, reload] = useLoad(load)
  const live = useNews(reload)
  useEffect(() => {
    const timer = setTimeout(() => setQuery(typed), 200)
    return () => clearTimeout(timer)
  }, [typed])
  const unread = list.state === "ready" ? list.data.unread : 0
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}Mailbox - STING Companion`
  }, [unread])
  const remove = async (what: () => Promise<unknown>) => {
    try {
      await what()
      setFault(null)
      choose("")
    } catch (thrown) {
      setFault(toFault(thrown))
    }
    reload()
  }
  return (
    <div className={css.box}>
      <a className={css.skip} href="#mail" onClick={skipTo("mail")}>
        Skip to the mail
      </a>
      <header className={css.top}>
        <h1 className={css.brand}>
          <Mark size={28} />
          Mailbox
        </h1>
        <Badge tone={live ? "good" : "warn"} title={live ? "New mails appear by themselves." : "The lab doesn't answer; trying again."}>
          {live ? "Live" : "Connecting"}
        </Badge>
        <form className={css.search} role="search" onSubmit={(event) => event.preventDefault()}>
          <label className="visually-hidden" htmlFor="query">
            Search the mails
          </label>
          <input
            id="query"
            type="search"
            value={typed}
            placeholder='Words, to:ada@example.org, subject:"verify", is:unread'
            onChange={(event) => setTyped(event.target.value)}
          />
        </form>
        <Button
          kind="secondary"
          size="small"
          icon={icons.bin}
          disabled={list.state !== "ready" || list.data.messages_count === 0}
          onClick={() => setClearing(true)}
        >
          {query.trim() === "" ? "Delete all" : "Delete found"}
        </Button>
      </header>
      <div className={css.panes}>
        <nav className={css.listPane} aria-label="Mails">
          {fault && <FaultNote fault={fault} focus />}
          {list.state === "loading" && <Loading what="the mails" lines={6} />}
          {list.state === "failed" && (
            <FaultNote fault={list.fault}>
              <Button onClick={reload}>Try again</Button>
            </FaultNote>
          )}
          {list.state === "ready" && (
            <MailList data={list.data} query={query} chosen={chosen} onChoose={choose} onMore={() => setLimit(limit + stretch)} />
          )}
        </nav>
        <main className={css.mailPane} id="mail" tabIndex={-1}>
          {chosen === "" ? (
            <p className="nothing">
              Choose a mail to read it here. Whatever a program on this machine sends to the catcher arrives in this mailbox, and goes no
              further.
            </p>
          ) : (
            <MailView key={chosen} id={chosen} onRemove={() => remove(() => mailbox.remove([chosen]))} />
          )}
        </main>
      </div>
      {clearing && (
        <ClearDialog
          count={list.state === "ready" ? list.data.messages_count : 0}
          query={query}
          onClose={() => setClearing(false)}
          onClear={() => {
            setClearing(false)
            void remove(query.trim() === "" ? mailbox.removeAll : () => mailbox.removeFound(query))
          }}
        />
      )}
    </div>
  )
}

/** Moves the focus without touching the address, whose # names a mail. */
function skipTo(id: string) {
  return (event: { preventDefault: () => void }) => {
    event.preventDefault()
    document.getElementById(id)?.focus()
  }
}
