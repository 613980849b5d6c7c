import { createContext, useContext } from "react"

import { Fault } from "../api/fault"
import type { SitePage } from "../api/pages"
import type { PageName } from "./lab"

interface Opening {
  open: (page: PageName) => void
  /** Opens a page in the browser with the virtual authenticator, which may have to start first. */
  openVirtual: (page: SitePage) => void
  /** Opens an address of the site in the person's browser. */
  visit: (url: string) => void
  /** What is being opened right now: a page, "virtual PAGE", or an address. */
  opening: string | undefined
}

const nothing = () => undefined

/** Opens pages for whoever asks; the frame shows what came of it. */
export const OpeningContext = createContext<Opening>({ open: nothing, openVirtual: nothing, visit: nothing, opening: undefined })

export function useOpen(): Opening {
  return useContext(OpeningContext)
}

/** The fault of a browser that wasn't opened, where the lab doesn't say why. */
export function unsaid(browser: string, hint: string): Fault {
  return new Fault({ code: "NOT_OPENED", message: `${browser} did not come up, and gave no reason.`, hint })
}
