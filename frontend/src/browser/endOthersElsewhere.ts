import { lab } from "../api/http"
import { kratos } from "../api/kratos"

/**
 * After a new password in a Kratos that runs elsewhere: ends the person's other
 * sessions there and here, and says what came of it, in sentences. The password
 * stands, whatever comes of this.
 */
export async function endOthersElsewhere(): Promise<string[]> {
  const [there, here] = await Promise.allSettled([kratos.endOthers(), endOwn()])
  const said: string[] = []
  if (there.status === "fulfilled" && here.status === "fulfilled") {
    const count = there.value + here.value
    if (count > 0) said.push(count === 1 ? "Your other session was signed out." : `Your ${count} other sessions were signed out.`)
  }
  if (there.status === "rejected") said.push("Kratos did not end your other sessions: sign out where you no longer want to be signed in.")
  if (here.status === "rejected") said.push("Your other passkey sessions could not be ended: end them in the list of sessions.")
  return said
}

/** Ends the passkey sessions of other browsers. */
async function endOwn(): Promise<number> {
  const { sessions } = await lab.sessions()
  const others = sessions.filter((session) => !session.current)
  for (const { id } of others) await lab.endSession(id)
  return others.length
}
