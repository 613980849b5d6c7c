import { type Fault, toFault } from "../api/fault"
import { lab } from "../api/http"
import type { BrowserSeen, BrowserVisit } from "../api/types"
import { probeBrowser, tidyUp } from "../passkey/probe"
import { Button } from "../ui/Button"
import { CopyButton } from "../ui/CopyButton"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { Note } from "../ui/Note"
import { Prose } from "../ui/Prose"
import { browserName } from "../ui/words"
import { AbilityCard } from "./AbilityCard"
import { useLab } from "./labstate"
import { Screen } from "./Screen"
import css from "./BrowserCheck.module.css"

interface Examined {
  visit: BrowserVisit
  /** What the lab saw of it, or why it couldn't be told. */
  seen: BrowserSeen | undefined
  fault: Fault | undefined
  /** What puts it into words; it comes along, so that no other page waits for it. */
  words: typeof import("./abilities")
}

/** What this browser and this device can do, in words and as JSON. The lab keeps it for the doctor and the window. */
export function BrowserCheck() {
  const [examined, again] = useLoad(examine)
  return (
    <Screen title="What this browser can do" lead={`${browserName(navigator.userAgent)}, at ${location.origin}`}>
      {examined.state === "loading" && (
        <div className="card">
          <Loading what="what this browser can do" lines={6} />
        </div>
      )}
      {examined.state === "failed" && <FaultNote fault={examined.fault} />}
      {examined.state === "ready" && <Result examined={examined.data} again={again} />}
    </Screen>
  )
}

async function examine(): Promise<Examined> {
  const [visit, words] = await Promise.all([probeBrowser(), import("./abilities")])
  try {
    return { visit, words, seen: await lab.browserCheck(visit), fault: undefined }
  } catch (thrown) {
    return { visit, words, seen: undefined, fault: toFault(thrown) }
  } finally {
    tidyUp()
  }
}

function Result({ examined: { visit, seen, fault, words }, again }: { examined: Examined; again: () => void }) {
  const { facts } = useLab()
  const abilities = words.abilitiesOf(visit, seen, location.origin, facts.state === "ready" ? facts.data.origin : "")
  const verdict = words.verdictOf(visit, abilities)
  const json = JSON.stringify({ ...visit, user_agent: navigator.userAgent, origin: location.origin }, null, 2)
  return (
    <>
      <Note tone={verdict.tone} title={verdict.title} role="status">
        <p>
          <Prose text={verdict.text} />
        </p>
      </Note>
      {fault && (
        <FaultNote fault={fault}>
          <Button size="small" onClick={again}>
            Look again
          </Button>
        </FaultNote>
      )}
      <div className="cards">
        <AbilityCard title="What passkeys need" abilities={abilities.needed} wide />
        <AbilityCard title="What the browser keeps" abilities={abilities.keeping} wide />
        <AbilityCard title="What the browser says that it can do" abilities={abilities.capabilities} source="getClientCapabilities" wide>
          {visit.webauthn
            ? "This browser has no getClientCapabilities, so it can't be asked. The rows above were found out in another way."
            : "Without the passkey API the browser can't be asked."}
        </AbilityCard>
        <AbilityCard title="Extensions that it passes on" abilities={abilities.extensions} source="getClientCapabilities" wide>
          The browser named none. That it passes one on doesn't say that an authenticator knows it.
        </AbilityCard>
        <section className={`card card-wide ${css.checkJson}`} aria-labelledby="check-json">
          <div className="card-head">
            <h2 id="check-json">The same as JSON</h2>
            <CopyButton text={json} what="the JSON" />
          </div>
          <pre tabIndex={0}>{json}</pre>
          <p className="check-note">
            {seen
              ? "The lab keeps this until it ends. The window shows it beside every other browser that opened this page; "
              : "The lab wasn't told. "}
            <Prose
              text={
                "`sting browsers` does so in a terminal, and `sting doctor BR-01` and `sting doctor BR-02` judge " +
                "the one that was here last."
              }
            />
          </p>
          <div>
            <Button size="small" onClick={again}>
              Look again
            </Button>
          </div>
        </section>
      </div>
    </>
  )
}
