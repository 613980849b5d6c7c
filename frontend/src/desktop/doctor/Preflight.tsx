import { Button, TextInput } from "@mantine/core"
import { type FormEvent, useState } from "react"

import { type Fault, toFault } from "../../api/fault"
import { Badge, type Tone } from "../../ui/Badge"
import { FaultNote } from "../../ui/FaultNote"
import { Prose } from "../../ui/Prose"
import { joined } from "../../ui/format"
import { lab, type Preflight as Answer } from "../lab"
import css from "./Preflight.module.css"
import { verdictTones, VerdictNote } from "./VerdictNote"

const outcomes: Record<"ok" | "refused" | "depends", Tone> = { ok: "good", refused: "bad", depends: "warn" }
const families: Record<"chromium" | "firefox" | "safari", string> = { chromium: "Chromium", firefox: "Firefox", safari: "Safari" }

/** Whether a page may hold a ceremony for an RP ID, by rules alone: nothing is asked and nothing runs. */
export function Preflight() {
  const [url, setURL] = useState("")
  const [rpID, setRPID] = useState("")
  const [answer, setAnswer] = useState<Answer>()
  const [fault, setFault] = useState<Fault>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFault(undefined)
    setAnswer(undefined)
    try {
      setAnswer(await lab.preflight({ url: url.trim(), rp_id: rpID.trim() }))
    } catch (thrown) {
      setFault(toFault(thrown))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={css.preflight}>
      <form className={`card ${css.preflightForm}`} onSubmit={(event) => void submit(event)}>
        <TextInput
          label="Address of the page"
          placeholder="the lab's own"
          value={url}
          onChange={(event) => setURL(event.currentTarget.value)}
        />
        <TextInput label="RP ID" placeholder="the lab's own" value={rpID} onChange={(event) => setRPID(event.currentTarget.value)} />
        <Button type="submit" loading={busy}>
          Would it work?
        </Button>
        <p className="faint">
          Tells by rules, before anything runs, whether a browser lets that page make or use a passkey for that RP ID. Leave both empty for
          the lab's own pages.
        </p>
      </form>
      {fault && <FaultNote fault={fault} focus />}
      {answer && <Verdicts answer={answer} />}
    </div>
  )
}

function Verdicts({ answer: a }: { answer: Answer }) {
  return (
    <>
      <VerdictNote answer={a} title={`${a.origin} with the RP ID ${a.rp_id}`} news />
      <section aria-labelledby="families-title">
        <h2 id="families-title" className={css.preflightTitle}>
          {a.differs ? "The families of browsers differ" : "The families of browsers agree"}
        </h2>
        <ul className={css.families}>
          {a.families.map((f) => (
            <li key={f.family} className={`card ${css.family}`} aria-label={`${families[f.family]}: ${f.verdict}`}>
              <div className={css.familyHead}>
                <h3>{families[f.family]}</h3>
                <Badge tone={verdictTones[f.verdict]}>{f.verdict}</Badge>
              </div>
              <p className="faint">{joined(f.covers)}</p>
              <p>
                <Prose text={f.says} />
              </p>
              {f.gets !== "" && (
                <p>
                  The page gets <code>{f.gets}</code>.
                </p>
              )}
              {f.section !== "" && <p className="faint">{f.section}</p>}
              <p className={`faint ${css.familySource}`}>
                <Prose text={f.source} />
              </p>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="rules-title">
        <h2 id="rules-title" className={css.preflightTitle}>
          The rules, in the order in which a ceremony meets them
        </h2>
        <ul className={`card ${css.rules}`}>
          {a.rules.map((r) => (
            <li key={r.id} aria-label={`${r.title}: ${r.outcome}`}>
              <Badge tone={outcomes[r.outcome]}>{r.outcome}</Badge>
              <div>
                <p className="strong">
                  <Prose text={r.title} />
                </p>
                <p>
                  <Prose text={r.says} />
                </p>
                {r.fix !== "" && r.fix !== a.fix && (
                  <p>
                    <Prose text={r.fix} />
                  </p>
                )}
                {r.section !== "" && <p className="faint">{r.section}</p>}
              </div>
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}
