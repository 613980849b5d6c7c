import { type ReactNode, useEffect } from "react"

import type { AuthSession } from "../api/types"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Loading } from "../ui/Loading"
import { Link, loginPath, visit } from "./router"
import { Screen } from "./Screen"
import { person, useSession } from "./session"

interface Props {
  title: string
  /** The page's own path, to come back to. */
  path: string
  children: (who: AuthSession) => ReactNode
}

/** A page for somebody who is signed in. Others are sent to the sign-in; a session that ended under the page is said. */
export function Guarded({ title, path, children }: Props) {
  const { session, ended, refresh } = useSession()
  const who = person(session)
  const nobody = session.state === "ready" && !who
  useEffect(() => {
    if (nobody && !ended) visit(loginPath(path), { replace: true })
  }, [nobody, ended, path])

  if (who) return children(who)
  if (session.state === "failed") {
    return (
      <Screen title={title}>
        <FaultNote fault={session.fault}>
          <Button size="small" onClick={() => void refresh()}>
            Try again
          </Button>
        </FaultNote>
      </Screen>
    )
  }
  if (nobody && ended) return <Ended path={path} />
  return (
    <Screen title={title}>
      <Loading what="your session" lines={4} />
    </Screen>
  )
}

function Ended({ path }: { path: string }) {
  useEffect(() => document.querySelector<HTMLElement>("main h1")?.focus(), [])
  return (
    <Screen
      title="Your session was ended"
      lead="It ran out, or was ended in another window, in the settings or at the terminal. Nothing on this page is current any more."
    >
      <div role="alert" className="visually-hidden">
        Your session was ended.
      </div>
      <div>
        <Link className="button button-primary" href={loginPath(path)}>
          Sign in again
        </Link>
      </div>
    </Screen>
  )
}
