import { MantineProvider } from "@mantine/core"
import { notifications, Notifications } from "@mantine/notifications"
import { act, configure, render } from "@testing-library/react"
import userEvent from "@testing-library/user-event"
import { vi } from "vitest"

import { App } from "../App"
import type {
  App as OwnApp,
  AppOpened,
  AppPage,
  BrowserPassport,
  Ceremony,
  CeremonySummary,
  ConfigReport,
  DoctorReport,
  Explanation,
  Finding,
  Imported,
  LabEvent,
  LogLine,
  Mail,
  MailText,
  Opened,
  Passkey,
  PasskeyDetails,
  Damaged,
  Person,
  Preflight,
  Service,
  Session,
  Snapshot,
  StateChanged,
  Status,
  TrustReport,
  VirtualState,
  WindowState,
} from "../lab"
import { resolver, theme } from "../theme"
import type { Answers } from "../verbs"
import { explanation } from "./fakeCeremonies"
import { config, finding, imported, preflight, snapshot } from "./fakeDoctor"
import { mailText } from "./fakeMails"
import { stopped } from "./fakeVirtual"

/** What the lab answers with. */
export interface FakeLab {
  state: WindowState
  status: Status
  sessions: Session[]
  passkeys: Passkey[]
  details: PasskeyDetails
  /** The tape, newest first; each of its records by id. */
  tape: CeremonySummary[]
  records: Record<string, Ceremony>
  explanation: Explanation
  people: Person[]
  /** What the list of people lacks. */
  damaged: Damaged[]
  mails: Mail[]
  /** The one mail that is opened, whatever its id. */
  mail: MailText
  virtual: VirtualState
  apps: OwnApp[]
  appOpened: AppOpened
  appPage: AppPage
  /** What an examination answers, at once or later; what a repair does. */
  report: DoctorReport | Promise<DoctorReport>
  mended: DoctorReport
  browsers: BrowserPassport[]
  preflight: Preflight
  snapshots: Snapshot[]
  changed: StateChanged
  exported: string
  imported: Imported
  config: ConfigReport
  log: LogLine[]
  trust: TrustReport
  trusted: TrustReport
  opened: Opened | Promise<Opened>
  /** Verbs that fail, by name, or by name and what they are asked with. */
  fails: Record<string, unknown>
  /** Every call as its name and what it was asked with. */
  calls: string[]
}

// Panels with many parts draw slowly in jsdom on a busy machine.
configure({ asyncUtilTimeout: 5000 })

const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"

export const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString()

export const session = (more: Partial<Session> = {}): Session => ({
  id: "0c7d9a1e-session",
  user_id: "person-1",
  email: "ada@example.org",
  auth_method: "passkey",
  views: ["passkey", "kratos"],
  state: "active",
  user_agent: agent,
  address: "127.0.0.1",
  authenticated_at: ago(600),
  expires_at: ago(-3600),
  last_seen_at: ago(60),
  ended_at: null,
  ...more,
})

export const passkey = (more: Partial<Passkey> = {}): Passkey => ({
  id: "key-1",
  credential_id: "Xk3dY0Zr9aQ",
  name: "Laptop",
  device_type: "platform",
  authenticator: "Windows Hello",
  aaguid: "08987058-cadc-4b81-b6e1-30de50dcbe96",
  status: "active",
  transports: ["internal"],
  algorithm: "ES256",
  attestation_format: "none",
  is_backup_eligible: true,
  is_backup_state: false,
  user_verified: true,
  sign_count: 7,
  usage_count: 3,
  last_used_at: null,
  created_at: ago(7200),
  updated_at: ago(7200),
  revoked_at: null,
  user_id: "person-1",
  email: "ada@example.org",
  rp_id: "localhost",
  ...more,
})

export const details = (more: Partial<PasskeyDetails> = {}): PasskeyDetails => ({
  ...passkey(),
  discoverable: true,
  user_handle: "dXNlci0x",
  cose: "pQECAyYgASFYIK_v",
  jwk: { kty: "EC", crv: "P-256", x: "r--h" },
  pem: "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n",
  attestation_object: "o2NmbXRkbm9uZQ",
  uses: [],
  warnings: [],
  ceremonies: [],
  ...more,
})

export const person = (more: Partial<Person> = {}): Person => ({
  id: "person-1",
  email: "ada@example.org",
  name: "Ada Lovelace",
  state: "active",
  role: "user",
  traits: {},
  password: true,
  passkeys: 2,
  sessions: 1,
  created_at: ago(90_000),
  ...more,
})

export const service = (more: Partial<Service> = {}): Service => ({
  name: "site",
  state: "Healthy",
  url: "https://localhost:8443",
  detail: "a handshake and a page",
  checked_at: ago(8),
  took_ms: 3.2,
  since: ago(600),
  evidence: [{ what: "handshake", seen: "TLS 1.3" }],
  restarts: 0,
  error: null,
  last_complaint: null,
  ...more,
})

export const status = (more: Partial<Status> = {}): Status => ({
  version: "v1",
  pid: 4711,
  home: "/home/ada/sting",
  origin: "https://localhost:8443",
  rp_id: "localhost",
  problem: "",
  fix: "",
  kratos_mode: "embedded",
  started_at: ago(600),
  ready: true,
  now: ago(0),
  clock_offset_seconds: 0,
  mock_user: false,
  users: 0,
  passkeys: 0,
  sessions: 0,
  services: [service(), service({ name: "store", url: "" })],
  warnings: [],
  ...more,
})

export const ownApp = (more: Partial<OwnApp> = {}): OwnApp => ({
  name: "shop",
  url: "http://localhost:3000",
  origin: "http://localhost:3000",
  login: "/login",
  register: "/register",
  hosts: {},
  ...more,
})

export const appPage = (more: Partial<AppPage> = {}): AppPage => ({
  ...ownApp(),
  answer: { answers: true, status: 200, took_ms: 3, says: "It answered 200 in 3 ms.", fix: "", certificate: null },
  preflight: {
    origin: "http://localhost:3000",
    rp_id: "localhost",
    own_rp: true,
    verdict: "works",
    says: "Every browser family that is known here holds this ceremony.",
    fix: "",
    differs: false,
    families: [],
    rules: [],
  },
  rp_ids: ["localhost"],
  keys: [],
  ceremonies: [],
  ...more,
})

const store = {
  kind: "nss",
  name: "Chromium",
  path: "/home/ada/.local/share/pki/nssdb",
  before: "absent",
  after: "trusted",
  note: "",
  error: null,
}
const certificate = {
  ca_path: "",
  ca_subject: "",
  ca_fingerprint: "",
  ca_not_after: "",
  leaf_hosts: [],
  leaf_not_before: "",
  leaf_not_after: "",
  leaf_spki: "",
}

/** A failure as the bound methods throw it. */
export const refusal = (error_code: string, error: string, hint = "Do the next thing.") => ({
  error,
  error_code,
  hint,
  request_id: "",
  ceremony_id: "",
  help: `/help/${error_code}`,
})

/** What a fake answers each verb with that panels ask for. */
type Answering = { [Name in keyof Answers]?: (asked: Record<string, string>) => Answers[Name] | Promise<Answers[Name]> | undefined }

function answersOf(fake: FakeLab): Answering {
  return {
    Status: () => fake.status,
    Open: () => fake.opened,
    Sessions: () => page(fake.sessions),
    Passkeys: () => page(fake.passkeys),
    RenamePasskey: ({ name = "" }) => passkey({ name }),
    PasskeyDetails: () => fake.details,
    Ceremonies: ({ source = "" }) => page(fake.tape.filter((c) => source === "" || (c.source || "lab") === source)),
    Ceremony: ({ id = "" }) => fake.records[id],
    Explain: () => fake.explanation,
    Users: () => ({ ...page(fake.people), damaged: fake.damaged }),
    Mails: () => page(fake.mails),
    Mail: () => fake.mail,
    ClearMails: () => ({ deleted: fake.mails.length }),
    ListApps: () => page(fake.apps),
    AddApp: (asked) => {
      const added = ownApp(asked)
      fake.apps = [...fake.apps, added]
      return added
    },
    ShowApp: () => fake.appPage,
    RemoveApp: ({ name }) => {
      fake.apps = fake.apps.filter((a) => a.name !== name)
      return { success: true, message: "The app was removed." }
    },
    OpenApp: () => fake.appOpened,
    Virtual: () => fake.virtual,
    ChangeVirtual: () => fake.virtual,
    Logs: () => page(fake.log),
    Certificate: () => certificate,
    Trust: (asked) => (asked.dry_run || (asked.untrust && !asked.system) ? fake.trust : fake.trusted),
    Repair: () => fake.mended,
    Browsers: () => page(fake.browsers),
    Preflight: () => fake.preflight,
    Snapshots: () => page(fake.snapshots),
    SaveSnapshot: ({ name = "" }) => {
      const saved = snapshot({ name })
      fake.snapshots = [saved, ...fake.snapshots]
      return saved
    },
    RestoreSnapshot: () => fake.changed,
    RemoveSnapshot: ({ id }) => {
      fake.snapshots = fake.snapshots.filter((s) => s.name !== id)
      return { success: true, message: "The snapshot was removed." }
    },
    Reset: () => fake.changed,
    Config: () => fake.config,
    Mock: () => ({ on: true, email: "eve@example.org", role: "admin" }),
  }
}

const page = <T,>(items: T[]) => ({ items, next: "" })

/** The one text that somebody asked with, or all that they did. */
function plain(asked: string): string {
  try {
    const values = Object.values(JSON.parse(asked) as object)
    return values.length === 0 ? "" : values.length === 1 && typeof values[0] === "string" ? values[0] : asked
  } catch {
    return asked
  }
}

/** Opens the window on a lab that answers with what a test says. `say` is the lab's own voice: news, and its end. */
export function openWindow(more: Partial<FakeLab> = {}) {
  const fake: FakeLab = {
    state: { phase: "running", attached: false, error: null },
    status: status(),
    sessions: [],
    passkeys: [],
    details: details(),
    tape: [],
    records: {},
    explanation: explanation(),
    people: [],
    damaged: [],
    mails: [],
    mail: mailText(),
    virtual: stopped(),
    apps: [],
    appPage: appPage(),
    appOpened: { url: "http://localhost:3000/login", opened: true, error: null, certificate: null },
    report: { well: true, changed: [], findings: [finding()] },
    mended: { well: true, changed: [], findings: [finding()] },
    browsers: [],
    preflight: preflight(),
    snapshots: [],
    changed: {
      message: "Users, sessions, passkeys, mails and records are gone; the keys of the virtual authenticator stay.",
      undo: "before-reset-1",
    },
    exported: "/home/ada/sting-export.json",
    imported: imported(),
    config: config(),
    log: [{ at: ago(5), service: "site", level: "info", text: "listens" }],
    trust: { certificate, stores: [store] },
    trusted: { certificate, stores: [{ ...store, note: "restart Chromium" }] },
    opened: { url: "https://localhost:8443/login", opened: true, error: null },
    fails: {},
    calls: [],
    ...more,
  }
  const note = (name: string, asked: string) => {
    const called = `${name} ${plain(asked)}`.trimEnd()
    fake.calls.push(called)
    const refused = fake.fails[called] ?? fake.fails[name]
    if (refused !== undefined) throw new Error(JSON.stringify(refused)) // as the runtime does it
  }
  const bound =
    <T,>(name: string, answer: () => T) =>
    async (asked = ""): Promise<T> => {
      note(name, asked)
      return answer()
    }
  const listeners = new Map<string, Set<(data: unknown) => void>>()
  const tell = (event: string, data: unknown) => listeners.get(event)?.forEach((hear) => hear(data))
  /** The stream of an examination that runs. */
  let examining = ""
  const answers = answersOf(fake)
  vi.stubGlobal("go", {
    window: {
      Bridge: {
        State: bound("State", () => fake.state),
        Start: bound("Start", () => undefined),
        Help: async (code: string) => {
          note("Help", code)
          return { code, title: "A port is taken.", cause: "Another program listens there.", fix: "End it:\n\n    sting stop", body: "" }
        },
        ExportCeremony: bound("ExportCeremony", () => "/home/ada/c1.json"),
        ExportData: bound("ExportData", () => fake.exported),
        ImportData: bound("ImportData", () => fake.imported),
        Ask: async (name: keyof Answers, asked: string) => {
          note(name, asked)
          return answers[name]?.(name === "Explain" ? {} : JSON.parse(asked))
        },
        Follow: async (id: string, name: keyof Answers, asked: string) => {
          note(name, asked)
          examining = id
          void Promise.resolve(fake.report).then((report) => {
            tell(id, { item: { report }, ended: false })
            tell(id, { ended: true })
          })
        },
        Leave: bound("Leave", () => undefined),
      },
    },
  })
  vi.stubGlobal("runtime", {
    EventsOnMultiple: (name: string, hear: (data: unknown) => void) => {
      const all = listeners.get(name) ?? new Set()
      listeners.set(name, all.add(hear))
      return () => all.delete(hear)
    },
    ClipboardSetText: async (text: string) => {
      fake.calls.push(`copied ${text}`)
      return true
    },
  })
  stubLayout()
  notifications.clean()
  const view = render(
    <MantineProvider theme={theme} cssVariablesResolver={resolver} env="test">
      <Notifications />
      <App />
    </MantineProvider>,
  )
  const say = (name: "lab" | "window", data: LabEvent | WindowState) => act(() => tell(name, data))
  const find = (finding: Finding) => act(() => tell(examining, { item: { finding }, ended: false }))
  return { fake, say, find, user: userEvent.setup(), ...view }
}

/** jsdom has no layout: gives every element a size, so that a table that draws only what is in view draws something. */
function stubLayout() {
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
  }))
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  )
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(800)
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(1200)
  Element.prototype.scrollIntoView = () => undefined
  Element.prototype.scrollTo = () => undefined
}
