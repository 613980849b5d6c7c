import { Fault, toFault } from "../api/fault"
import { lab } from "../api/http"
import { probeBrowser, tidyUp } from "./probe"

/**
 * After a sign-in that the lab accepted: throws the Fault that says why this browser
 * shows no session, if it shows none. Without it a page would send the person on, and
 * be sent back to the sign-in without a word.
 */
export async function sessionKept(): Promise<void> {
  const session = await lab.session().catch(() => undefined)
  if (session === undefined || session.authenticated) return // what can't be asked is said by the next page
  const visit = await probeBrowser()
  const seen = await lab.browserCheck(visit).catch(toFault)
  tidyUp()
  const came = seen instanceof Fault || (seen.cookie && seen.host_cookie)
  if (visit.cookies && visit.host_cookie !== false && came) {
    throw new Fault({
      code: "SESSION_NOT_KEPT",
      help: "/help/SESSION_NOT_KEPT",
      message: "The sign-in was accepted, and this browser shows no session afterwards.",
      hint:
        "It keeps other cookies of this host, so that something takes the session's away: an extension, a proxy in " +
        "between, or another program on this host. `sting doctor SS-08` tries the same without a browser.",
    })
  }
  throw new Fault({
    code: "COOKIES_BLOCKED",
    help: "/help/COOKIES_BLOCKED",
    message: "The sign-in was accepted, and this browser keeps no cookies of this host, so that it doesn't last.",
    hint:
      `Allow cookies for ${location.hostname} in the browser's settings (the sign at the left of the address bar), ` +
      "then sign in again. /browser-check shows what it keeps.",
  })
}
