import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import { Prose } from "../ui/Prose"
import { duration } from "../ui/format"
import { useLab } from "./labstate"

/** What must not be missed on any page: a moved clock, the mock user, ceremonies that can't work, a lab that is silent. */
export function LabBanner() {
  const { facts, reload } = useLab()
  switch (facts.state) {
    case "loading":
      return null
    case "failed":
      return (
        <div className="banner-fault">
          <FaultNote fault={facts.fault}>
            <Button size="small" onClick={reload}>
              Try again
            </Button>
          </FaultNote>
        </div>
      )
    case "ready": {
      const texts = banners(facts.data)
      if (texts.length === 0) return null
      return (
        <div className="banner" role="status">
          {texts.map((text) => (
            <p key={text}>
              <Icon icon={icons.warn} />
              <span>
                <Prose text={text} />
              </span>
            </p>
          ))}
        </div>
      )
    }
  }
}

interface Conspicuous {
  clock_offset_seconds: number
  mock_user: boolean
  ceremonies_enabled: boolean
  problem: string
  fix: string
}

/** The sentences to show, in the order of how much they surprise. */
export function banners(facts: Conspicuous): string[] {
  const texts: string[] = []
  if (facts.mock_user) {
    texts.push(
      "The mock user is on: whoever opens a page is signed in as somebody who doesn't exist. " +
        "`mock_user.enabled: false` in sting.yml ends it.",
    )
  }
  if (!facts.ceremonies_enabled || facts.problem !== "") {
    texts.push([facts.problem || "Passkey ceremonies are stopped.", facts.fix].filter(Boolean).join(" "))
  }
  const offset = facts.clock_offset_seconds
  if (offset !== 0) {
    texts.push(
      `The lab's clock is ${duration(Math.abs(offset))} ${offset > 0 ? "ahead of" : "behind"} this machine's. ` +
        "`sting clock reset` puts it right.",
    )
  }
  return texts
}
