import { Button } from "@mantine/core"
import { notifications } from "@mantine/notifications"

import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { lab, type MailCode } from "../lab"
import { useOpen } from "../opening"
import css from "./MailCodeCard.module.css"

/** The code that was recognised in a mail, large: to copy, and to open on the page that takes it. */
export function MailCodeCard({ code }: { code: MailCode }) {
  const { visit, opening } = useOpen()
  const title = code.kind === "verification" ? "Verification code" : code.kind === "recovery" ? "Recovery code" : "Code"
  const copy = () =>
    void lab
      .copy(code.code)
      .then((done) =>
        notifications.show({ message: done ? "The code is copied." : "This system has no clipboard. Select the code to copy it." }),
      )
  return (
    <section className={`card ${css.mailCode}`} aria-label={title}>
      <div>
        <p className="label">{title}</p>
        <output className={css.mailDigits} aria-label={[...code.code].join(" ")}>
          {code.code}
        </output>
      </div>
      <div className={css.mailCodeActs}>
        <Button variant="default" leftSection={<Icon icon={icons.copy} />} onClick={copy}>
          Copy
        </Button>
        {code.page !== "" && (
          <Button
            leftSection={<Icon icon={icons.open} />}
            loading={opening === code.page}
            title={code.page}
            onClick={() => visit(code.page)}
          >
            Open the page
          </Button>
        )}
      </div>
    </section>
  )
}
