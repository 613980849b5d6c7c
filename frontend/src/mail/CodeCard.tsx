import { CopyButton } from "../ui/CopyButton"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import type { Code } from "./api"
import css from "./CodeCard.module.css"

const titles = { verification: "Verification code", recovery: "Recovery code", "": "Code" } as const
const ways = { verification: "Verify the address", recovery: "Recover the account", "": "" } as const

/** The code that was recognised in a mail: large, to copy, and the page that takes it. */
export function CodeCard({ code }: { code: Code }) {
  if (code.code === "") return null
  return (
    <section className="code" aria-label={titles[code.kind]}>
      <p className={css.codeTitle}>{titles[code.kind]}</p>
      <p className={css.codeLine}>
        <output className="code-digits" aria-label={[...code.code].join(" ")}>
          {code.code}
        </output>
        <CopyButton text={code.code} what="the code" />
      </p>
      {code.page !== "" && (
        <a className="button button-primary" href={code.page} target="_blank" rel="noopener">
          <Icon icon={icons.arrow} />
          <span>{ways[code.kind]}</span>
        </a>
      )}
    </section>
  )
}
