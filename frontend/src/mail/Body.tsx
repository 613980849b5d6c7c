import { useCallback } from "react"

import { FaultNote } from "../ui/FaultNote"
import { bytes } from "../ui/format"
import { Loading } from "../ui/Loading"
import { useLoad } from "../ui/load"
import { drawnAt, mailbox, type Message, partOf, sourceOf } from "./api"
import css from "./Body.module.css"

export type View = "text" | "html" | "source" | "headers" | "attachments"

/** The body of a mail in one of its views. */
export function Body({ view, message }: { view: View; message: Message }) {
  switch (view) {
    case "text":
      return message.Text === "" ? <p className="nothing">The mail has no text.</p> : <pre className="plain">{message.Text}</pre>
    case "html":
      return <Drawn id={message.ID} />
    case "source":
      return <Source id={message.ID} />
    case "headers":
      return <Headers id={message.ID} />
    case "attachments":
      return <Attachments message={message} />
  }
}

/** A stranger's HTML: in a frame where no script runs and from which nothing is fetched. */
function Drawn({ id }: { id: string }) {
  return (
    <>
      <p className="small">Scripts, links and pictures from elsewhere are switched off in here.</p>
      <iframe className="drawn" sandbox="" src={drawnAt(id)} title="The mail as HTML" referrerPolicy="no-referrer" />
    </>
  )
}

function Source({ id }: { id: string }) {
  const load = useCallback(() => mailbox.source(id), [id])
  const [source] = useLoad(load)
  switch (source.state) {
    case "loading":
      return <Loading what="the source" lines={8} />
    case "failed":
      return <FaultNote fault={source.fault} />
    case "ready":
      return (
        <>
          <p className="small">
            <a href={`${sourceOf(id)}?dl=1`} download>
              Save as a file
            </a>
          </p>
          <pre className={`plain ${css.mono}`}>{source.data}</pre>
        </>
      )
  }
}

function Headers({ id }: { id: string }) {
  const load = useCallback(() => mailbox.headers(id), [id])
  const [headers] = useLoad(load)
  switch (headers.state) {
    case "loading":
      return <Loading what="the headers" lines={8} />
    case "failed":
      return <FaultNote fault={headers.fault} />
    case "ready":
      return (
        <table className="headers">
          <tbody>
            {Object.entries(headers.data).flatMap(([name, values]) =>
              values.map((value, n) => (
                <tr key={`${name} ${n}`}>
                  <th scope="row">{name}</th>
                  <td className={css.mono}>{value}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      )
  }
}

function Attachments({ message }: { message: Message }) {
  return (
    <ul className={css.parts}>
      {[...message.Attachments, ...message.Inline].map((p) => (
        <li key={p.PartID}>
          <a href={partOf(message.ID, p.PartID)} download={p.FileName || `part-${p.PartID}`}>
            {p.FileName || `Part ${p.PartID}`}
          </a>{" "}
          <span className="small">
            {p.ContentType}, {bytes(p.Size)}
          </span>
        </li>
      ))}
    </ul>
  )
}
