import { useEffect, useState } from "react"

import type { Phase } from "../passkey/ceremonies"
import { replacedFunctions, replacedWords, withoutExtension } from "../passkey/replaced"
import { Button } from "../ui/Button"
import { Prose } from "../ui/Prose"
import type { Ceremony } from "./useCeremony"
import css from "./CeremonyProgress.module.css"

/** How long a ceremony is waited for without a word, in milliseconds. */
const silence = 1_000

/** How long a person looks for a prompt before the page says what to do where none appears, in milliseconds. */
const searching = 6_000

/** While a ceremony waits: what it waits for, said after a second, and a way to stop it. */
export function CeremonyProgress({ ceremony: { phase, cancel } }: { ceremony: Ceremony }) {
  if (phase === undefined) return null
  return <Waiting phase={phase} onCancel={cancel} />
}

function Waiting({ phase, onCancel }: { phase: Phase; onCancel: () => void }) {
  const long = useAfter(silence)
  const lost = useAfter(searching)
  return (
    <div className="waiting">
      <p className={css.waitingText} role="status">
        {long && sentence(phase)}
        {lost && phase === "browser" && (
          <>
            {" "}
            <Prose text={nothingAppears()} />
          </>
        )}
      </p>
      {phase !== "verify" && (
        <Button kind="quiet" size="small" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </div>
  )
}

/** Whether so many milliseconds have passed since the component came. */
function useAfter(milliseconds: number): boolean {
  const [passed, setPassed] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), milliseconds)
    return () => clearTimeout(timer)
  }, [milliseconds])
  return passed
}

/** What to do where no prompt is to be seen. */
function nothingAppears(): string {
  const between = replacedWords(replacedFunctions())
  const way =
    "No prompt anywhere? Then no authenticator is there that can answer: `sting open register --virtual` opens a " +
    "browser with a virtual one. Cancel ends the wait."
  return between === "" ? way : `${way} ${between} ${withoutExtension}`
}

function sentence(phase: Phase): string {
  switch (phase) {
    case "begin":
      return "The lab is asked for a challenge."
    case "browser":
      return "The browser is asking you. Its prompt can stand behind this window, or on your phone or security key."
    case "verify":
      return "The lab verifies the answer."
  }
}
