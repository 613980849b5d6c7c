import { Button } from "@mantine/core"

import { CopyButton } from "../../ui/CopyButton"
import { useOpen } from "../opening"
import type { Link } from "./links"
import css from "./MailLinks.module.css"

/** The links of a mail, as text: those to the lab's own site can be opened, the others are only copied. */
export function MailLinks({ links }: { links: readonly Link[] }) {
  const { visit, opening } = useOpen()
  if (links.length === 0) return null
  return (
    <section className="mail-more" aria-label="Links">
      <h3>Links</h3>
      <ul>
        {links.map((l) => (
          <li key={l.url}>
            <code className={css.mailLink}>{l.url}</code>
            <CopyButton text={l.url} what={`the link to ${l.host}`} />
            {l.own ? (
              <Button
                size="compact-xs"
                variant="default"
                loading={opening === l.url}
                aria-label={`Open ${l.url} in the browser`}
                onClick={() => visit(l.url)}
              >
                Open at {l.host}
              </Button>
            ) : (
              <span className="faint">leads to {l.host}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
