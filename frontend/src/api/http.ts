import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/browser"

import { Fault, faultOf } from "./fault"
import type {
  AuthSession,
  AuthStatus,
  BegunAuthentication,
  BegunRegistration,
  BrowserSeen,
  BrowserVisit,
  Ceremony,
  Done,
  HelpEntry,
  LabFacts,
  OwnSessions,
  PasskeyChanged,
  PasskeyRemoved,
  Passkeys,
  PasskeyStats,
  Registered,
  RegistrationForm,
  Reported,
  ReportException,
  ReturnTo,
  SignedIn,
  Skipped,
} from "./types"

/** Longest wait for an answer, in milliseconds; the lab itself answers within three seconds. */
const patience = 15_000

/** The lab as a page sees it: one function a route. Each throws a Fault. */
export const lab = {
  state: () => call<LabFacts>("GET", "/api/lab"),
  help: (code: string) => call<HelpEntry>("GET", `/api/help/${encodeURIComponent(code)}`),
  returnTo: (to: string) => call<ReturnTo>("GET", `/api/auth/return_to?to=${encodeURIComponent(to)}`),

  session: () => call<AuthSession>("GET", "/api/auth/session"),
  status: () => call<AuthStatus>("GET", "/api/auth/status"),
  login: (email: string, password: string) => call<AuthSession>("POST", "/api/auth/login", { email, password }),
  logout: () => call<Done>("POST", "/api/auth/logout", {}),
  sessions: () => call<OwnSessions>("GET", "/api/auth/sessions"),
  endSession: (id: string) => call<Done>("DELETE", `/api/auth/sessions/${encodeURIComponent(id)}`),

  registrationForm: () => call<RegistrationForm>("GET", "/api/registration/form"),
  register: (email: string, password: string, traits: Record<string, unknown>) =>
    call<AuthSession>("POST", "/api/auth/register", { email, password, traits }),

  registrationBegin: () => call<BegunRegistration>("POST", "/api/webauthn/registration/begin", {}),
  registrationComplete: (credential: RegistrationResponseJSON, challenge_id: string, name: string) =>
    call<Registered>("POST", "/api/webauthn/registration/complete", { credential, challenge_id, name }),
  registrationSkip: () => call<Skipped>("POST", "/api/webauthn/registration/skip", {}),

  authenticationBegin: (username?: string) =>
    call<BegunAuthentication>("POST", "/api/webauthn/authentication/begin", username === undefined ? {} : { username }),
  authenticationComplete: (credential: AuthenticationResponseJSON, challenge_id: string) =>
    call<SignedIn>("POST", "/api/webauthn/authentication/complete", { credential, challenge_id }),

  ceremony: (id: string) => call<Ceremony>("GET", `/api/ceremonies/${encodeURIComponent(id)}`),
  // keepalive: the page that reports may be going away
  report: (exception: ReportException) => call<Reported>("POST", "/api/webauthn/report", exception, { keepalive: true }),

  browserCheck: (visit: BrowserVisit) => call<BrowserSeen>("POST", "/api/browser-check", visit),

  passkeys: () => call<Passkeys>("GET", "/api/webauthn/passkeys"),
  passkeyStats: () => call<PasskeyStats>("GET", "/api/webauthn/passkeys/stats"),
  addBegin: (name: string) => call<BegunRegistration>("POST", "/api/webauthn/passkeys/add/begin", { name }),
  addComplete: (credential: RegistrationResponseJSON, challenge_id: string, passkey_name: string) =>
    call<Registered>("POST", "/api/webauthn/passkeys/add/complete", { credential, challenge_id, passkey_name }),
  renamePasskey: (id: string, name: string) =>
    call<PasskeyChanged>("PUT", `/api/webauthn/passkeys/${encodeURIComponent(id)}/rename`, { name }),
  removePasskey: (id: string) => call<PasskeyRemoved>("DELETE", `/api/webauthn/passkeys/${encodeURIComponent(id)}`),
}

async function call<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: object, more: RequestInit = {}): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(path, {
      ...more,
      method,
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.timeout(patience),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch (thrown) {
    throw silence(thrown)
  }
  const json: unknown = await answer.json().catch(() => undefined)
  if (!answer.ok || json === undefined) throw faultOf(answer.status, json)
  return json as T // the server is ours: backend/api declares the same members
}

/** Explains a request that got no answer at all. */
function silence(thrown: unknown): Fault {
  const late = typeof thrown === "object" && thrown !== null && "name" in thrown && thrown.name === "TimeoutError"
  return new Fault({
    code: late ? "NO_ANSWER_IN_TIME" : "UNREACHABLE",
    message: late ? `The lab did not answer within ${patience / 1000} seconds.` : "The lab does not answer.",
    hint: "It may have stopped: `sting status` says so and `sting serve` starts it. Then try again.",
  })
}
