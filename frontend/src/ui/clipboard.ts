import { createContext } from "react"

/** Puts a text on the clipboard and says whether it is there. */
export type Copies = (text: string) => Promise<boolean>

const throughTheBrowser: Copies = (text) =>
  navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )

/** How texts are copied: through the browser, in the window through the system. */
export const Clipboard = createContext<Copies>(throughTheBrowser)
