import type { Ceremony } from "../api/types"
import { CopyButton } from "../ui/CopyButton"
import css from "./CeremonyFiles.module.css"

/** What went over the wire, to read and to take along. */
export function CeremonyFiles({ ceremony: c }: { ceremony: Ceremony }) {
  const record = isObject(c.record) ? c.record : {}
  const files: [title: string, what: string, text: string][] = [
    ["Options as they were sent", "the options", pretty(record["options"])],
    ["What the browser answered", "the answer", pretty(record["credential"])],
    ["The whole record", "the record", pretty(c.record)],
    ["The answer as a command", "the curl command", c.curl],
  ]
  return (
    <section className="card" aria-labelledby="files">
      <h2 id="files">To take along</h2>
      <p className="command">
        <code>sting ceremonies {c.id}</code>
        <CopyButton text={`sting ceremonies ${c.id}`} what="the command" />
      </p>
      <p className="steps-about">
        shows the same in a terminal on this machine. A record that is kept as a file is explained by <code>sting explain FILE</code>.
      </p>
      {files
        .filter(([, , text]) => text !== "")
        .map(([title, what, text]) => (
          <div key={title} className={css.file}>
            <details>
              <summary>{title}</summary>
              <pre tabIndex={0} aria-label={title}>
                {text}
              </pre>
            </details>
            <span className={css.fileCopy}>
              <CopyButton text={text} what={what} />
            </span>
          </div>
        ))}
    </section>
  )
}

function pretty(value: unknown): string {
  return value === undefined || value === null ? "" : JSON.stringify(value, null, 2)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null
}
