import { createContext, useContext } from "react"

import type { PageName } from "./lab"

interface Opening {
  open: (page: PageName) => void
  /** The page that is being opened right now. */
  opening: PageName | undefined
}

/** Opens pages for whoever asks; the frame shows what came of it. */
export const OpeningContext = createContext<Opening>({ open: () => undefined, opening: undefined })

export function useOpen(): Opening {
  return useContext(OpeningContext)
}
