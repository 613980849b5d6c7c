import { use, useEffect, useState } from "react"

import { Clipboard } from "./clipboard"
import css from "./CopyButton.module.css"
import { Icon } from "./Icon"
import * as icons from "./icons"

/** How long the button says what came of it, in milliseconds. */
const echo = 3_000

/** A small button that copies `text`; `what` names it. It says for a moment that it did, or that it couldn't. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const copy = use(Clipboard)
  const [said, setSaid] = useState<"" | "copied" | "refused">("")
  useEffect(() => {
    if (said === "") return
    const timer = setTimeout(() => setSaid(""), echo)
    return () => clearTimeout(timer)
  }, [said])
  return (
    <>
      <button
        type="button"
        className={css.copy}
        aria-label={`Copy ${what}`}
        title={`Copy ${what}`}
        onClick={() => void copy(text).then((done) => setSaid(done ? "copied" : "refused"))}
      >
        <Icon icon={said === "copied" ? icons.check : icons.copy} size="small" />
        {said === "refused" && <span>Select and copy it</span>}
      </button>
      <span className="visually-hidden" role="status">
        {said === "" ? "" : said === "copied" ? `Copied ${what}.` : "Copying is not allowed here; select the text instead."}
      </span>
    </>
  )
}
