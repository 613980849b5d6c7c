import { Button } from "@mantine/core"
import { useDebouncedValue } from "@mantine/hooks"
import { notifications } from "@mantine/notifications"
import { useState } from "react"

import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { count } from "../ui/format"
import { Confirm } from "./Confirm"
import { Empty } from "./Empty"
import { lab } from "./lab"
import { ListBody } from "./ListBody"
import { MailDetail } from "./mails/MailDetail"
import { MailList } from "./mails/MailList"
import { OpenButton } from "./OpenButton"
import { Panel } from "./Panel"
import { useFresh } from "./useFresh"
import { tape, useList } from "./useList"
import css from "./MailsPanel.module.css"

const topics = ["mails"] as const

/** What the catcher holds. `origin` is the site's: only its own addresses are opened from here. */
export function MailsPanel({ origin }: { origin: string }) {
  const [q, setQ] = useState("")
  const [search] = useDebouncedValue(q.trim(), 200)
  const [chosen, setChosen] = useState<string>()
  const [clearing, setClearing] = useState(false)
  const list = useList(lab.mails, search, topics, tape)
  const fresh = useFresh("mails")
  const any = list.rows.state === "ready" && (list.rows.data.length > 0 || search !== "")
  return (
    <Panel
      title="Mails"
      about="What programs here send to the catcher stays here. A mail is text in this window."
      fill
      search={{ value: q, onChange: setQ, placeholder: "Search mails" }}
      actions={
        <>
          <OpenButton page="mail" variant="default" size="sm" />
          <Button size="sm" variant="default" leftSection={<Icon icon={icons.bin} />} disabled={!any} onClick={() => setClearing(true)}>
            Clear
          </Button>
        </>
      }
    >
      <ListBody
        rows={list.rows}
        what="mails"
        reload={list.reload}
        empty={
          search !== "" ? (
            <Empty
              icon={icons.search}
              title="No mail matches"
              text={
                `Nothing is found by “${search}”. Words are looked for everywhere; to:ada@example.org, subject:verify and ` +
                "is:unread look in one place."
              }
            />
          ) : (
            <Empty
              icon={icons.mail}
              title="No mails yet"
              text="Register an account: the lab writes to its address, and the mail with its code appears here while you look."
            >
              <OpenButton page="register" />
            </Empty>
          )
        }
      >
        {(mails) => (
          <div className={`split ${css.splitMails}`} data-chosen={chosen !== undefined || undefined}>
            <MailList rows={mails} chosen={chosen} onChoose={setChosen} fresh={fresh} more={list.more} onMore={list.loadMore} />
            <div className="split-detail" tabIndex={0} role="region" aria-label="The chosen mail">
              {chosen !== undefined ? (
                <MailDetail key={chosen} id={chosen} origin={origin} onRemoved={() => setChosen(undefined)} />
              ) : (
                <Empty icon={icons.eye} title="Choose a mail" text="Its text, its code and its attachments are shown here." />
              )}
            </div>
          </div>
        )}
      </ListBody>
      {clearing && (
        <Confirm
          title="Delete every mail?"
          verb="Delete all mails"
          keep="Keep them"
          onClose={() => setClearing(false)}
          onConfirm={async () => {
            const { deleted } = await lab.clearMails()
            setChosen(undefined)
            notifications.show({ message: `The mailbox is empty: ${count(deleted, "mail")} deleted.` })
            list.reload()
          }}
        >
          <p>All mails of the catcher go, those that the search doesn't show too. They can't be brought back.</p>
        </Confirm>
      )}
    </Panel>
  )
}
