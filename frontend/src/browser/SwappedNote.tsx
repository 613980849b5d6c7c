import { useEffect, useState } from "react"

import type { AuthSession } from "../api/types"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { type LastPerson, lastPerson, rememberPerson } from "./lastPerson"
import { Link, loginPath, usePlace } from "./router"
import { person, useSession } from "./session"
import { useSignOut } from "./useSignOut"

/** On every page: the account isn't the one that this browser signed in to. Another port of the host may have swapped it. */
export function SwappedNote() {
  const { session } = useSession()
  const who = person(session)
  return who ? <Swapped key={who.session_id} who={who} /> : null
}

function Swapped({ who }: { who: AuthSession }) {
  const { path } = usePlace()
  const { busy, fault, signOut } = useSignOut()
  const [, setMine] = useState(false)
  const before = lastPerson()
  const strange = isStrange(who, before)
  const user = who.user
  useEffect(() => {
    if (user && !strange && who.auth_method !== "mock") rememberPerson(user)
  }, [user, strange, who.auth_method])
  if (!strange || !user) return null
  const keep = () => {
    rememberPerson(user)
    setMine(true)
  }
  return (
    <div className="banner" role="alert">
      <div className="note note-warn">
        <Icon icon={icons.warn} />
        <div className="note-text">
          <p className="note-title">The account of this browser is {user.email} now, and nobody signed in to it on these pages</p>
          <p>
            {before ? (
              <>
                Before, <strong>{before.email}</strong> was signed in here.
              </>
            ) : (
              "Before, nobody was signed in here."
            )}{" "}
            Browsers share cookies between all ports of a host, so another program on this machine may have put its own session here. What
            you add now is added to the account of <strong>{user.email}</strong>. <a href="/help/NOT_SIGNED_IN_HERE">What is this?</a>
          </p>
          {fault && <FaultNote fault={fault} focus />}
          <div className="note-actions">
            <Button size="small" kind="primary" busy={busy} busyText="Signing out" onClick={() => void signOut()}>
              Sign out of {user.email}
            </Button>
            {who.signed_in_here ? (
              <Button size="small" onClick={keep}>
                It was me, elsewhere
              </Button>
            ) : (
              <Link className="button button-secondary button-small" href={loginPath(path, true)}>
                It is my account: sign in again
              </Link>
            )}
          </div>
        </div>
      </div>
    </div>
  )
}

/** Somebody else than before, or somebody who was never here and whose session was begun elsewhere. */
function isStrange(who: AuthSession, before: LastPerson | undefined): boolean {
  if (who.auth_method === "mock") return false
  return before ? before.id !== who.user?.id : who.signed_in_here === false
}
