import { FaultNote } from "../ui/FaultNote"
import { Button } from "../ui/Button"
import { Icon, type IconShape } from "../ui/Icon"
import * as icons from "../ui/icons"
import { Loading } from "../ui/Loading"
import { Link } from "./router"
import { person, useSession } from "./session"
import css from "./Home.module.css"

/** The first page: what this is, who is signed in, where to go. */
export function Home() {
  const { session, refresh } = useSession()
  const who = person(session)
  return (
    <div className={css.home}>
      <title>STING Companion, a local passkey lab</title>
      <section className={css.hero}>
        <Comb />
        <p className={css.eyebrow}>A local passkey lab</p>
        <h1 tabIndex={-1}>Build and debug passkey sign-in on your own machine</h1>
        <p className="lead">
          Real ceremonies in your own browser, passwords beside them, and every session in view. When something fails, it says why and what
          to do.
        </p>
        <div className={css.heroActions}>
          {session.state === "loading" && <Loading what="who is signed in" lines={1} />}
          {session.state !== "loading" &&
            (who ? (
              <>
                <Link className="button button-primary button-large" href="/dashboard">
                  Open the dashboard
                </Link>
                <span className={css.heroWho}>
                  Signed in as <strong>{who.user?.email}</strong>
                </span>
              </>
            ) : (
              <>
                <Link className="button button-primary button-large" href="/register">
                  Create an account
                </Link>
                <Link className="button button-secondary button-large" href="/login">
                  Sign in
                </Link>
              </>
            ))}
        </div>
        <p className={css.heroCheck}>
          Does your browser have what passkeys need? <Link href="/browser-check">Look what it can do</Link>
        </p>
        {session.state === "failed" && (
          <FaultNote fault={session.fault}>
            <Button size="small" onClick={() => void refresh()}>
              Try again
            </Button>
          </FaultNote>
        )}
      </section>
      <ol className={css.trail} aria-label="The way through the lab">
        <Stop icon={icons.people} title="Register" href="/register">
          An e-mail address, a password, then a passkey. The passkey can wait.
        </Stop>
        <Stop icon={icons.passkey} title="Sign in" href="/login">
          With the passkey and nothing typed, from the autofill list, or with the password.
        </Stop>
        <Stop icon={icons.device} title="Look around" href="/dashboard">
          Who you are, how you got in, and the two kinds of session side by side.
        </Stop>
        <Stop icon={icons.lock} title="Manage" href="/settings">
          Add, rename and remove passkeys. End a session and watch the other browser notice.
        </Stop>
      </ol>
    </div>
  )
}

/** The brand's sign at large, among empty cells. Decorative. */
function Comb() {
  const cell = "M0-46 40-23V23L0 46-40 23V-23Z"
  const cells: readonly [number, number][] = [
    [130, 80],
    [210, 80],
    [290, 80],
    [90, 149],
    [250, 149],
    [330, 149],
    [130, 218],
    [210, 218],
    [290, 218],
    [370, 218],
    [250, 287],
  ]
  return (
    <svg className={css.comb} viewBox="40 20 390 330" aria-hidden="true" focusable="false">
      {cells.map(([x, y]) => (
        <path key={`${x},${y}`} className={css.combCell} d={cell} transform={`translate(${x} ${y}) scale(.94)`} />
      ))}
      <g transform="translate(170 149)">
        <path className={css.combFull} d={cell} transform="scale(.94)" />
        <circle className={css.combBow} cx="0" cy="-12" r="13" />
        <path className={css.combSting} d="M-4.5 1h9l-1.5 9h7v7h-8L0 31-3.5 10Z" />
      </g>
    </svg>
  )
}

function Stop({ icon, title, href, children }: { icon: IconShape; title: string; href: string; children: string }) {
  return (
    <li>
      <Link className={css.stop} href={href}>
        <span className={css.stopIcon}>
          <Icon icon={icon} />
        </span>
        <span className={css.stopTitle}>{title}</span>
        <span className={css.stopText}>{children}</span>
      </Link>
    </li>
  )
}
