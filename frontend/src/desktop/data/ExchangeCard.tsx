import { Button } from "@mantine/core"
import { useState } from "react"

import { CopyButton } from "../../ui/CopyButton"
import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { FaultNote } from "../../ui/FaultNote"
import { Note } from "../../ui/Note"
import { Prose } from "../../ui/Prose"
import { count, joined } from "../../ui/format"
import { type Imported, lab } from "../lab"
import type { Doing } from "./useDoing"

type Format = "sting" | "kratos"

/** The lab's data as a file, out and in. */
export function ExchangeCard({ doing, onImported }: { doing: Doing; onImported: () => void }) {
  const [written, setWritten] = useState("")
  const [imported, setImported] = useState<Imported>()
  const write = async (format: Format) => {
    setImported(undefined)
    setWritten((await doing.run(format, () => lab.exportData(format))) ?? "")
  }
  const read = async () => {
    setWritten("")
    setImported(undefined)
    const came = await doing.run("import", lab.importData)
    if (!came || came.path === "") return
    setImported(came)
    onImported()
  }
  const failed = doing.failed && ["sting", "kratos", "import"].includes(doing.failed.what) ? doing.failed.fault : undefined
  const button = { size: "sm", variant: "default", disabled: doing.busy !== undefined } as const
  return (
    <section className="card data-card" aria-labelledby="exchange-title">
      <div className="card-head">
        <span className="tile-icon">
          <Icon icon={icons.out} />
        </span>
        <div className="card-words">
          <h2 id="exchange-title">Export and import</h2>
          <p className="faint">
            One JSON file with people, passkeys and sessions for another lab, or people for the import of an Ory Kratos, which takes no
            passkeys.
          </p>
        </div>
      </div>
      <div className="data-actions">
        <Button {...button} loading={doing.busy === "sting"} onClick={() => void write("sting")}>
          Export all
        </Button>
        <Button {...button} loading={doing.busy === "kratos"} onClick={() => void write("kratos")}>
          Export for Kratos
        </Button>
        <Button {...button} loading={doing.busy === "import"} onClick={() => void read()}>
          Import
        </Button>
      </div>
      {failed && <FaultNote fault={failed} focus />}
      {written !== "" && (
        <Note tone="good" role="status" title="Written, readable by you alone">
          <div className="data-path">
            <code>{written}</code>
            <CopyButton text={written} what="the path of the export" />
          </div>
          <p>It holds hashes of passwords and of session tokens: treat it as a secret.</p>
        </Note>
      )}
      {imported && <CameIn imported={imported} />}
    </section>
  )
}

function CameIn({ imported: i }: { imported: Imported }) {
  const nothing = i.identities + i.credentials + i.sessions === 0
  return (
    <Note
      tone={nothing ? "info" : "good"}
      role="status"
      title={
        nothing
          ? "Nothing new came in"
          : `${joined([count(i.identities, "person", "people"), count(i.credentials, "passkey"), count(i.sessions, "session")])} came in`
      }
    >
      <div className="data-path">
        from <code>{i.path}</code>
      </div>
      {i.skipped.length > 0 && (
        <details className="skipped">
          <summary>{count(i.skipped.length, "thing")} left out</summary>
          <ul>
            {i.skipped.map((why) => (
              <li key={why}>
                <Prose text={why} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </Note>
  )
}
