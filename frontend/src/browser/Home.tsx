import { FaultNote } from "../ui/FaultNote"
import { Button } from "../ui/Button"
import { Icon, type IconName } from "../ui/Icon"
import { Loading } from "../ui/Loading"
import { Link } from "./router"
import { person, useSession } from "./session"

/** The first page: what this is, who is signed in, where to go. */
export function Home() {
  const { session, refresh } = useSession()
  const who = person(session)
  return (
    <div className="home">
      <title>STING Companion, a local passkey lab</title>
      <section className="hero">
        <p className="eyebrow">A local passkey lab</p>
        <h1 tabIndex={-1}>Build and debug passkey sign-in on your own machine</h1>
        <p className="lead">
          Real ceremonies in your own browser, passwords beside them, and every session in view. When something fails, it says why and what to do.
        </p>
        <div className="hero-actions">
          {session.state === "loading" && <Loading what="who is signed in" lines={1} />}
          {session.state !== "loading" &&
            (who ? (
              <>
                <Link className="button button-primary button-large" href="/dashboard">
                  Open the dashboard
                </Link>
                <span className="hero-who">
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
        {session.state === "failed" && (
          <FaultNote fault={session.fault}>
            <Button size="small" onClick={() => void refresh()}>
              Try again
            </Button>
          </FaultNote>
        )}
      </section>
      <ol className="trail" aria-label="The way through the lab">
        <Stop icon="user" title="Register" href="/register">
          An e-mail address, a password, then a passkey. The passkey can wait.
        </Stop>
        <Stop icon="passkey" title="Sign in" href="/login">
          With the passkey and nothing typed, from the autofill list, or with the password.
        </Stop>
        <Stop icon="device" title="Look around" href="/dashboard">
          Who you are, how you got in, and the two kinds of session side by side.
        </Stop>
        <Stop icon="lock" title="Manage" href="/settings">
          Add, rename and remove passkeys. End a session and watch the other browser notice.
        </Stop>
      </ol>
    </div>
  )
}

function Stop({ icon, title, href, children }: { icon: IconName; title: string; href: string; children: string }) {
  return (
    <li>
      <Link className="stop" href={href}>
        <span className="stop-icon">
          <Icon name={icon} />
        </span>
        <span className="stop-title">{title}</span>
        <span className="stop-text">{children}</span>
      </Link>
    </li>
  )
}
