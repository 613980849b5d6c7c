import { Button } from "@mantine/core"

import type { Tone } from "../../ui/Badge"
import { CopyButton } from "../../ui/CopyButton"
import { Icon, type IconShape } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { Prose } from "../../ui/Prose"
import { joined, lasting } from "../../ui/format"
import type { Finding } from "../lab"
import { hiddenBy, useDoctor } from "./round"
import css from "./FindingRow.module.css"

const looks: Record<Finding["verdict"], { tone: Tone; icon: IconShape; word: string }> = {
  failed: { tone: "bad", icon: icons.close, word: "failed" },
  warning: { tone: "warn", icon: icons.warn, word: "warning" },
  ok: { tone: "good", icon: icons.check, word: "ok" },
  skipped: { tone: "plain", icon: icons.minus, word: "skipped" },
}

/** One check and what it found: evidence, cause, fix, and what can be done about it on the spot. */
export function FindingRow({ finding: f, all }: { finding: Finding; all: readonly Finding[] }) {
  const { doing, examine, repair } = useDoctor()
  const { tone, icon, word } = looks[f.verdict]
  const mine = doing?.check === f.id ? doing.verb : undefined
  const hidden = f.verdict === "failed" ? hiddenBy(f.id, all) : []
  return (
    <li className={css.finding} data-tone={tone} data-verdict={f.verdict} aria-label={`${f.id}: ${word}`}>
      <span className={css.findingIcon}>
        <Icon icon={icon} size="small" />
        <span className="visually-hidden">{word}</span>
      </span>
      <div className={css.findingWords}>
        <p className={css.findingTitle}>
          <span className="strong">
            <Prose text={f.title} />
          </span>{" "}
          <a href={f.help} className={css.findingId} title={`What ${f.id} is about`}>
            {f.id}
          </a>
        </p>
        {f.cause !== "" && (
          <p className={f.verdict === "skipped" ? "faint" : undefined}>
            <Prose text={f.cause} />
          </p>
        )}
        {f.fix !== "" && (
          <p>
            <Prose text={f.fix} />
          </p>
        )}
        {f.command !== "" && (
          <div className="finding-command">
            <code>{f.command}</code>
            <CopyButton text={f.command} what="the command" />
          </div>
        )}
        {f.evidence.length > 0 && (
          <ul className={css.findingEvidence} aria-label="What was seen">
            {f.evidence.map((seen) => (
              <li key={seen}>
                <Prose text={seen} />
              </li>
            ))}
          </ul>
        )}
        {hidden.length > 0 && <p className="faint">Because of this nobody could look at {joined(hidden)}.</p>}
        {f.verdict !== "ok" && f.needs.length > 0 && f.verdict !== "skipped" && <p className="faint">It stands on {joined(f.needs)}.</p>}
      </div>
      <div className={css.findingActions}>
        {f.took_ms >= 0 && f.verdict !== "skipped" && (
          <span className={`faint ${css.findingTook}`}>{lasting(f.took_ms)}</span>
        )}
        {f.fixable && (
          <Button
            size="compact-sm"
            loading={mine === "repair"}
            disabled={doing !== undefined && !mine}
            aria-label={`Repair ${f.id}`}
            onClick={() => repair(f.id)}
          >
            Repair
          </Button>
        )}
        {doing?.check !== "" && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            loading={mine === "examine"}
            disabled={doing !== undefined && !mine}
            aria-label={`Run ${f.id} again`}
            onClick={() => examine(f.id)}
          >
            Run again
          </Button>
        )}
      </div>
    </li>
  )
}
