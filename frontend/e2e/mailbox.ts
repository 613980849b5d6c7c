import type { Lab } from "./lab"

/** Waits for a mail to an address and returns the code in the newest one. */
export async function codeOf(lab: Lab, address: string): Promise<string> {
  await lab.sting("mail", "wait", address)
  const code = (await lab.sting("mail", "code", address)).trim()
  if (!/^\d{6}$/.test(code)) throw new Error(`sting mail code printed ${JSON.stringify(code)}`)
  return code
}

/** Waits for a mail to an address and returns the link in it. */
export async function linkOf(lab: Lab, address: string): Promise<string> {
  const id = (await lab.sting("mail", "wait", address)).trim()
  const link = /https:\/\/\S+/.exec(await lab.sting("mail", "show", id))?.[0]
  if (!link) throw new Error(`there is no link in the mail ${id}`)
  return link
}
