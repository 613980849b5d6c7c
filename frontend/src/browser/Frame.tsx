import type { ReactNode } from "react"

import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Mark } from "../ui/Mark"
import { LabBanner } from "./LabBanner"
import { useLab } from "./labstate"
import { MovedNote } from "./MovedNote"
import { Link, usePlace } from "./router"
import { person, useSession } from "./session"
import { SwappedNote } from "./SwappedNote"
import { useSignOut } from "./useSignOut"
import css from "./Frame.module.css"

/** What surrounds every page: the way past it, the name, the ways to go, the lab's state. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <div className={css.frame}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <div className={css.banners}>
        <MovedNote />
        <LabBanner />
        <SwappedNote />
      </div>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Footer />
    </div>
  )
}

function Header() {
  const { session } = useSession()
  const { busy, fault, signOut } = useSignOut()
  const who = person(session)
  return (
    <header className={css.header}>
      <div className={css.headerRow}>
        <Link className={css.brand} href="/">
          <Mark size={30} />
          <span>
            STING <span className={css.brandSoft}>Companion</span>
          </span>
        </Link>
        <nav className={css.nav} aria-label="Pages">
          {session.state === "ready" && who && (
            <>
              <NavLink href="/dashboard">Dashboard</NavLink>
              <NavLink href="/settings">Settings</NavLink>
              {who.auth_method !== "mock" && (
                <Button kind="secondary" size="small" busy={busy} busyText="Signing out" onClick={() => void signOut()}>
                  Sign out
                </Button>
              )}
            </>
          )}
          {session.state === "ready" && !who && (
            <>
              <NavLink href="/login">Sign in</NavLink>
              <NavLink href="/register">Create account</NavLink>
            </>
          )}
        </nav>
      </div>
      {fault && (
        <div className={css.headerFault}>
          <FaultNote fault={fault} focus />
        </div>
      )}
    </header>
  )
}

function NavLink({ href, children }: { href: string; children: string }) {
  const { path } = usePlace()
  return (
    <Link className={css.navLink} href={href} aria-current={path === href ? "page" : undefined}>
      {children}
    </Link>
  )
}

function Footer() {
  const { facts } = useLab()
  return (
    <footer className={css.footer}>
      <p>
        A passkey lab on this machine. Nothing leaves it. <Link href="/browser-check">What can this browser do?</Link>
      </p>
      {facts.state === "ready" && (
        <dl className={css.footerFacts}>
          <div>
            <dt>Relying party</dt>
            <dd>{facts.data.rp_id}</dd>
          </div>
          <div>
            <dt>Origin</dt>
            <dd>{facts.data.origin}</dd>
          </div>
          <div>
            <dt>Version</dt>
            <dd>{facts.data.version}</dd>
          </div>
        </dl>
      )}
    </footer>
  )
}
