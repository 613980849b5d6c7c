import { Note } from "../ui/Note"
import { Prose } from "../ui/Prose"
import { useLab } from "./labstate"

/** Says that a mailed code will not arrive, why, and what to do; nothing where mails go out. */
export function MailTrouble() {
  const { facts } = useLab()
  if (facts.state !== "ready" || !facts.data.mail_problem) return null
  return (
    <Note tone="warn" title={facts.data.mail_problem} role="status">
      <p>
        <Prose text={facts.data.mail_fix} />
      </p>
    </Note>
  )
}
