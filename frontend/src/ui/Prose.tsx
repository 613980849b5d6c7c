/** A sentence in which `backticks` mark what can be typed. */
export function Prose({ text }: { text: string }) {
  return text.split("`").map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))
}
