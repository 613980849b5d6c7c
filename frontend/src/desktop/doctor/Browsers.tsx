import { Switch } from "@mantine/core"
import { useState } from "react"

import { Badge, type Tone } from "../../ui/Badge"
import * as icons from "../../ui/icons"
import { browserVersion } from "../../ui/words"
import { Ago } from "../Ago"
import { Empty } from "../Empty"
import { type BrowserPassport, lab } from "../lab"
import { ListBody } from "../ListBody"
import { OpenButton } from "../OpenButton"
import { useLive } from "../useLive"
import { abilities, type Answer } from "./passport"
import css from "./Browsers.module.css"

const none = [] as const

/** A visit leaves no news; the list is read again this often, in milliseconds. */
const refresh = 3000

const visitors = async () => (await lab.browsers()).items

/** What each browser that opened /browser-check can do, side by side. */
export function Browsers() {
  const [passports, reload] = useLive(visitors, none, refresh)
  return (
    <ListBody
      rows={passports}
      what="the browsers that were here"
      reload={reload}
      empty={
        <Empty
          icon={icons.eye}
          title="No browser was here yet"
          text={
            "Open /browser-check in each browser that you want to compare, also in a private window. It tells what that " +
            "browser and this device can do, and its passport appears here."
          }
        >
          <OpenButton page="browser-check" />
        </Empty>
      }
    >
      {(rows) => <Table passports={rows} />}
    </ListBody>
  )
}

const words: Record<string, { tone: Tone; word: string; means: string }> = {
  true: { tone: "good", word: "yes", means: "the browser says that it can" },
  false: { tone: "warn", word: "no", means: "it says that it can't" },
  undefined: { tone: "plain", word: "unknown", means: "it was not asked, or has no way to tell" },
}

function Table({ passports }: { passports: readonly BrowserPassport[] }) {
  const [differing, showDiffering] = useState(false)
  const rows = abilities(passports).filter((a) => !differing || new Set(a.answers).size > 1)
  return (
    <div className="browsers">
      <div className={css.browsersHead}>
        <ul className={css.legend} aria-label="What the words mean">
          {Object.values(words).map(({ tone, word, means }) => (
            <li key={word}>
              <Badge tone={tone}>{word}</Badge> <span className="faint">{means}</span>
            </li>
          ))}
        </ul>
        {passports.length > 1 && (
          <Switch
            size="xs"
            label="Only what differs"
            checked={differing}
            onChange={(event) => showDiffering(event.currentTarget.checked)}
          />
        )}
        <OpenButton page="browser-check" size="xs" variant="default" />
      </div>
      <div className={css.passports} role="region" aria-label="Browsers side by side, scrollable" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Ability</span>
              </th>
              {passports.map((p) => (
                <th scope="col" key={p.user_agent} title={p.user_agent}>
                  {browserVersion(p.user_agent)}
                  <span className={`faint ${css.passportAt}`}>
                    <Ago at={p.at} />
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((ability) => (
              <tr key={ability.name}>
                <th scope="row">
                  {ability.name}
                  {ability.about !== "" && <span className={`faint ${css.passportAbout}`}>{ability.about}</span>}
                </th>
                {ability.answers.map((answer, i) => (
                  <td key={passports[i]?.user_agent}>
                    <Said answer={answer} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className="faint tab-empty">Nothing differs between these browsers.</p>}
      </div>
    </div>
  )
}

function Said({ answer }: { answer: Answer }) {
  const said = words[String(answer)]
  return said && <Badge tone={said.tone}>{said.word}</Badge>
}
