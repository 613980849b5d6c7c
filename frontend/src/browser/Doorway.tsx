import type { ReactNode } from "react"

import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { useLab } from "./labstate"
import { Baggage } from "./Screen"
import css from "./Doorway.module.css"

interface Props {
  title: string
  lead?: ReactNode
  /** Above the title: where in a sequence this is. */
  above?: ReactNode
  children: ReactNode
  /** Under the card: the other way in. */
  below?: ReactNode
}

/** A page with one card to fill in, beside it what this browser and this lab make of passkeys. */
export function Doorway({ title, lead, above, children, below }: Props) {
  return (
    <div className={css.doorway}>
      <title>{`${title} · STING Companion`}</title>
      <div className={css.doorwayMain}>
        <section className={`card ${css.doorwayCard}`}>
          {above}
          <div>
            <h1 tabIndex={-1}>{title}</h1>
            {lead && <p className="lead">{lead}</p>}
          </div>
          <Baggage />
          {children}
        </section>
        {below && <p className={css.doorwayBelow}>{below}</p>}
      </div>
      <Aside />
    </div>
  )
}

function Aside() {
  const { facts, support } = useLab()
  return (
    <aside className={css.night} aria-label="How a passkey works here">
      <h2>Nothing to remember, nothing to steal</h2>
      <p>
        A passkey is a key pair. The private half stays with your device or password manager and signs a challenge once you have shown that
        you are there. This lab keeps the public half.
      </p>
      <dl className={css.nightFacts}>
        <Fact name="Relying party">{facts.state === "ready" ? facts.data.rp_id : "…"}</Fact>
        <Fact name="This page">{location.origin}</Fact>
        <Fact name="Passkeys in this browser">{support === undefined ? "…" : support.state === "possible" ? "yes" : "no"}</Fact>
        {support?.state === "possible" && (
          <>
            <Fact name="Built-in authenticator">{support.platform ? "yes" : "none found"}</Fact>
            <Fact name="Passkeys in autofill">{support.autofill ? "yes" : "no"}</Fact>
          </>
        )}
      </dl>
      <p className={css.nightFoot}>
        <Icon icon={icons.lock} />
        Keys, accounts and records stay in one folder on this machine.
      </p>
    </aside>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
