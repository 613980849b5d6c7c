import { notifications } from "@mantine/notifications"
import { type ReactNode, useState } from "react"

import { type Fault, toFault } from "../../api/fault"
import { When } from "../../ui/When"
import { Confirm } from "../Confirm"
import { type AppCertificate, lab } from "../lab"
import { NotOpened } from "../NotOpened"
import { unsaid } from "../opening"

/** "" is the first page. */
export type Page = "login" | "register" | ""

interface Wanted {
  app: string
  page: Page
  real: boolean
}

/** Opens pages of apps in the lab browser; `trouble` is what to draw where one did not come up or a certificate has to be looked at. */
export function useVisit(real: boolean) {
  const [visiting, setVisiting] = useState<string>()
  const [failed, setFailed] = useState<{ fault: Fault; shown: boolean }>()
  const [seen, setSeen] = useState<{ wanted: Wanted; certificate: AppCertificate; fault: Fault }>()
  /** Opens a page; asks first where its certificate has to be looked at. */
  const open = async (wanted: Wanted, trust = "") => {
    const { opened, error, certificate } = await lab.openApp({ ...wanted, ...(trust !== "" && { trust }) })
    const fault = error ? toFault(error) : opened ? undefined : silent
    if (fault?.code === "APP_CERTIFICATE" && certificate && certificate.spki !== trust) setSeen({ wanted, certificate, fault })
    else if (fault) setFailed({ fault, shown: opened })
    else notifications.show({ message: `Opened ${[wanted.page, wanted.app].filter(Boolean).join(" of ")} in the lab browser.` })
  }
  const visit = async (app: string, page: Page) => {
    setVisiting(`${app} ${page}`)
    try {
      await open({ app, page, real })
    } catch (thrown) {
      setFailed({ fault: toFault(thrown), shown: false })
    } finally {
      setVisiting(undefined)
    }
  }
  const trouble: ReactNode = failed ? (
    <NotOpened
      shown={failed.shown}
      url=""
      fault={failed.fault}
      onClose={() => setFailed(undefined)}
    />
  ) : (
    seen && (
      <Confirm
        title={`Accept the certificate of ${seen.wanted.app}?`}
        verb="Accept and open"
        keep="Don't open"
        onClose={() => setSeen((now) => (now === seen ? undefined : now))}
        onConfirm={() => open(seen.wanted, seen.certificate.spki)}
      >
        <p>{seen.fault.message}</p>
        <Facts of={seen.certificate} />
      </Confirm>
    )
  )
  return { visit: (app: string, page: Page) => void visit(app, page), visiting, trouble }
}

/** What a person decides by. */
function Facts({ of: c }: { of: AppCertificate }) {
  return (
    <>
      {c.why !== "" && <p>{c.why}</p>}
      <p>
        For {c.names.join(", ") || "no name"}, issued by {c.issuer}, from <When at={c.not_before} /> until{" "}
        <When at={c.not_after} />. Its key: <code>{c.spki}</code>
      </p>
      <p>It is accepted for this app in the lab browser alone.</p>
    </>
  )
}

const silent = unsaid("The lab browser", "Look at the panel Doctor: it tries the browser.")
