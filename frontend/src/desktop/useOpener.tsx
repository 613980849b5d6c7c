import { notifications } from "@mantine/notifications"
import { type ReactNode, useCallback, useMemo, useState } from "react"

import type { SitePage } from "../api/pages"
import { type Fault, toFault } from "../api/fault"
import { lab, type Opened } from "./lab"
import { NotOpened } from "./NotOpened"
import { unsaid } from "./opening"

/** Opens pages in a browser; `trouble` is what to draw where one did not come up. */
export function useOpener() {
  const [opening, setOpening] = useState<string>()
  const [unopened, setUnopened] = useState<{ url: string; fault: Fault; shown: boolean }>()
  const ask = useCallback(async (what: string, asking: () => Promise<Opened>, done: string, findable: boolean) => {
    setOpening(what)
    try {
      const answer = await asking()
      if (answer.opened && !answer.error) notifications.show({ message: done })
      else setUnopened({ url: findable ? answer.url : "", fault: answer.error ? toFault(answer.error) : silent, shown: answer.opened })
    } catch (thrown) {
      setUnopened({ url: "", fault: toFault(thrown), shown: false })
    } finally {
      setOpening(undefined)
    }
  }, [])
  const opener = useMemo(
    () => ({
      opening,
      open: (page: string) =>
        void ask(page, () => lab.open({ page }), `Opened ${page === "mail" ? "the mailbox" : page} in your browser.`, true),
      visit: (url: string) => void ask(url, () => lab.open({ page: url }), "Opened in your browser.", true),
      openVirtual: (page: SitePage) =>
        void ask(`virtual ${page}`, () => lab.open({ page, virtual: true }), `Opened ${page} with a virtual authenticator.`, false),
    }),
    [ask, opening],
  )
  const trouble: ReactNode = unopened && (
    <NotOpened
      shown={unopened.shown}
      url={unopened.url}
      fault={unopened.fault}
      onClose={() => setUnopened(undefined)}
    />
  )
  return { opener, trouble }
}

const silent = unsaid("The system's browser", "Copy the address below into a browser on this machine.")
