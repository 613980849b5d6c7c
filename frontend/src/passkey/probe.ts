import { platformAuthenticatorIsAvailable } from "@simplewebauthn/browser"

import type { BrowserVisit } from "../api/types"
import { replacedFunctions } from "./replaced"

/** Cookies that live for a minute, to see whether this browser keeps and sends them. */
const cookie = "sting_check"
const hostCookie = "__Host-sting_check"

/** What PublicKeyCredential of a current browser has beside the two ceremonies; older ones lack some. */
interface Static {
  isConditionalMediationAvailable?: () => Promise<boolean>
  getClientCapabilities?: () => Promise<Record<string, boolean>>
}

/** Finds out what this browser and its device can do. Nothing here throws: what can't be asked is null. */
export async function probeBrowser(): Promise<BrowserVisit> {
  const api = typeof window.PublicKeyCredential === "function" ? (window.PublicKeyCredential as unknown as Static) : undefined
  const [platform, conditional, capabilities] = await Promise.all([
    api ? asked(platformAuthenticatorIsAvailable) : null,
    asked(api?.isConditionalMediationAvailable?.bind(api)),
    asked(api?.getClientCapabilities?.bind(api)),
  ])
  const secure = location.protocol === "https:" ? "; Secure" : ""
  return {
    secure_context: window.isSecureContext,
    webauthn: api !== undefined,
    cookies: keeps(cookie, secure),
    host_cookie: keeps(hostCookie, "; Secure"),
    storage: stores(),
    platform_authenticator: platform,
    conditional_mediation: conditional,
    capabilities: { ...capabilities },
    replaced: replacedFunctions(),
  }
}

/** Takes the cookies of the probe away again. */
export function tidyUp(): void {
  document.cookie = `${cookie}=; Path=/; Max-Age=0`
  document.cookie = `${hostCookie}=; Path=/; Max-Age=0; Secure`
}

async function asked<T>(question: (() => Promise<T>) | undefined): Promise<T | null> {
  if (!question) return null
  try {
    return await question()
  } catch {
    return null
  }
}

function keeps(name: string, more: string): boolean {
  document.cookie = `${name}=1; Path=/; Max-Age=60; SameSite=Lax${more}`
  return document.cookie.split("; ").includes(`${name}=1`)
}

/** Whether the page may keep something in this browser itself. */
function stores(): boolean {
  try {
    localStorage.setItem(cookie, "1")
    localStorage.removeItem(cookie)
    return true
  } catch {
    return false
  }
}
