import { useCallback } from "react"

import { lab } from "../api/http"
import { kratos } from "../api/kratos"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { HelpText } from "./Help"
import { Link, usePlace } from "./router"
import { Screen } from "./Screen"

/**
 * Where a flow ends that can't go on. The address names a code, or what Kratos
 * kept under an id; nothing else is believed of it, so that nobody can put
 * their own words on our page.
 */
export function ErrorPage() {
  const { query } = usePlace()
  const code = query.get("code") ?? query.get("error_code")
  const id = query.get("id")
  return (
    <Screen title="This could not go on" lead="The step before this page was refused.">
      {id ? (
        <OfKratos id={id} />
      ) : code ? (
        <Explained code={code} />
      ) : (
        <p>The address names no code. Start the step again; if it is refused there, the page says why.</p>
      )}
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

/** What Kratos said when it sent the browser here. */
function OfKratos({ id }: { id: string }) {
  const [kept] = useLoad(useCallback(() => kratos.error(id), [id]))
  switch (kept.state) {
    case "loading":
      return <Loading what="what Kratos said" lines={3} />
    case "failed":
      return <FaultNote fault={kept.fault} />
    case "ready": {
      const { error } = kept.data
      return (
        <article className="card help">
          <section>
            <h2>What Kratos said</h2>
            <p>{error.reason || error.message || "Nothing more than that it refused."}</p>
          </section>
          <section className="help-fix">
            <h2>What to do</h2>
            <p>{nextStep(error)}</p>
          </section>
          <p className="note-ids">
            {error.id && <span>{error.id}</span>}
            {error.code && <span>HTTP {error.code}</span>}
            <span>error {kept.data.id}</span>
          </p>
        </article>
      )
    }
  }
}

function nextStep({ id, code }: { id?: string; code?: number }): string {
  if (id === "security_csrf_violation")
    return "The form was begun in another browser, or this one lost its cookies. Open the page again and fill it in here."
  if (id === "self_service_flow_return_to_forbidden")
    return (
      "The program that sent you here wants you back at an address that isn't allowed. Add it to " +
      "selfservice.allowed_return_urls in sting.yml."
    )
  if (id === "session_already_available") return "You are signed in already. Go to the dashboard, or sign out first."
  if (code === 401) return "Sign in, then try again."
  if (code !== undefined && code >= 500) return "Look at the log of Kratos: sting logs kratos. Passkeys go on working meanwhile."
  return "Begin the step again from its own page."
}
