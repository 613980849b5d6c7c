import type { CDPSession, Page } from "@playwright/test"

/** A virtual authenticator of one page, as the developer tools make it. */
export class Authenticator {
  private readonly session: CDPSession
  private readonly authenticatorId: string

  private constructor(session: CDPSession, authenticatorId: string) {
    this.session = session
    this.authenticatorId = authenticatorId
  }

  /** Plugs one in: built in unless `transport` says otherwise; keeps passkeys and verifies the person, if it can. */
  static async plugIn(page: Page, transport: "internal" | "usb" = "internal", hasUserVerification = true): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page)
    await session.send("WebAuthn.enable", { enableUI: false })
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport,
        hasResidentKey: true,
        hasUserVerification,
        isUserVerified: hasUserVerification,
        automaticPresenceSimulation: true,
      },
    })
    return new Authenticator(session, authenticatorId)
  }

  /** Whether somebody touches it when asked. Off: a ceremony stays pending. */
  async present(enabled: boolean): Promise<void> {
    await this.session.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId: this.authenticatorId, enabled })
  }

  /** Whether the finger is the right one. */
  async verified(isUserVerified: boolean): Promise<void> {
    await this.session.send("WebAuthn.setUserVerified", { authenticatorId: this.authenticatorId, isUserVerified })
  }

  /** Makes its next answers wrong: a signature of another key, no UP, no UV. */
  async override(bits: { isBogusSignature?: boolean; isBadUV?: boolean; isBadUP?: boolean }): Promise<void> {
    await this.session.send("WebAuthn.setResponseOverrideBits", { authenticatorId: this.authenticatorId, ...bits })
  }

  /** Says of its only passkey that it can be backed up, or is. */
  async backup(flags: { backupEligibility?: boolean; backupState?: boolean }): Promise<void> {
    const { credentialId } = await this.only()
    await this.session.send("WebAuthn.setCredentialProperties", { authenticatorId: this.authenticatorId, credentialId, ...flags })
  }

  /** Puts its only passkey back with something changed, as a copy or a restored one would be. */
  async change(change: { signCount?: number; userHandle?: string; credentialId?: string }): Promise<void> {
    const passkey = await this.only()
    await this.session.send("WebAuthn.removeCredential", { authenticatorId: this.authenticatorId, credentialId: passkey.credentialId })
    await this.session.send("WebAuthn.addCredential", { authenticatorId: this.authenticatorId, credential: { ...passkey, ...change } })
  }

  private async only() {
    const { credentials } = await this.session.send("WebAuthn.getCredentials", { authenticatorId: this.authenticatorId })
    const [passkey] = credentials
    if (!passkey || credentials.length > 1) throw new Error(`the authenticator holds ${credentials.length} passkeys, not one`)
    return passkey
  }

  /** How many passkeys it holds. */
  async count(): Promise<number> {
    const { credentials } = await this.session.send("WebAuthn.getCredentials", { authenticatorId: this.authenticatorId })
    return credentials.length
  }

  /** Holds only these passkeys, by their ids in base64url, while act runs: which one an autofill list answers with isn't said. */
  async offeringOnly(ids: string[], act: () => Promise<void>): Promise<void> {
    const { authenticatorId } = this
    const { credentials } = await this.session.send("WebAuthn.getCredentials", { authenticatorId })
    const idOf = (credentialId: string) => Buffer.from(credentialId, "base64").toString("base64url")
    const others = credentials.filter((c) => !ids.includes(idOf(c.credentialId)))
    for (const { credentialId } of others) await this.session.send("WebAuthn.removeCredential", { authenticatorId, credentialId })
    await act()
    for (const credential of others) await this.session.send("WebAuthn.addCredential", { authenticatorId, credential })
  }

  /** Takes it away, with everything on it. */
  async unplug(): Promise<void> {
    await this.session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: this.authenticatorId })
  }
}
