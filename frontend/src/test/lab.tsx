import { render } from "@testing-library/react"
import userEvent from "@testing-library/user-event"
import { vi } from "vitest"

import type { Flow, UiNode, UiText } from "../api/kratos"
import type { AuthSession, LabFacts, OwnSession, Passkey, PasskeyStats, RegistrationForm } from "../api/types"
import { App } from "../browser/App"

/** What a page asked for: method, path with query, and the body as an object. */
export interface Asked {
  route: string
  body: unknown
  headers: Headers
  /** The request outlives its page. */
  keepalive: boolean
}

type Answer = { status: number; body: unknown }
type Route = unknown | ((asked: Asked) => Answer)

/** An answer with a status of its own. */
export const answer = (status: number, body: unknown) => (): Answer => ({ status, body })

/** A refusal as the lab words it. */
export const refusal = (status: number, error_code: string, error: string, more: object = {}) =>
  answer(status, {
    error,
    error_code,
    hint: "Do the next thing.",
    request_id: "req-1",
    ceremony_id: "",
    help: `/help/${error_code}`,
    ...more,
  })

export const facts: LabFacts = {
  version: "1",
  origin: "http://localhost:3000",
  rp_id: "localhost",
  rp_name: "STING",
  clock_offset_seconds: 0,
  mock_user: false,
  ceremonies_enabled: true,
  problem: "",
  fix: "",
  kratos_mode: "embedded",
  mail_problem: "",
  mail_fix: "",
}

export const nobody: AuthSession = {
  authenticated: false,
  auth_method: "",
  auth_methods: [],
  user: null,
  session_id: "",
  session: null,
  sessions: { passkey: null, kratos: null },
  agree: true,
  flask_auth: false,
  kratos_auth: false,
  has_passkey: false,
  passkey_count: 0,
  signed_in_here: false,
}

const view = {
  id: "session-1",
  email: "ada@example.org",
  user_id: "person-1",
  methods: ["passkey"],
  authenticated_at: "2026-11-22T10:00:00Z",
  expires_at: "2026-11-23T10:00:00Z",
  aal: "aal1",
}

export const ada: AuthSession = {
  authenticated: true,
  auth_method: "passkey",
  auth_methods: ["passkey"],
  user: {
    id: "person-1",
    email: "ada@example.org",
    username: "ada@example.org",
    role: "user",
    kratos_id: "person-1",
    traits: { email: "ada@example.org" },
  },
  session_id: "session-1",
  session: { id: "session-1", authenticated_at: view.authenticated_at, expires_at: view.expires_at, aal: "aal1" },
  sessions: { passkey: view, kratos: view },
  agree: true,
  flask_auth: true,
  kratos_auth: true,
  has_passkey: true,
  passkey_count: 1,
  signed_in_here: true,
}

export const withPassword: AuthSession = {
  ...ada,
  auth_method: "password",
  auth_methods: ["password"],
  sessions: { passkey: null, kratos: { ...view, methods: ["password"] } },
  flask_auth: false,
  has_passkey: false,
  passkey_count: 0,
}

export const laptop: Passkey = {
  id: "key-1",
  credential_id: "AAAA",
  name: "Laptop",
  device_type: "platform",
  authenticator: "Windows Hello",
  aaguid: "08987058-cadc-4b81-b6e1-30de50dcbe96",
  status: "active",
  transports: ["internal"],
  algorithm: "ES256",
  attestation_format: "none",
  is_backup_eligible: true,
  is_backup_state: true,
  user_verified: true,
  sign_count: 1,
  usage_count: 2,
  last_used_at: "2026-11-22T10:00:00Z",
  created_at: "2026-11-01T10:00:00Z",
  updated_at: "2026-11-22T10:00:00Z",
  revoked_at: null,
}

export const stats: PasskeyStats = { active_passkeys: 1, max_passkeys: 10, total_usage: 2, last_used: null, can_add_more: true }

export const here: OwnSession = {
  id: "session-1",
  current: true,
  auth_method: "passkey",
  views: ["passkey", "kratos"],
  user_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
  address: "127.0.0.1",
  authenticated_at: view.authenticated_at,
  expires_at: view.expires_at,
  last_seen_at: view.authenticated_at,
}

export const form: RegistrationForm = {
  steps: ["details", "password", "passkey"],
  pages: [["details"], ["password"], ["passkey"]],
  fields: [
    { name: "traits.email", label: "E-mail", type: "email", required: true, autocomplete: "email" },
    { name: "traits.name.first", label: "First Name", type: "text", required: false, autocomplete: "given-name" },
  ],
  password: { min_length: 8 },
}

/** An input of a flow of Kratos. */
export const input = (group: string, name: string, type: string, more: object = {}, messages: UiText[] = []): UiNode => ({
  type: "input",
  group,
  attributes: { name, type, ...more },
  messages,
  meta: {},
})

/** A settings flow of Ada's, with the traits of the usual schema. */
export const settingsFlow: Flow = {
  id: "flow-1",
  state: "show_form",
  expires_at: "2026-11-22T11:00:00Z",
  ui: {
    nodes: [
      input("default", "csrf_token", "hidden", { value: "token-1" }),
      {
        ...input("profile", "traits.email", "email", { value: "ada@example.org", required: true }),
        meta: { label: { id: 1070002, text: "E-mail", type: "info" } },
      },
      {
        ...input("profile", "traits.name.first", "text", { value: "Ada" }),
        meta: { label: { id: 1070002, text: "First Name", type: "info" } },
      },
      input("profile", "method", "submit", { value: "profile" }),
      input("password", "password", "password", { required: true }),
    ],
  },
  identity: {
    id: "person-1",
    traits: { email: "ada@example.org", name: { first: "Ada" } },
    verifiable_addresses: [{ value: "ada@example.org", verified: true, status: "completed" }],
  },
}

/** Replaces the lab by canned answers: "GET /api/lab" to a body, or to a function of the request. */
export function stubLab(routes: Record<string, Route>): Asked[] {
  const asked: Asked[] = []
  const all: Record<string, Route> = {
    "GET /api/lab": facts,
    "GET /api/auth/session": nobody,
    "GET /api/registration/form": form,
    "GET /.ory/self-service/settings/browser": settingsFlow,
    "GET /.ory/sessions/whoami": { identity: settingsFlow.identity },
    ...routes,
  }
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const request: Asked = {
      route: `${init.method} ${path}`,
      body: typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : undefined,
      headers: new Headers(init.headers),
      keepalive: init.keepalive ?? false,
    }
    asked.push(request)
    const route = all[request.route]
    if (route === undefined) throw new Error(`the page asked for ${request.route}, which the test doesn't answer`)
    const { status, body } = typeof route === "function" ? (route as (asked: Asked) => Answer)(request) : { status: 200, body: route }
    return new Response(JSON.stringify(body), { status })
  })
  return asked
}

/** What the browser of a test can do. */
export interface BrowserAbilities {
  platform?: boolean
  autofill?: boolean
  get?: (options: CredentialRequestOptions) => Promise<unknown>
  create?: (options: CredentialCreationOptions) => Promise<unknown>
}

/** Gives jsdom the passkey API that it lacks. */
export function stubBrowser({ platform = true, autofill = false, get, create }: BrowserAbilities = {}): void {
  const never = () => new Promise<never>(() => undefined)
  vi.stubGlobal("isSecureContext", true)
  vi.stubGlobal(
    "PublicKeyCredential",
    Object.assign(function PublicKeyCredential() {}, {
      isUserVerifyingPlatformAuthenticatorAvailable: async () => platform,
      isConditionalMediationAvailable: async () => autofill,
    }),
  )
  Object.defineProperty(navigator, "credentials", { configurable: true, value: { get: get ?? never, create: create ?? never } })
}

/** Opens a page of the site in jsdom. */
export function open(path: string) {
  history.replaceState(null, "", path)
  return { user: userEvent.setup(), ...render(<App />) }
}

const bytes = new Uint8Array([1, 2, 3]).buffer

/** What navigator.credentials.create answers with. */
export const createdCredential = {
  id: "AQID",
  rawId: bytes,
  type: "public-key",
  authenticatorAttachment: "platform",
  response: { attestationObject: bytes, clientDataJSON: bytes, getTransports: () => ["internal"] },
  getClientExtensionResults: () => ({}),
}

/** What navigator.credentials.get answers with. */
export const usedCredential = {
  ...createdCredential,
  response: { authenticatorData: bytes, clientDataJSON: bytes, signature: bytes, userHandle: bytes },
}

export const creationOptions = {
  challenge_id: "challenge-1",
  publicKey: {
    challenge: "AQID",
    rp: { id: "localhost", name: "STING" },
    user: { id: "AQID", name: "ada@example.org", displayName: "Ada" },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    timeout: 60_000,
  },
}

export const requestOptions = { challenge_id: "challenge-2", publicKey: { challenge: "AQID", rpId: "localhost", timeout: 60_000 } }
