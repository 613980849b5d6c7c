/**
 * The wire of the site as TypeScript: names, members and shapes are those of
 * the Go package `backend/api`. Times are RFC 3339 in UTC, binary values
 * base64url without padding.
 */
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser"

/** The body of every answer that is not a success. */
export interface ErrorBody {
  error: string
  error_code: string
  hint: string
  field?: string
  request_id: string
  ceremony_id: string
  help: string
}

export interface User {
  id: string
  email: string
  username: string
  role: string
  kratos_id: string
  traits: Record<string, unknown>
}

export interface SessionTimes {
  id: string
  authenticated_at: string
  expires_at: string
  aal: string
}

/** A session as one kind of cookie shows it. */
export interface SessionView {
  id: string
  email: string
  user_id: string
  methods: string[]
  authenticated_at: string
  expires_at: string
  aal: string
}

/** The two kinds side by side; null where this browser shows none. */
export interface SessionViews {
  passkey: SessionView | null
  kratos: SessionView | null
}

/** GET /api/auth/session, /api/auth/me. `auth_method` is passkey, password, code, mock or "". */
export interface AuthSession {
  authenticated: boolean
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
}

/** A kind of session that could not be asked, and why. */
export interface Unasked {
  kind: string
  error: string
  error_code: string
  hint: string
}

/** GET /api/auth/status; `notes` are what follows from it, in words. */
export interface AuthStatus {
  authenticated: boolean
  auth_method: string
  sessions: SessionViews
  agree: boolean
  flask_auth: boolean
  kratos_auth: boolean
  unknown: Unasked[]
  notes: string[]
}

/** One row of GET /api/auth/sessions; `views` are passkey and kratos. */
export interface OwnSession {
  id: string
  current: boolean
  auth_method: string
  views: string[]
  user_agent: string
  address: string
  authenticated_at: string
  expires_at: string
  last_seen_at: string
}

export interface OwnSessions {
  sessions: OwnSession[]
  count: number
}

/** A request that changed something; `warning` is what could not be done beside it. */
export interface Done {
  success: boolean
  message: string
  warning?: string
}

/** A registered credential. `device_type` is platform, cross-platform or unknown; `status` active or revoked. */
export interface Passkey {
  id: string
  credential_id: string
  name: string
  device_type: string
  authenticator: string
  aaguid: string
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

export interface Passkeys {
  passkeys: Passkey[]
  count: number
}

export interface PasskeyStats {
  active_passkeys: number
  max_passkeys: number
  total_usage: number
  last_used: string | null
  can_add_more: boolean
}

/** POST .../registration/begin, .../passkeys/add/begin. */
export interface BegunRegistration {
  publicKey: PublicKeyCredentialCreationOptionsJSON
  challenge_id: string
}

/** POST .../authentication/begin. */
export interface BegunAuthentication {
  publicKey: PublicKeyCredentialRequestOptionsJSON
  challenge_id: string
}

export interface Registered {
  verified: boolean
  message: string
  passkey: Passkey
}

export interface SignedIn {
  verified: boolean
  message: string
  user: User
  auth_method: string
  session_id: string
}

export interface Skipped {
  status: string
  message: string
  auth_method: string
  setup_url: string
}

export interface PasskeyChanged {
  success: boolean
  message: string
  passkey: Passkey
}

/** GET /api/lab: what a page has to know before anything else. */
export interface LabFacts {
  version: string
  origin: string
  rp_id: string
  rp_name: string
  clock_offset_seconds: number
  mock_user: boolean
  ceremonies_enabled: boolean
  /** Why ceremonies can't work, or "". */
  problem: string
  fix: string
  kratos_mode: string
}

/** A trait of the identity schema; `type` is email, text, number, checkbox, tel, url or date. */
export interface FormField {
  name: string
  label: string
  type: string
  required: boolean
  autocomplete: string
}

/** GET /api/registration/form. `steps` are details, password and passkey in their order, `pages` those that share a page (null: each has its own). */
export interface RegistrationForm {
  steps: string[]
  pages: string[][] | null
  fields: FormField[]
  password: { min_length: number }
}

export interface ReturnTo {
  to: string
}

/** GET /api/help/{code}; `body` is more, in plain paragraphs, or "". */
export interface HelpEntry {
  code: string
  title: string
  cause: string
  fix: string
  body: string
}
