// Generated from the Go package backend/api; don't edit. To make it anew:
//   go test ./backend/api -run TypeScript -update
// Times are RFC 3339 in UTC, binary values base64url without padding.
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser"

/** Error is how every failure looks from outside: CONTRACT section 8. */
export interface ErrorBody {
  /** a sentence for the person */
  error: string
  /** never changes */
  error_code: string
  /** what to do next */
  hint: string
  /** the member that is wrong */
  field?: string
  request_id: string
  /** the record that tells more, or "" */
  ceremony_id: string
  withheld?: boolean
  /** a page about this code */
  help: string
  /** after a refused passkey: what the page may tell the password manager */
  signal?: Signal | null
}

/** Signal says what a page may tell the password manager about a passkey, by the Signal API. Where there is none, it tells nothing. */
export interface Signal {
  /** ask: only when the person says so */
  advice: "leave" | "ask" | "tell"
  rp_id: string
  credential_id: string
  /** a sentence */
  reason: string
  /** what to do about it */
  next: string
}

/** Query selects from a list of the admin door. */
export interface Query {
  /** 0: 100; at most 1000 */
  limit: number
  after: string
  /** a part of an address, a name or an id */
  q: string
}

/** User is a person as the site's pages see them. */
export interface User {
  id: string
  email: string
  username: string
  role: string
  kratos_id: string
  traits: Record<string, unknown>
}

/** SessionTimes is the session that counts for a request. */
export interface SessionTimes {
  id: string
  authenticated_at: string
  expires_at: string
  aal: string
}

/** SessionView is a session as one kind of cookie shows it. */
export interface SessionView {
  id: string
  email: string
  user_id: string
  methods: string[]
  authenticated_at: string
  expires_at: string
  aal: string
}

/** SessionViews has the two kinds side by side; null where a request shows none. */
export interface SessionViews {
  passkey: SessionView | null
  kratos: SessionView | null
}

/** AuthSession answers GET /api/auth/session and /api/auth/me. */
export interface AuthSession {
  authenticated: boolean
  /** passkey, password, code, mock or "" */
  auth_method: string
  auth_methods: string[]
  user: User | null
  session_id: string
  session: SessionTimes | null
  sessions: SessionViews
  agree: boolean
  flask_auth: boolean
  kratos_auth: boolean
  has_passkey: boolean
  passkey_count: number
  /** by this browser; else another program may have put the session here */
  signed_in_here: boolean
  /** why a page elsewhere shows nobody, though somebody may have signed in there */
  hint?: string
  /** after a registration: Kratos' flow that waits for the mailed code */
  verification_flow?: string
}

/** AuthStatus answers GET /api/auth/status. */
export interface AuthStatus {
  authenticated: boolean
  auth_method: string
  sessions: SessionViews
  agree: boolean
  flask_auth: boolean
  kratos_auth: boolean
  /** kinds that could not be asked */
  unknown: Unasked[]
  /** what follows from it, in words */
  notes: string[]
  earlier: string
}

/** Unasked is a kind of session that could not be asked, and why. */
export interface Unasked {
  kind: string
  error: string
  error_code: string
  hint: string
}

/** OwnSession is one of a person's sessions, as they see it. */
export interface OwnSession {
  id: string
  current: boolean
  auth_method: string
  /** passkey, kratos */
  views: string[]
  user_agent: string
  address: string
  authenticated_at: string
  expires_at: string
  last_seen_at: string
}

/** OwnSessions answers GET /api/auth/sessions. */
export interface OwnSessions {
  sessions: OwnSession[]
  count: number
}

/** Done answers a request that changed something. */
export interface Done {
  success: boolean
  message: string
  /** what could not be done beside it */
  warning?: string
}

/** Register is the body of POST /api/auth/register. */
export interface Register {
  email: string
  password: string
  traits?: Record<string, unknown>
}

/** Login is the body of POST /api/auth/login. */
export interface Login {
  email: string
  password: string
}

/** Passkey is a registered credential: CONTRACT section 5. */
export interface Passkey {
  /** ours */
  id: string
  /** the authenticator's */
  credential_id: string
  name: string
  /** platform, cross-platform or unknown */
  device_type: string
  authenticator: string
  aaguid: string
  /** active or revoked */
  status: string
  transports: string[]
  algorithm: string
  attestation_format: string
  is_backup_eligible: boolean
  is_backup_state: boolean
  user_verified: boolean
  sign_count: number
  usage_count: number
  last_used_at: string | null
  created_at: string
  updated_at: string
  revoked_at: string | null
}

/** Passkeys answers GET /api/webauthn/passkeys. */
export interface Passkeys {
  passkeys: Passkey[]
  count: number
  /** what the page tells the password manager about */
  rp_id: string
  /** the same */
  user_handle: string
  /** this lab made the user handle; of any other nothing may be told */
  own_handle: boolean
}

/** PasskeyRemoved answers DELETE /api/webauthn/passkeys/{id}. */
export interface PasskeyRemoved {
  success: boolean
  message: string
  /** what the page may tell the password manager now */
  signal?: Signal | null
  ended_sessions: number
}

/** PasskeyStats answers GET /api/webauthn/passkeys/stats. */
export interface PasskeyStats {
  active_passkeys: number
  max_passkeys: number
  total_usage: number
  last_used: string | null
  can_add_more: boolean
}

/** WebAuthnTest answers GET /api/webauthn/test. */
export interface WebAuthnTest {
  status: string
  message: string
  config: WebAuthnConfig
}

/** WebAuthnConfig is the relying party as clients may know it. */
export interface WebAuthnConfig {
  rp_id: string
  rp_name: string
  origins: string[]
}

/** BeginRegistration is the body of POST /api/webauthn/registration/begin. */
export interface BeginRegistration {
  email: string
  username: string
}

/** BeginAuthentication is the body of POST /api/webauthn/authentication/begin. */
export interface BeginAuthentication {
  username: string
}

/** BegunRegistration answers .../registration/begin, with the options flat beside it. */
export interface BegunRegistration {
  publicKey: PublicKeyCredentialCreationOptionsJSON
  challenge_id: string
}

/** BegunAuthentication answers .../authentication/begin. */
export interface BegunAuthentication {
  publicKey: PublicKeyCredentialRequestOptionsJSON
  challenge_id: string
}

/** BegunAdding answers POST /api/webauthn/passkeys/add/begin. */
export interface BegunAdding {
  publicKey: PublicKeyCredentialCreationOptionsJSON
  challenge_id: string
  passkey_name: string
}

/** Complete is the body of the three .../complete requests. */
export interface Complete {
  credential: unknown
  challenge_id: string
  name: string
  passkey_name: string
}

/** ReportException is the body of POST /api/webauthn/report: navigator.credentials gave no answer. */
export interface ReportException {
  challenge_id: string
  /** of the DOMException */
  name: string
  message: string
  elapsed_ms: number
  /** "conditional" for autofill, or "" */
  mediation: string
  /** the page was left, or took its offer back */
  left: boolean
  /** that the page asked for; "": not said */
  rp_id: string
  /** of the page that called, as it says itself; "": the request's own */
  origin: string
  replaced: string[] | null
}

/** Reported answers POST /api/webauthn/report. */
export interface Reported {
  success: boolean
  /** the record that tells more */
  ceremony_id: string
  /** what the record knows of it, or "" */
  cause: string
  /** what to do about it, or "" */
  fix: string
}

/** Registered answers a registration's complete. */
export interface Registered {
  verified: boolean
  message: string
  passkey: Passkey
}

/** SignedIn answers a sign-in's complete. */
export interface SignedIn {
  verified: boolean
  message: string
  user: User
  auth_method: string
  session_id: string
  identity: PersonIdentity
}

/** PersonIdentity is the person as Kratos would show them. */
export interface PersonIdentity {
  id: string
  schema_id: string
  state: string
  traits: Record<string, unknown>
}

/** Skipped answers POST /api/webauthn/registration/skip. */
export interface Skipped {
  status: string
  message: string
  auth_method: string
  setup_url: string
}

/** PasskeyChanged answers a rename. */
export interface PasskeyChanged {
  success: boolean
  message: string
  passkey: Passkey
}

/** Named is a body that carries a name. */
export interface Named {
  name: string
}

/** LabFacts answers GET /api/lab: what a page has to know before anything else. */
export interface LabFacts {
  version: string
  origin: string
  rp_id: string
  rp_name: string
  clock_offset_seconds: number
  mock_user: boolean
  ceremonies_enabled: boolean
  /** why ceremonies can't work, or "" */
  problem: string
  fix: string
  kratos_mode: string
  /** why a mailed code doesn't arrive, or "" */
  mail_problem: string
  mail_fix: string
}

/** RegistrationForm answers GET /api/registration/form. */
export interface RegistrationForm {
  /** details, password, passkey */
  steps: string[]
  /** the same steps, those that share a page together */
  pages: string[][] | null
  fields: FormField[]
  password: PasswordRules
}

/** FormField is a trait of the identity schema, as a form asks for it. */
export interface FormField {
  /** traits.name.first */
  name: string
  label: string
  /** email, text, number, checkbox, tel, url, date, datetime-local, select */
  type: string
  required: boolean
  autocomplete: string
  /** the schema's description */
  help?: string
  /** of a select; "true" of a checkbox that has to be ticked */
  options?: string[]
}

/** PasswordRules is what a password has to keep to. */
export interface PasswordRules {
  min_length: number
}

/** ReturnTo answers GET /api/auth/return_to?to=: where a person may be sent. */
export interface ReturnTo {
  to: string
}

/** HelpEntry answers GET /api/help/{code}. */
export interface HelpEntry {
  code: string
  title: string
  cause: string
  fix: string
  /** more, in plain paragraphs; may be "" */
  body: string
}

/** BrowserVisit is the body of POST /api/browser-check: what a page found out about the browser that it is in. */
export interface BrowserVisit {
  /** window.isSecureContext */
  secure_context: boolean
  /** there is a PublicKeyCredential */
  webauthn: boolean
  /** a cookie that was set came back */
  cookies: boolean
  /** one with the prefix __Host-, which the lab's sessions have */
  host_cookie: boolean | null
  /** the page may keep something itself */
  storage: boolean | null
  platform_authenticator: boolean | null
  conditional_mediation: boolean | null
  capabilities: Record<string, boolean>
  replaced: string[] | null
}

/** BrowserSeen answers POST /api/browser-check. */
export interface BrowserSeen {
  success: boolean
  message: string
  cookie: boolean
  host_cookie: boolean
}

/** BrowserPassport is the latest visit of one browser. */
export interface BrowserPassport extends BrowserVisit {
  user_agent: string
  at: string
}

/** Explanation is a ceremony taken apart, step by step: it answers POST /v1/explain. */
export interface Explanation {
  verdict: "accepted" | "rejected" | "unverified"
  /** of the first failed step, or NOT_VERIFIABLE */
  fault?: string
  cause?: string
  fix?: string
  kind: "registration" | "authentication"
  steps: ExplainedStep[]
  decoded: ExplainedParts
  ranges: ExplainedSpan[]
  /** about the file itself */
  notes?: string[]
}

/** ExplainedStep is one step of the specification, or one of ours. */
export interface ExplainedStep {
  id: string
  title: string
  verdict: "passed" | "failed" | "warning" | "skipped"
  expected: string
  received: string
  note: string
  /** these three of a failed step */
  fault?: string
  cause?: string
  fix?: string
}

/** ExplainedParts are what the bytes mean, each an object. */
export interface ExplainedParts {
  clientData: Record<string, unknown>
  authenticatorData: Record<string, unknown>
  attestation: Record<string, unknown>
  publicKey: Record<string, unknown>
}

/** ExplainedSpan says where a field stands, in bytes of the part that Of names. */
export interface ExplainedSpan {
  field: string
  of: string
  offset: number
  length: number
}

/** CeremonySummary is a line of GET /v1/ceremonies. */
export interface CeremonySummary {
  id: string
  kind: string
  /** running, verified, rejected, abandoned */
  state: string
  email: string
  fault: string
  began_at: string
  ended_at: string
  /** with a virtual authenticator's passkey */
  virtual?: boolean
}

/**
 * Ceremony answers GET /v1/ceremonies/{id}, and GET /api/ceremonies/{id} for the browser that held it: what
 * was recorded, and what every step of the specification says to it.
 */
export interface Ceremony extends CeremonySummary {
  /** of the page that asked */
  origin: string
  user_agent: string
  address: string
  passkey_id: string
  session_id: string
  /** with the values, where the bytes show them */
  cause: string
  fix: string
  /** id of the step at which it ended; "": at none */
  step: string
  /** members of the request that nobody reads */
  ignored: string[]
  /** what `sting explain` reads */
  record: unknown
  /** the answer, as a command */
  curl: string
  /** nil while it runs, or was abandoned */
  explanation?: Explanation | null
  /** where the explainer and the verifier disagree */
  differs: string[]
  /** what the lab knows of the passkey and its owner was left out */
  withheld: boolean
}
