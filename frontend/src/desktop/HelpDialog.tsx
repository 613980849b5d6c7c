import { Modal } from "@mantine/core"
import { useCallback, useEffect, useState } from "react"

import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Paragraphs } from "../ui/Paragraphs"
import { TableWaiting } from "./DataTable"
import { lab } from "./lab"
import css from "./HelpDialog.module.css"

/** Links to the help on a code, as every failure has one. */
const helpLink = "a[href^='/help/']"

/** Shows the help on a code when its link is pressed anywhere in the window, which has no pages to go to. */
export function HelpDialog() {
  const [code, setCode] = useState<string>()
  useEffect(() => {
    const follow = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest(helpLink) : null
      if (!link) return
      event.preventDefault()
      setCode(decodeURIComponent(link.getAttribute("href")?.slice("/help/".length) ?? ""))
    }
    document.addEventListener("click", follow)
    return () => document.removeEventListener("click", follow)
  }, [])
  return (
    <Modal
      opened={code !== undefined}
      onClose={() => setCode(undefined)}
      title={code}
      size="lg"
      centered
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {code !== undefined && <Explained code={code} />}
    </Modal>
  )
}

function Explained({ code }: { code: string }) {
  const [entry] = useLoad(useCallback(() => lab.help(code), [code]))
  switch (entry.state) {
    case "loading":
      return <TableWaiting what="the explanation" />
    case "failed":
      return <FaultNote fault={entry.fault} />
    case "ready":
      return (
        <article className={css.help}>
          <h2>{entry.data.title}</h2>
          <h3>What causes it</h3>
          <Paragraphs text={entry.data.cause} />
          <h3>What to do</h3>
          <Paragraphs text={entry.data.fix} />
          {entry.data.body !== "" && (
            <>
              <h3>More about it</h3>
              <Paragraphs text={entry.data.body} />
            </>
          )}
        </article>
      )
  }
}
