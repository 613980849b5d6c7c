import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"

/** Marks what a virtual authenticator made: no key of a person stands behind it. */
export function VirtualMark() {
  return (
    <span className="virtual-mark" title="From a virtual authenticator: a key in software, made for trying things out.">
      <Icon icon={icons.virtual} size="small" />
      virtual
    </span>
  )
}
