import { ActionIcon, Tooltip } from "@mantine/core"
import { useEffect, useState } from "react"

import { Glyph } from "./Glyph"
import { lab } from "./lab"

/** How long the button says that it copied, in milliseconds. */
const echo = 1500

/** A small button that copies `value`; `what` names it for a screen reader. */
export function Copy({ value, what }: { value: string; what: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), echo)
    return () => clearTimeout(timer)
  }, [copied])
  const words = copied ? "Copied" : `Copy ${what}`
  return (
    <Tooltip label={words}>
      <ActionIcon
        className="copy"
        variant="subtle"
        size="sm"
        color={copied ? "teal" : "gray"}
        aria-label={words}
        onClick={() => void lab.copy(value).then(setCopied)}
      >
        <Glyph name={copied ? "check" : "copy"} size={14} />
      </ActionIcon>
    </Tooltip>
  )
}
