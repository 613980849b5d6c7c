import { Glyph } from "./Glyph"

/** Marks what a virtual authenticator made: no key of a person stands behind it. */
export function VirtualMark() {
  return (
    <span className="virtual-mark" title="From a virtual authenticator: a key in software, made for trying things out.">
      <Glyph name="virtual" size={12} />
      virtual
    </span>
  )
}
