import { Group } from "@mantine/core"

import { Badge } from "../../ui/Badge"
import { CopyButton } from "../../ui/CopyButton"
import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { Prose } from "../../ui/Prose"
import { count } from "../../ui/format"
import { type ConfigProblem, type ConfigReport, lab } from "../lab"
import { Loaded } from "../Loaded"
import { useLive } from "../useLive"
import css from "./ConfigCard.module.css"

const none = [] as const

/** Somebody edits the file outside of the window; it is read again this often, in milliseconds. */
const refresh = 5000

/** The configuration in force, where each value comes from, and what is wrong in the file. */
export function ConfigCard() {
  const [config, reload] = useLive(lab.config, none, refresh)
  return (
    <section className="card data-card" aria-labelledby="config-title">
      <div className="card-head">
        <span className="tile-icon">
          <Icon icon={icons.explain} />
        </span>
        <div className="card-words">
          <h2 id="config-title">Configuration in force</h2>
          <p className="faint">
            Defaults, then the file, then flags. A change of the file is taken up while the lab runs, wherever that is possible.
          </p>
        </div>
      </div>
      <Loaded value={config} what="the configuration" reload={reload}>
        {(report) => <Report report={report} />}
      </Loaded>
    </section>
  )
}

function Report({ report: r }: { report: ConfigReport }) {
  return (
    <>
      <div className="data-path">
        <code>{r.path}</code>
        <CopyButton text={r.path} what="the path of the configuration" />
      </div>
      {r.problems.length === 0 ? (
        <Group gap="xs">
          <Badge tone="good">sound</Badge>
          <span className="faint">Nothing is wrong in the file.</span>
        </Group>
      ) : (
        <ul className={css.problems} aria-label={count(r.problems.length, "problem")}>
          {r.problems.map((p) => (
            <Problem key={`${p.line} ${p.key} ${p.meaning}`} problem={p} />
          ))}
        </ul>
      )}
      <div className={css.yaml}>
        <pre tabIndex={0} aria-label="Configuration in force, as YAML">
          {r.effective.split("\n").map((line, i) => (
            <Line key={i} line={line} />
          ))}
        </pre>
        <CopyButton text={r.effective} what="the configuration" />
      </div>
    </>
  )
}

function Problem({ problem: p }: { problem: ConfigProblem }) {
  return (
    <li>
      <Badge tone={p.severity === "error" ? "bad" : "warn"}>{p.severity}</Badge>
      <div>
        <p className="strong">
          {p.line > 0 && <>Line {p.line}: </>}
          {p.key !== "" && <code>{p.key}</code>} <Prose text={p.meaning} />
        </p>
        {p.fix !== "" && (
          <p className="faint">
            <Prose text={p.fix} />
          </p>
        )}
      </div>
    </li>
  )
}

/** A line of YAML, with the comment that says where its value comes from. */
function Line({ line }: { line: string }) {
  const at = line.search(/(^|\s)#\s/)
  if (at < 0) return `${line}\n`
  return (
    <>
      {line.slice(0, at)}
      <span className="faint">{line.slice(at)}</span>
      {"\n"}
    </>
  )
}
