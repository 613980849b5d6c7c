import { CopyButton } from "../ui/CopyButton"

/** An identifier, shortened to its beginning, that can be copied whole. */
export function Id({ value, what }: { value: string; what: string }) {
  return (
    <span className="id">
      <code title={value}>{value.length > 12 ? `${value.slice(0, 8)}…` : value}</code>
      <CopyButton text={value} what={what} />
    </span>
  )
}
