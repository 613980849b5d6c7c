import type { Flow, UiText } from "../api/kratos"

// What Kratos says, by its number, where this program has plainer words. A
// number that isn't here keeps Kratos' own text.
const plainer: Record<number, string> = {
  1050001: "Saved.",
  1060003: "If that address belongs to an account, a code is on its way to it.",
  1080002: "The address is verified.",
  1080003: "A code is on its way to that address.",
  4000007: "Another account has this address or name already.",
  4000031: "The password is too similar to your address or name. Choose another one.",
  4060005: "That code was too old. Ask for a new one.",
  4060006: "The code is wrong, or was used already. Compare it with the mail, or ask for another one.",
  4070005: "That code was too old. Ask for a new one.",
  4070006: "The code is wrong, or was used already. Compare it with the mail, or ask for another one.",
}

/** A message of Kratos in this program's voice. */
export function inWords({ id, text }: UiText): string {
  return plainer[id] ?? text
}

/** What a flow says about itself as a whole. */
export function messagesOf(flow: Flow, type: UiText["type"]): string[] {
  return (flow.ui.messages ?? []).filter((message) => message.type === type).map(inWords)
}

/** What is wrong with the fields of a flow, by their names. */
export function mistakesOf(flow: Flow): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { attributes, messages } of flow.ui.nodes) {
    const wrong = messages.filter((message) => message.type === "error").map(inWords)
    if (attributes.name !== undefined && wrong.length > 0) found[attributes.name] = wrong.join(" ")
  }
  return found
}
