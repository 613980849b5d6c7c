import { useCallback, useRef, useState } from "react"

import { lab } from "../api/http"
import type { Passkey, PasskeyStats, Signal } from "../api/types"
import { Badge } from "../ui/Badge"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { Note } from "../ui/Note"
import { When } from "../ui/When"
import { AddPasskey } from "./AddPasskey"
import { ForgetPasskey } from "./ForgetPasskey"
import { PasskeyRow } from "./PasskeyRow"
import { useSession } from "./session"
import css from "./PasskeyCard.module.css"

interface Listing {
  passkeys: Passkey[]
  stats: PasskeyStats
}

async function load(): Promise<Listing> {
  const [list, stats] = await Promise.all([lab.passkeys(), lab.passkeyStats()])
  return { passkeys: list.passkeys.filter((passkey) => passkey.status === "active"), stats }
}

/** The passkeys of an account: how many, which, and what can be done with each. */
export function PasskeyCard() {
  const [listing, reload] = useLoad(load)
  const { refresh } = useSession()
  const [said, setSaid] = useState<{ sentence: string; more?: string | undefined; ask?: Signal | undefined }>()
  const heading = useRef<HTMLHeadingElement>(null)
  const changed = useCallback(
    (sentence: string, more?: string, ask?: Signal) => {
      setSaid({ sentence, more, ask })
      reload()
      void refresh()
      heading.current?.focus()
    },
    [reload, refresh],
  )
  return (
    <section className="card" aria-labelledby="passkeys">
      <div className="card-head">
        <h2 id="passkeys" tabIndex={-1} ref={heading}>
          Passkeys
        </h2>
        {listing.state === "ready" && (
          <Badge tone={listing.data.stats.can_add_more ? "plain" : "warn"}>
            {listing.data.stats.active_passkeys} of {listing.data.stats.max_passkeys}
          </Badge>
        )}
      </div>
      <div role="status">
        {said && (
          <Note tone="good" title={said.sentence}>
            {said.more && <p>{said.more}</p>}
            <ForgetPasskey key={said.ask?.credential_id} signal={said.ask} />
          </Note>
        )}
      </div>
      {listing.state === "loading" && <Loading what="your passkeys" />}
      {listing.state === "failed" && (
        <FaultNote fault={listing.fault}>
          <Button size="small" onClick={reload}>
            Try again
          </Button>
        </FaultNote>
      )}
      {listing.state === "ready" && <Passkeys listing={listing.data} onChanged={changed} />}
    </section>
  )
}

function Passkeys({
  listing: { passkeys, stats },
  onChanged,
}: {
  listing: Listing
  onChanged: (sentence: string, more?: string, ask?: Signal) => void
}) {
  return (
    <>
      {passkeys.length === 0 ? (
        <div className={css.empty}>
          <span className={css.emptyIcon}>
            <Icon icon={icons.passkey} />
          </span>
          <p className={css.emptyTitle}>No passkey yet</p>
          <p>Your password is the only way in. Add a passkey and sign in without typing.</p>
        </div>
      ) : (
        <>
          <ul className="rows">
            {passkeys.map((passkey) => (
              <PasskeyRow key={passkey.id} passkey={passkey} onChanged={onChanged} />
            ))}
          </ul>
          <p className="small">
            {stats.total_usage === 0 ? (
              "Nobody has signed in with one of them yet."
            ) : (
              <>
                Used {stats.total_usage === 1 ? "once" : `${stats.total_usage} times`} in all, last: <When at={stats.last_used} />.
              </>
            )}
          </p>
        </>
      )}
      {stats.can_add_more ? (
        <AddPasskey key={passkeys.length} taken={passkeys.map((passkey) => passkey.name)} onAdded={onChanged} />
      ) : (
        <Note tone="info">
          <p>You have the most that an account can hold ({stats.max_passkeys}). Remove one to add another.</p>
        </Note>
      )}
    </>
  )
}
