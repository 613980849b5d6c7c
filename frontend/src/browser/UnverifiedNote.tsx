import { kratos } from "../api/kratos"
import type { AuthSession } from "../api/types"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { useLoad } from "../ui/load"
import { Note } from "../ui/Note"
import { MailTrouble } from "./MailTrouble"
import { Link } from "./router"

/** Says that an address isn't verified yet, and where that is done. Where Kratos can't be asked, other notes say so. */
export function UnverifiedNote({ who }: { who: AuthSession }) {
  if (!who.kratos_auth || who.auth_method === "mock") return null
  return <Asked />
}

function Asked() {
  const [session] = useLoad(kratos.whoami)
  if (session.state !== "ready") return null
  const open = (session.data.identity?.verifiable_addresses ?? []).filter((address) => !address.verified)
  if (open.length === 0) return null
  return (
    <Note tone="info" title={`${open.map((address) => address.value).join(", ")} is not verified yet`}>
      <MailTrouble />
      <p>Type the code that was mailed to it. A verified address is the way back in when a device is lost.</p>
      <div className="note-actions">
        <Link className="button button-secondary button-small" href="/verification">
          <Icon icon={icons.check} />
          Verify the address
        </Link>
      </div>
    </Note>
  )
}
