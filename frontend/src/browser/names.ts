import { lab } from "../api/http"
import { tellName, type Told } from "../passkey/signal"

/** What a person is called: the name in their traits, otherwise the address. The lab puts the same into a new passkey. */
export function displayName(traits: Record<string, unknown>, email: string): string {
  const name = traits["name"]
  if (typeof name === "string") return name.trim() || email
  if (typeof name !== "object" || name === null) return email
  const words = ["first", "last"].map((part) => (part in name ? String(name[part as keyof typeof name]) : ""))
  return words.join(" ").trim() || email
}

/** Tells the password manager what the person is called now. Nothing depends on it. */
export async function tellNames(traits: Record<string, unknown>, email: string): Promise<Told | "left"> {
  try {
    return await tellName(await lab.passkeys(), email, displayName(traits, email))
  } catch {
    return "refused"
  }
}
