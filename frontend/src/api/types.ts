// Generated from the Go package backend/api by build/bindings; don't edit.
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
  /**
   * Withheld says that every refusal of this kind is answered alike, so that it tells nothing of what the lab knows: no
   * reason to forget a passkey.
   */
  withheld?: boolean
  /** a page about this code */
  help: string
  /** after a refused passkey: what the page may tell the password manager */
  signal?: Signal | null
}

/**
 * Signal says what a page may tell the password manager about a passkey, by the Signal API. Where there is none, it
 * tells nothing.
 */
export interface Signal {
  /** ask: only when the person says so */
  advice: 'leave' | 'ask' | 'tell'
  rp_id: string
  credential_id: string
  /** a sentence */
  reason: string
  /** what to do about it */
  next: string
}

/** Page is one stretch of a list: next goes into the parameter "after", "" at the end. */
export interface Page<T> {
  items: T[]
  next: string
  /** Order is the order of the list; "" where there is only one. */
  order?: string
  /** Total is how many there are in all, or how many were found; null where that isn't known. */
  total?: number | null
  /**
   * Searched says how far "q" was looked for, where not in everything: by the beginnings of words and ids, or in a
   * stretch that ended before the list did and goes on behind "next".
   */
  searched?: 'words' | 'bounded'
  /** Damaged names what is missing in the first stretch of the list because it can't be read any more. */
  damaged?: Damaged[]
}

/** Query selects from a list of the admin door. */
export interface Query {
  /** 0: 100; at most 1000 */
  limit: number
  after: string
  /** a part of an address, a name or an id */
  q: string
  /** newest, and for people and passkeys name; "": newest */
  order?: string
}

/** App is a web app of the person, as sting.yml names it. */
export interface App {
  name: string
  /** of its first page */
  url: string
  origin: string
  /** the path of the page to sign in at, "" for the first */
  login: string
  /** likewise */
  register: string
  /** where the lab browser finds names */
  hosts: Record<string, string>
}

/** NewApp is the body of POST /v1/apps. */
export interface NewApp {
  name: string
  url: string
  login?: string
  register?: string
  hosts?: Record<string, string>
}

/** AppNamed names an app. */
export interface AppNamed {
  name: string
}

/** AppPage answers GET /v1/apps/{name}: all that is known of an app. */
export interface AppPage extends App {
  answer: AppAnswer
  /** what browsers say to its origin, for the first of RPIDs */
  preflight: Preflight
  /** that its ceremonies and keys had, else the host alone */
  rp_ids: string[]
  /** of the virtual authenticator, that its pages may use */
  keys: VirtualKey[]
  /** the latest, newest first */
  ceremonies: CeremonySummary[]
}

/** AppAnswer is what an app said when it was asked for its first page a moment ago. */
export interface AppAnswer {
  answers: boolean
  /** of HTTP, 0 where there was no answer */
  status: number
  took_ms: number
  /** a sentence */
  says: string
  /** "" where all is well */
  fix: string
  certificate: AppCertificate | null
}

/** AppCertificate is what an app shows to browsers. */
export interface AppCertificate {
  names: string[]
  issuer: string
  not_before: string
  not_after: string
  /** base64 of the SHA-256 of its key */
  spki: string
  /** why browsers don't trust it, "" where they do */
  why: string
  /** by the person, for the lab browser */
  accepted: boolean
  /** another one was accepted for this origin */
  changed: boolean
}

/** OpenApp is the body of POST /v1/visits: a page for the lab browser. */
export interface OpenApp {
  /** "lab" for the lab's own pages; "" with URL */
  app?: string
  /** "" for the first, login, register, or a path */
  page?: string
  /** a page in the place of both */
  url?: string
  /** with no virtual authenticator of ours */
  real?: boolean
  /** in a profile that is thrown away */
  new?: boolean
  /** Trust is the SPKI of a certificate that the person has seen and accepts. */
  trust?: string
  /** as in OpenPage */
  desktop?: Desktop | null
}

/**
 * AppOpened answers it. With the error APP_CERTIFICATE nothing is open, and Certificate is what the person has to see.
 */
export interface AppOpened extends Opened {
  certificate: AppCertificate | null
}

/** BrowserVisit is the body of POST /api/browser-check: what a page found out about the browser that it is in. */
export interface BrowserVisit {
  /** window.isSecureContext */
  secure_context: boolean
  /** there is a PublicKeyCredential */
  webauthn: boolean
  /** a cookie that was set came back */
  cookies: boolean
  /** null where the browser couldn't be asked one with the prefix __Host-, which the lab's sessions have */
  host_cookie: boolean | null
  /** the page may keep something itself */
  storage: boolean | null
  platform_authenticator: boolean | null
  conditional_mediation: boolean | null
  /** Capabilities is what PublicKeyCredential.getClientCapabilities says, empty where there is no such method. */
  capabilities: Record<string, boolean>
  /**
   * Replaced names what of navigator.credentials is not the browser's own: an extension or a test tool stands in
   * between. nil: the page didn't look.
   */
  replaced: string[] | null
}

/** BrowserSeen answers POST /api/browser-check. */
export interface BrowserSeen {
  success: boolean
  message: string
  /** Whether the cookies that the page set for this came along with the request. */
  cookie: boolean
  host_cookie: boolean
}

/** BrowserPassport is the latest visit of one browser. */
export interface BrowserPassport extends BrowserVisit {
  user_agent: string
  at: string
}

/**
 * Ceremony answers GET /v1/ceremonies/{id}, and GET /api/ceremonies/{id} for the browser that held it: what was
 * recorded, and what every step of the specification says to it.
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
  /** nil for the lab's own */
  watched?: Watched | null
  /** what the lab knows of the passkey and its owner was left out */
  withheld: boolean
}

/** PasskeyDetails answers GET /v1/passkeys/{id}/details: a credential down to its key. */
export interface PasskeyDetails extends OwnedPasskey {
  /** null: not said */
  discoverable: boolean | null
  user_handle: string
  /** base64url */
  cose: string
  jwk: unknown
  pem: string
  attestation_object: string
  /** oldest first */
  uses: PasskeyUse[]
  /** counters that went down, flags that changed, an RP ID of the past */
  warnings: string[]
  /** ids of the records that name it, newest first */
  ceremonies: string[]
}

/** PasskeyUse is what one sign-in said of an authenticator. */
export interface PasskeyUse {
  at: string
  sign_count: number
  backup_state: boolean
  user_verified: boolean
}

/** Damaged is a value of the lab's data that can't be read any more. */
export interface Damaged {
  /** "account", "passkey", "session", "mail", "ceremony" and others */
  what: string
  id: string
  /** the e-mail address of the person whose it is; "" where nothing tells */
  of: string
  file: string
  /** all of it in one sentence */
  text: string
  fix: string
}

/** Finding is one check of the doctor and what it found. */
export interface Finding {
  /** TLS-03: `sting help TLS-03` explains it */
  id: string
  /** what is well when it is ok */
  title: string
  verdict: 'ok' | 'warning' | 'failed' | 'skipped'
  /** what was looked at, and seen */
  evidence: string[]
  /** why it isn't ok, or why nobody looked */
  cause: string
  /** what to do, a sentence */
  fix: string
  /** the same as a command that works when copied, or "" */
  command: string
  /** the doctor can do it: POST /v1/doctor/fix */
  fixable: boolean
  /** ids without which this one means nothing */
  needs: string[]
  took_ms: number
  help: string
}

/** DoctorReport answers GET /v1/doctor and POST /v1/doctor/fix. */
export interface DoctorReport {
  /** nothing failed */
  well: boolean
  changed: string[]
  findings: Finding[]
}

/** DoctorEvent is one event of GET /v1/doctor?follow=1: a finding, and at the end the report. */
export interface DoctorEvent {
  finding?: Finding | null
  report?: DoctorReport | null
}

/** DoctorFix is the body of POST /v1/doctor/fix. */
export interface DoctorFix {
  /** "" for all */
  check: string
}

/** Service is one supervised part of the lab. */
export interface Service {
  name: string
  state: 'Healthy' | 'Unhealthy' | 'Starting' | 'Stopped'
  /** where it answers, or "" */
  url: string
  /** one line of evidence */
  detail: string
  /** when the probe last ran */
  checked_at: string
  /** how long the probe took */
  took_ms: number
  /** when it started, or "" */
  since: string
  /** what the probe saw, for -v */
  evidence: Evidence[]
  /** how often it was started again after it ended by itself */
  restarts: number
  error: ErrorBody | null
  /**
   * LastComplaint is the latest reason why it was not Healthy, also after that went away; null where it never
   * complained.
   */
  last_complaint: Complaint | null
}

/** Complaint is why a service was not Healthy, and when. */
export interface Complaint {
  at: string
  error: ErrorBody
}

/** LogLine is one line of the lab's log. */
export interface LogLine {
  at: string
  /** "" for the lab as a whole */
  service: string
  level: 'debug' | 'info' | 'warn' | 'error'
  /** message and attributes */
  text: string
}

/** Evidence is one thing a probe saw. */
export interface Evidence {
  what: string
  seen: string
}

/** Status answers GET /v1/status. */
export interface Status {
  version: string
  pid: number
  home: string
  origin: string
  rp_id: string
  problem: string
  fix: string
  kratos_mode: string
  started_at: string
  /** everything was started and looked at, well or not */
  ready: boolean
  /** by the lab's clock */
  now: string
  clock_offset_seconds: number
  mock_user: boolean
  users: number
  /** active ones */
  passkeys: number
  /** living ones */
  sessions: number
  services: Service[]
  warnings: string[]
  /** Mended says what this start set right in the home folder. */
  mended?: string[]
  /** Damaged names every value that can't be read any more. */
  damaged?: Damaged[]
}

/** Person is an account as the panels and the terminal see it. */
export interface Person {
  id: string
  email: string
  name: string
  state: string
  role: string
  traits: unknown
  /** has one here */
  password: boolean
  /** active ones */
  passkeys: number
  /** living ones */
  sessions: number
  created_at: string
}

/** OwnedPasskey is a credential together with whose it is. */
export interface OwnedPasskey extends Passkey {
  user_id: string
  email: string
  rp_id: string
  /**
   * LeftBehind is a passkey of another RP ID than the lab's: it was changed since, and no browser offers the passkey
   * here any more.
   */
  left_behind?: boolean
  /** Virtual is a passkey of a browser's virtual authenticator, by its AAGUID. */
  virtual?: boolean
}

/** LabSession is a session as the panels and the terminal see it. */
export interface LabSession {
  id: string
  user_id: string
  email: string
  auth_method: string
  /** passkey, kratos */
  views: string[]
  /** active, expired or ended */
  state: string
  user_agent: string
  address: string
  authenticated_at: string
  expires_at: string
  last_seen_at: string
  ended_at: string | null
}

/** Clock answers GET and POST /v1/clock. */
export interface Clock {
  now: string
  machine: string
  offset_seconds: number
}

/** MoveClock is the body of POST /v1/clock: a Go duration such as "10m" or "-24h", or "reset". */
export interface MoveClock {
  by: string
}

/** TrustRequest is the body of POST /v1/trust. */
export interface TrustRequest {
  untrust: boolean
  browsers: boolean
  system: boolean
  dry_run: boolean
  /**
   * Renew makes a new authority where the lab's is past use, touches no store, and reports none: the caller changes
   * those of its own user.
   */
  renew?: boolean
}

/** TrustReport answers /v1/trust: one entry a store. */
export interface TrustReport {
  certificate: Certificate
  stores: TrustStore[]
}

/** TrustStore is a store of trusted certificates and what became of ours in it. */
export interface TrustStore {
  /** nss, system, java */
  kind: string
  /** "Chromium", "Firefox (default-esr)" */
  name: string
  path: string
  /** trusted, absent, older, unknown */
  before: string
  after: string
  /** "restart Firefox" */
  note: string
  error: ErrorBody | null
}

/** Certificate is what the site shows to browsers. */
export interface Certificate {
  ca_path: string
  ca_subject: string
  /** SHA-256, hex with colons */
  ca_fingerprint: string
  ca_not_after: string
  leaf_hosts: string[]
  leaf_not_before: string
  leaf_not_after: string
  /** base64 of the SHA-256 of the key */
  leaf_spki: string
  /** why browsers don't take it, as for a host that it can't name */
  problems?: ErrorBody[]
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
  /** "" of the lab's own site, else an app's name or the origin of its page */
  source: string
  /** with a virtual authenticator's passkey */
  virtual?: boolean
}

/** ConfigReport answers GET /v1/config. */
export interface ConfigReport {
  path: string
  /** YAML, with where each value comes from */
  effective: string
  problems: ConfigProblem[]
}

/** ConfigProblem is one thing that is wrong in the file. */
export interface ConfigProblem {
  /** error or warning */
  severity: string
  line: number
  key: string
  meaning: string
  fix: string
}

/** Event is news from the lab: what changed, so that a face can ask again. */
export interface Event {
  /** users, passkeys, sessions, services, ceremonies, mails, virtual, apps, clock, window, missed */
  topic: string
  id: string
  /** created, updated, used, removed, ended, deleted */
  what: string
}

/** OpenPage is the body of POST /v1/open. */
export interface OpenPage {
  /** login, register, dashboard, settings, browser-check, mail, or an address of the site */
  page: string
  /** in the browser with the virtual authenticator */
  virtual?: boolean
  /** Desktop is where that browser opens, where it has to be started; nil: where the lab was. */
  desktop?: Desktop | null
}

/** Desktop is a person's session, as its environment names it. */
export interface Desktop {
  display: string
  wayland_display: string
  xauthority: string
  runtime_dir: string
  /** with the trust stores that the browser reads */
  home: string
}

/** Opened answers POST /v1/open. */
export interface Opened {
  url: string
  opened: boolean
  /** why not, and what to do */
  error: ErrorBody | null
}

/**
 * Explanation is a ceremony taken apart, step by step: every step of the specification in its order, what the bytes
 * say, and where in them each field stands. The explainer fills it, and it answers POST /v1/explain as it is.
 */
export interface Explanation {
  verdict: 'accepted' | 'rejected' | 'unverified'
  /** of the first failed step, or NOT_VERIFIABLE */
  fault?: string
  cause?: string
  fix?: string
  kind: 'registration' | 'authentication'
  steps: ExplainedStep[]
  decoded: ExplainedParts
  ranges: ExplainedSpan[]
  /** about the file itself: what was not read */
  notes?: string[]
}

/** ExplainedStep is one step of Web Authentication Level 3, section 7.1 or 7.2, or one of ours ("key", "encoding"). */
export interface ExplainedStep {
  id: string
  title: string
  verdict: 'passed' | 'failed' | 'warning' | 'skipped'
  expected: string
  received: string
  note: string
  /** these three of a failed step */
  fault?: string
  cause?: string
  fix?: string
}

/**
 * ExplainedParts are what the bytes mean. A part that didn't come, or could not be decoded, is an empty object. It
 * never holds a PRF result or a large blob.
 */
export interface ExplainedParts {
  clientData: Record<string, unknown>
  authenticatorData: Record<string, unknown>
  attestation: Record<string, unknown>
  publicKey: Record<string, unknown>
}

/**
 * ExplainedSpan says where a field stands, in bytes of the part that Of names ("clientDataJSON", "authenticatorData",
 * "attestationObject", "signature").
 */
export interface ExplainedSpan {
  field: string
  of: string
  offset: number
  length: number
}

/** Mail is a line of GET /v1/mail. */
export interface Mail {
  id: string
  from: string
  to: string[]
  subject: string
  received_at: string
  read: boolean
  /** bytes of the source */
  size: number
  attachments: number
  snippet: string
  /** that was recognised in it */
  code: string | null
}

/** MailText answers GET /v1/mail/{id}: a mail as text, never as HTML. */
export interface MailText extends Mail {
  cc: string[]
  bcc: string[]
  message_id: string
  text: string
  found: MailCode | null
  parts: MailAttachment[]
}

/** MailAttachment is a part of a mail that is not its text. */
export interface MailAttachment {
  name: string
  type: string
  size: number
}

/** MailCode answers POST /v1/mail/{address}/code. */
export interface MailCode {
  mail_id: string
  /** verification, recovery or "" */
  kind: string
  code: string
  /** of the site, with the code filled in; "": none takes it */
  page: string
  /** as the mail has it, or "" */
  link: string
}

/**
 * MailFor is the body of POST /v1/mail/{address}/code and .../wait: how long to wait for the mail, at most 10 minutes.
 * 0: not at all for a code, 30 seconds for a mail.
 */
export interface MailFor {
  /** whom it is to */
  address: string
  seconds: number
}

/** MailsCleared answers DELETE /v1/mail. */
export interface MailsCleared {
  deleted: number
}

/** MockRequest is the body of POST /v1/mock, and its answer: who the mock user is. */
export interface MockRequest {
  on: boolean
  /** "": the configured one */
  email: string
  /** a label for front ends; it opens nothing */
  role: string
}

/**
 * PreflightRequest is the body of POST /v1/preflight: would a page be allowed to hold a ceremony for a relying party
 * ID?
 */
export interface PreflightRequest {
  /** of the page; "": the lab's own */
  url: string
  /** "": the lab's own */
  rp_id: string
}

/** Preflight answers it, before anything runs: by rules, without asking anybody. */
export interface Preflight {
  /** of the page, canonical */
  origin: string
  /** as it was asked for */
  rp_id: string
  /** it is the lab's: the rules "lab" and "port" look at its list of origins, the verdict doesn't */
  own_rp: boolean
  verdict: 'works' | 'refused' | 'depends'
  /** the verdict in a sentence or two */
  says: string
  /** what to do, "" for nothing */
  fix: string
  /** the families come to different verdicts */
  differs: boolean
  /** each family of browsers, always all */
  families: PreflightFamily[]
  /** those that were looked at, in the order in which a ceremony meets them */
  rules: PreflightRule[]
}

/** PreflightFamily is what browsers of one engine would do. The lab's own rules are not in its verdict. */
export interface PreflightFamily {
  family: 'chromium' | 'firefox' | 'safari'
  /** Chrome, Edge, ... */
  covers: string[]
  verdict: 'works' | 'refused' | 'depends'
  /** the name of a DOMException, "no API", or "" where it works */
  gets: string
  says: string
  /** the id of the rule that decided, "" where it works */
  rule: string
  /** where that rule is written down */
  section: string
  /** a test asks such a browser the same and compares; false: from documents */
  tried: boolean
  /** what the statement rests on, a sentence */
  source: string
}

/** PreflightRule is one rule and what became of it. */
export interface PreflightRule {
  id: string
  /** what is well when it is ok */
  title: string
  outcome: 'ok' | 'refused' | 'depends'
  says: string
  section: string
  /** "" when it is ok */
  fix: string
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
  /** Earlier says what became of the session that the browser shows and that is none any more, or "". */
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
  /**
   * EndedSessions is how many other sessions ended because the passkey had made them. The one that removed it goes on,
   * with new tokens.
   */
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
  /** Replaced names what of navigator.credentials was not the browser's own. */
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

/** Snapshot is a copy of the lab's data at one moment. */
export interface Snapshot {
  name: string
  taken_at: string
  /** "" when a person asked for it */
  reason: string
  version: string
  bytes: number
  /** Damaged names what it does not hold whole; only the answer to a save has it. */
  damaged?: Damaged[]
}

/** ResetRequest is the body of POST /v1/reset. */
export interface ResetRequest {
  /** the certificate authority too */
  ca: boolean
}

/** StateChanged answers what replaced the lab's data: Undo is the snapshot that was taken before. */
export interface StateChanged {
  message: string
  undo: string
}

/**
 * Export is the lab's data as one JSON file: GET /v1/export, POST /v1/import. Bytes are standard base64, as Go writes
 * them; times are RFC 3339.
 */
export interface Export {
  /** "sting-export/1" */
  format: string
  version: string
  taken_at: string
  /** as backend/identity has them */
  identities: unknown[]
  /** as backend/passkey has them, tombstones too */
  credentials: unknown[]
  /** as backend/session has them; tokens are hashes */
  sessions: unknown[]
  /** what is missing because it can't be read any more */
  damaged?: Damaged[]
}

/** Imported says what came in and what was there already. */
export interface Imported {
  identities: number
  credentials: number
  sessions: number
  /** what was left out, and why */
  skipped: string[]
}

/** ID names one thing. */
export interface ID {
  id: string
}

/** ServiceNamed names a service, by its name or an alias. */
export interface ServiceNamed {
  name: string
}

/** LogOf asks for the last lines of a service; "" is the whole lab. */
export interface LogOf {
  name: string
  n: number
}

/** RenamePasskey is what a passkey is to be called. */
export interface RenamePasskey {
  id: string
  name: string
}

/** Check names a check of the doctor; "" is all. */
export interface Check {
  check: string
}

/** ExportAs is sting or kratos. */
export interface ExportAs {
  format: string
}

/**
 * Virtual answers GET and POST /v1/virtual: the browser with the virtual authenticator, and the keys that are kept for
 * it.
 */
export interface Virtual {
  running: boolean
  /** "Chromium", or "" */
  browser: string
  /** 0 while none runs */
  pid: number
  /** open tabs */
  pages: number
  started_at: string
  /** on, off (the flag is missing), refuse (no answer); "" while none runs */
  user_verification: string
  /** the same */
  user_presence: string
  /** good or bad */
  signature: string
  /** what a person should know, or "" */
  note: string
  keys: VirtualKey[]
}

/** VirtualKey is a key of the virtual authenticator, without the key itself. */
export interface VirtualKey {
  /** the credential id */
  id: string
  /** ours, or "": the lab doesn't know it */
  passkey_id: string
  /** active, revoked or unknown here */
  status: string
  rp_id: string
  user_name: string
  backup_eligible: boolean
  backup_state: boolean
  /** of its last answer; the next one shows one more */
  sign_count: number
}

/** VirtualChange is the body of POST /v1/virtual: one thing to do. */
export interface VirtualChange {
  /** Do is flip_be, flip_bs, counter, forget, user_verification, user_presence, signature or close. */
  do: string
  /** a credential id, a beginning of one, or our id of the passkey */
  key?: string
  /** for counter */
  counter?: number
  /** on, off or refuse; good or bad for signature */
  to?: string
}

/** Watched is what a ceremony of somebody else's page has beside what every ceremony has. */
export interface Watched {
  /** without the values of its query */
  page: string
  /** of the tab, where the page is a frame of another origin */
  top_origin: string
  mediation: string
  /** the page is a secure context */
  secure: boolean
  dom_exception?: DOMException | null
  /** of the browser's part */
  duration_ms: number
  /** whose answer delivered the challenge */
  begin?: Exchange | null
  /** that carried the credential */
  complete?: Exchange | null
  verdict: Verdicts
  /** what to ask for otherwise */
  options: OptionNote[]
}

/** DOMException is how a browser refuses. */
export interface DOMException {
  name: string
  message: string
}

/** Exchange is one request and its answer, without anything that signs somebody in. */
export interface Exchange {
  method: string
  /** without the values of its query */
  url: string
  form: boolean
  /** 0: no answer came */
  status: number
  location?: string
  /** why no answer came, in the browser's words */
  failed?: string
  /** of the answer's content */
  type: string
  /** the first 4 KiB of the answer, redacted; "" for a begin */
  body: string
  /** of the binary members: base64url (with padding), base64, hex or numbers */
  encoding: string
  at: string
  /** how many were sent */
  cookies: number
  /** how many the answer set */
  set: number
  /** why cookies were not sent or not kept, in the browser's words */
  blocked?: string[]
}

/** Verdicts are the lab's beside the server's. */
export interface Verdicts {
  /** accepted, rejected, unverified; "" without an answer */
  ours: string
  /** accepted, refused, failed (5xx), unknown */
  server: string
  /** at which ours ends */
  step: string
  /** what the two mean together */
  says: string
  /** what an attacker gains by what the server accepted */
  gains: string
  fix: string
}

/** OptionNote is one thing about the options of a ceremony that could be better. */
export interface OptionNote {
  /** such as "challenge" */
  option: string
  /** wrong or advice */
  level: string
  why: string
  /** instead */
  write: string
}

/** CeremonyQuery asks for a part of the recorded ceremonies. */
export interface CeremonyQuery {
  /** 0: 100; at most 1000 */
  limit: number
  after: string
  /** a part of an address, a name or an id */
  q: string
  /** newest; "": newest */
  order?: string
  /** "lab", the name of an app, or an origin; "": of all */
  source: string
}

/** WindowCall is the body of POST /v1/window: how windows that show one lab speak to one another. */
export interface WindowCall {
  /** Do is show, which asks a window to come to the front, or here, which a window answers that did. */
  do: string
}

/** WindowAnswer answers it. */
export interface WindowAnswer {
  /** a window came to the front */
  shown: boolean
}
