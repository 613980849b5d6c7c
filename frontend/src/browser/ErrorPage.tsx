import { useCallback } from "react"

import { lab } from "../api/http"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { HelpText } from "./Help"
import { Link, usePlace } from "./router"
import { Screen } from "./Screen"

/**
 * Where a flow ends that can't go on. The address names a code and nothing
 * else is believed of it, so that nobody can put their own words on our page.
 */
export function ErrorPage() {
  const { query } = usePlace()
  const code = query.get("code") ?? query.get("error_code")
  return (
    <Screen title="This could not go on" lead="The step before this page was refused.">
      {code ? <Explained code={code} /> : <p>The address names no code. Start the step again; if it is refused there, the page says why.</p>}
      <div className="row">
        <Link className="button button-primary" href="/login">
          Sign in
        </Link>
        <Link className="button button-secondary" href="/">
          First page
        </Link>
      </div>
    </Screen>
  )
}

function Explained({ code }: { code: string }) {
  const [entry] = useLoad(useCallback(() => lab.help(code), [code]))
  switch (entry.state) {
    case "loading":
      return <Loading what="the explanation" lines={4} />
    case "failed":
      return <FaultNote fault={entry.fault} />
    case "ready":
      return (
        <>
          <p>
            {entry.data.title} <code>{entry.data.code}</code>
          </p>
          <HelpText entry={entry.data} />
        </>
      )
  }
}
