import type { CDPSession, Page } from "@playwright/test"

/** A virtual authenticator of one page, as the developer tools make it. */
export class Authenticator {
  private readonly session: CDPSession
  private readonly authenticatorId: string

  private constructor(session: CDPSession, authenticatorId: string) {
    this.session = session
    this.authenticatorId = authenticatorId
  }

  /** Plugs one in: built in unless `transport` says otherwise; keeps passkeys and verifies the person. */
  static async plugIn(page: Page, transport: "internal" | "usb" = "internal"): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page)
    await session.send("WebAuthn.enable", { enableUI: false })
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport,
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
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

  /** How many passkeys it holds. */
  async count(): Promise<number> {
    const { credentials } = await this.session.send("WebAuthn.getCredentials", { authenticatorId: this.authenticatorId })
    return credentials.length
  }

  /** Takes it away, with everything on it. */
  async unplug(): Promise<void> {
    await this.session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: this.authenticatorId })
  }
}
