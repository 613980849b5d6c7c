import { MantineProvider } from "@mantine/core"
import { notifications, Notifications } from "@mantine/notifications"
import { act, configure, render } from "@testing-library/react"
import userEvent from "@testing-library/user-event"
import { vi } from "vitest"

import { App } from "../App"
import type {
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
import { explanation } from "./fakeCeremonies"
import { config, finding, imported, preflight, snapshot } from "./fakeDoctor"
import { mailText } from "./fakeMails"
import { stopped } from "./fakeVirtual"

/** What the bound methods answer with; a function answers anew each time, an Error-shaped object of the wire is thrown by `refused`. */
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
  opened: Opened
  /** Methods that fail, by "Panel.Method". */
  fails: Record<string, unknown>
  /** Every call as "Panel.Method arguments". */
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

const store = { kind: "nss", name: "Chromium", path: "/home/ada/.local/share/pki/nssdb", before: "absent", after: "trusted", note: "", error: null }
const certificate = { ca_path: "", ca_subject: "", ca_fingerprint: "", ca_not_after: "", leaf_hosts: [], leaf_not_before: "", leaf_not_after: "", leaf_spki: "" }

/** A failure as the bound methods throw it. */
export const refusal = (error_code: string, error: string, hint = "Do the next thing.") => ({
  error,
  error_code,
  hint,
  request_id: "",
  ceremony_id: "",
  help: `/help/${error_code}`,
})

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
    report: { well: true, changed: [], findings: [finding()] },
    mended: { well: true, changed: [], findings: [finding()] },
    browsers: [],
    preflight: preflight(),
    snapshots: [],
    changed: { message: "Users, sessions, passkeys, mails and records are gone; the keys of the virtual authenticator stay.", undo: "before-reset-1" },
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
  const bound =
    <T,>(name: string, answer: (...words: string[]) => T) =>
    async (...words: unknown[]): Promise<T> => {
      fake.calls.push([name, ...words.map((w) => (typeof w === "string" ? w : JSON.stringify(w)))].join(" "))
      if (name in fake.fails) throw new Error(JSON.stringify(fake.fails[name])) // as the runtime does it
      return answer(...words.map(String))
    }
  const listeners = new Map<string, Set<(data: unknown) => void>>()
  vi.stubGlobal("go", {
    window: {
      Home: {
        State: bound("Home.State", () => fake.state),
        Start: bound("Home.Start", () => undefined),
        Help: bound("Home.Help", (code) => ({ code, title: "A port is taken.", cause: "Another program listens there.", fix: "End it:\n\n    sting stop", body: "" })),
        Status: bound("Home.Status", () => fake.status),
        Open: bound("Home.Open", () => fake.opened),
      },
      Sessions: { List: bound("Sessions.List", () => ({ items: fake.sessions, next: "" })), End: bound("Sessions.End", () => undefined) },
      Passkeys: {
        List: bound("Passkeys.List", () => ({ items: fake.passkeys, next: "" })),
        Rename: bound("Passkeys.Rename", (_, name) => passkey({ name: name ?? "" })),
        Remove: bound("Passkeys.Remove", () => undefined),
        Details: bound("Passkeys.Details", () => fake.details),
      },
      Ceremonies: {
        List: bound("Ceremonies.List", () => ({ items: fake.tape, next: "" })),
        Record: bound("Ceremonies.Record", (id) => fake.records[id ?? ""]),
        Explain: bound("Ceremonies.Explain", () => fake.explanation),
        Export: bound("Ceremonies.Export", () => "/home/ada/c1.json"),
      },
      People: { List: bound("People.List", () => ({ items: fake.people, damaged: fake.damaged, next: "" })), Remove: bound("People.Remove", () => undefined) },
      Mails: {
        List: bound("Mails.List", () => ({ items: fake.mails, next: "" })),
        Open: bound("Mails.Open", () => fake.mail),
        Remove: bound("Mails.Remove", () => undefined),
        Clear: bound("Mails.Clear", () => ({ deleted: fake.mails.length })),
      },
      Virtual: {
        Now: bound("Virtual.Now", () => fake.virtual),
        Open: bound("Virtual.Open", () => fake.opened),
        Change: bound("Virtual.Change", () => fake.virtual),
      },
      Services: {
        List: bound("Services.List", () => fake.status.services),
        Start: bound("Services.Start", () => undefined),
        Stop: bound("Services.Stop", () => undefined),
        Restart: bound("Services.Restart", () => undefined),
        Logs: bound("Services.Logs", () => fake.log),
      },
      Trust: {
        Certificate: bound("Trust.Certificate", () => certificate),
        Look: bound("Trust.Look", () => fake.trust),
        Trust: bound("Trust.Trust", () => fake.trusted),
        Untrust: bound("Trust.Untrust", () => fake.trust),
        TrustSystem: bound("Trust.TrustSystem", () => fake.trusted),
        UntrustSystem: bound("Trust.UntrustSystem", () => fake.trusted),
      },
      Doctor: {
        Examine: bound("Doctor.Examine", () => fake.report),
        Stop: bound("Doctor.Stop", () => undefined),
        Repair: bound("Doctor.Repair", () => fake.mended),
        Browsers: bound("Doctor.Browsers", () => fake.browsers),
        Preflight: bound("Doctor.Preflight", () => fake.preflight),
      },
      Data: {
        Snapshots: bound("Data.Snapshots", () => fake.snapshots),
        Save: bound("Data.Save", (name) => {
          fake.snapshots = [snapshot({ name: name ?? "" }), ...fake.snapshots]
          return fake.snapshots[0]
        }),
        Restore: bound("Data.Restore", () => fake.changed),
        Remove: bound("Data.Remove", (name) => {
          fake.snapshots = fake.snapshots.filter((s) => s.name !== name)
        }),
        Reset: bound("Data.Reset", () => fake.changed),
        Export: bound("Data.Export", () => fake.exported),
        Import: bound("Data.Import", () => fake.imported),
        Config: bound("Data.Config", () => fake.config),
        Mock: bound("Data.Mock", () => ({ on: true, email: "eve@example.org", role: "admin" })),
      },
      Clock: { Now: bound("Clock.Now", () => ({})), Move: bound("Clock.Move", () => ({})) },
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
  const say = (name: "lab" | "window" | "doctor", data: LabEvent | WindowState | Finding) => act(() => listeners.get(name)?.forEach((hear) => hear(data)))
  return { fake, say, user: userEvent.setup(), ...view }
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
