import { useCallback } from "react"

import { lab } from "../api/http"
import type { HelpEntry } from "../api/types"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { Paragraphs } from "../ui/Paragraphs"
import { Link } from "./router"
import { Screen } from "./Screen"

/** What the lab can say about one code. */
export function Help({ code }: { code: string }) {
  const [entry] = useLoad(useCallback(() => lab.help(code), [code]))
  switch (entry.state) {
    case "loading":
      return (
        <Screen title={code}>
          <Loading what="the explanation" lines={4} />
        </Screen>
      )
    case "failed":
      return (
        <Screen title={code}>
          <FaultNote fault={entry.fault} />
        </Screen>
      )
    case "ready":
      return (
        <Screen title={entry.data.title} lead={<code>{entry.data.code}</code>}>
          <HelpText entry={entry.data} />
        </Screen>
      )
  }
}

/** Cause, fix and the rest of an entry. */
export function HelpText({ entry }: { entry: HelpEntry }) {
  return (
    <article className="card help">
      <section>
        <h2>What causes it</h2>
        <Paragraphs text={entry.cause} />
      </section>
      <section className="help-fix">
        <h2>What to do</h2>
        <Paragraphs text={entry.fix} />
      </section>
      {entry.body && (
        <section>
          <h2>More about it</h2>
          <Paragraphs text={entry.body} />
        </section>
      )}
      {/^(BR-0[12]|NO_WEBAUTHN|INSECURE_CONTEXT)$/.test(entry.code) && (
        <p>
          <Link href="/browser-check">Look what this browser can do</Link>
        </p>
      )}
    </article>
  )
}
