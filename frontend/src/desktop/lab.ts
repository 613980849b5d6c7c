import { toFault } from "../api/fault"
import * as Ceremonies from "../api/wailsjs/go/window/Ceremonies"
import * as Clock from "../api/wailsjs/go/window/Clock"
import * as Data from "../api/wailsjs/go/window/Data"
import * as Doctor from "../api/wailsjs/go/window/Doctor"
import * as Home from "../api/wailsjs/go/window/Home"
import * as Mails from "../api/wailsjs/go/window/Mails"
import * as Passkeys from "../api/wailsjs/go/window/Passkeys"
import * as People from "../api/wailsjs/go/window/People"
import * as Services from "../api/wailsjs/go/window/Services"
import * as Sessions from "../api/wailsjs/go/window/Sessions"
import * as Trust from "../api/wailsjs/go/window/Trust"
import * as Virtual from "../api/wailsjs/go/window/Virtual"
import type { api, window as shell } from "../api/wailsjs/go/models"
import { ClipboardSetText, EventsOn } from "../api/wailsjs/runtime/runtime"

export type Status = api.Status
export type Service = api.Service
export type LogLine = api.LogLine
export type Damaged = api.Damaged
export type Session = api.LabSession
export type Passkey = api.OwnedPasskey
export type Person = api.Person
export type Opened = api.Opened
export type Ceremony = api.Ceremony
export type CeremonySummary = api.CeremonySummary
export type CeremonyState = "running" | "verified" | "rejected" | "abandoned"
export type Explanation = api.Explanation
export type Step = api.ExplainedStep
export type Span = api.ExplainedSpan
export type PasskeyDetails = api.PasskeyDetails
export type PasskeyUse = api.PasskeyUse
export type Mail = api.Mail
export type MailText = api.MailText
export type MailCode = api.MailCode
export type VirtualState = api.Virtual
export type VirtualKey = api.VirtualKey
export type VirtualChange = api.VirtualChange
export type TrustReport = api.TrustReport
export type TrustStore = api.TrustStore
export type Finding = api.Finding
export type DoctorReport = api.DoctorReport
export type BrowserPassport = api.BrowserPassport
export type Preflight = api.Preflight
export type Snapshot = api.Snapshot
export type StateChanged = api.StateChanged
export type Imported = shell.Imported
export type ConfigReport = api.ConfigReport
export type ConfigProblem = api.ConfigProblem
export type MockUser = api.MockRequest
export type WindowState = shell.State
export type SitePage = "login" | "register" | "dashboard" | "settings" | "browser-check"
/** What the person's browser can be asked to open by name. */
export type PageName = SitePage | "mail"

/** What changed in the lab: `topic` names the list to read again. */
export interface LabEvent {
  topic: Topic
  id: string
  what: string
}
export type Topic = "users" | "passkeys" | "sessions" | "services" | "ceremonies" | "mails" | "virtual" | "clock" | "missed"

/** One stretch of a list; `next` is "" at its end. */
export interface Stretch<T> {
  items: T[]
  next: string
  /** What is missing in the first stretch, because it can't be read any more. */
  damaged?: Damaged[]
}

/** How many rows a panel asks for at once: the most that the lab gives. */
const stretch = 1000

/** How many ceremonies are asked for at once. */
const tape = 200

/** How many lines of a service's log are shown. */
const logLines = 300

/** The lab as a panel sees it: one function a bound method. Each throws a Fault. */
export const lab = {
  state: () => call(() => Home.State()),
  start: () => call(() => Home.Start()),
  help: (code: string) => call(() => Home.Help(code)),
  status: () => call(() => Home.Status()),
  /** Opens a page by name, or an address of the site itself; the lab refuses any other address. */
  open: (page: string) => call(() => Home.Open(page)),

  sessions: (q: string, after: string): Promise<Stretch<Session>> => call(() => Sessions.List({ limit: stretch, after, q })),
  endSession: (id: string) => call(() => Sessions.End(id)),

  passkeys: (q: string, after: string): Promise<Stretch<Passkey>> => call(() => Passkeys.List({ limit: stretch, after, q })),
  renamePasskey: (id: string, name: string) => call(() => Passkeys.Rename(id, name)),
  removePasskey: (id: string) => call(() => Passkeys.Remove(id)),

  passkeyDetails: (id: string) => call(() => Passkeys.Details(id)),

  ceremonies: (q: string, after: string): Promise<Stretch<CeremonySummary>> => call(() => Ceremonies.List({ limit: tape, after, q })),
  ceremony: (id: string) => call(() => Ceremonies.Record(id)),
  /** Asks where to put the record; "" where the person changed their mind. */
  exportCeremony: (id: string) => call(() => Ceremonies.Export(id)),
  explain: (text: string) => call(() => Ceremonies.Explain(text)),

  people: (q: string, after: string): Promise<Stretch<Person>> => call(() => People.List({ limit: stretch, after, q })),
  removePerson: (id: string) => call(() => People.Remove(id)),

  /** `q` is a search in Mailpit's words. */
  mails: (q: string, after: string): Promise<Stretch<Mail>> => call(() => Mails.List({ limit: tape, after, q })),
  /** Opens a mail as text, which marks it as read. */
  mail: (id: string) => call(() => Mails.Open(id)),
  removeMail: (id: string) => call(() => Mails.Remove(id)),
  clearMails: () => call(() => Mails.Clear()),

  virtual: () => call(() => Virtual.Now()),
  openVirtual: (page: SitePage) => call(() => Virtual.Open(page)),
  changeVirtual: (change: VirtualChange) => call(() => Virtual.Change(change)),

  services: () => call(() => Services.List()),
  startService: (name: string) => call(() => Services.Start(name)),
  stopService: (name: string) => call(() => Services.Stop(name)),
  restartService: (name: string) => call(() => Services.Restart(name)),
  logs: (name: string) => call(() => Services.Logs(name, logLines)),

  certificate: () => call(() => Trust.Certificate()),
  lookAtTrust: () => call(() => Trust.Look()),
  trust: () => call(() => Trust.Trust()),
  untrust: () => call(() => Trust.Untrust()),
  trustSystem: () => call(() => Trust.TrustSystem()),
  untrustSystem: () => call(() => Trust.UntrustSystem()),

  /** Runs every check, or one and what it needs; each finding is heard by `onFinding` as soon as it is known. */
  examine: (check: string) => call(() => Doctor.Examine(check)),
  stopExamining: () => call(() => Doctor.Stop()),
  repair: (check: string) => call(() => Doctor.Repair(check)),
  browsers: () => call(() => Doctor.Browsers()),
  /** Each "" is the lab's own. */
  preflight: (asked: { url: string; rp_id: string }) => call(() => Doctor.Preflight(asked)),

  snapshots: () => call(() => Data.Snapshots()),
  saveSnapshot: (name: string) => call(() => Data.Save(name)),
  restoreSnapshot: (name: string) => call(() => Data.Restore(name)),
  removeSnapshot: (name: string) => call(() => Data.Remove(name)),
  reset: (ca: boolean) => call(() => Data.Reset(ca)),
  /** Asks where to put the data; "" where the person changed their mind. */
  exportData: (format: "sting" | "kratos") => call(() => Data.Export(format)),
  /** Asks for a file; `path` is "" where the person chose none. */
  importData: () => call(() => Data.Import()),
  config: () => call(() => Data.Config()),
  mock: (user: MockUser) => call(() => Data.Mock(user)),

  clock: () => call(() => Clock.Now()),
  moveClock: (by: string) => call(() => Clock.Move(by)),

  /** Puts text into the system's clipboard; false where there is none. The page's own clipboard needs a secure context. */
  copy: (text: string) => ClipboardSetText(text).catch(() => false),

  /** Calls `hear` with the lab's news until the returned function is called. */
  onNews: (hear: (event: LabEvent) => void) => EventsOn("lab", hear),
  /** Calls `hear` with each finding of an examination until the returned function is called. */
  onFinding: (hear: (finding: Finding) => void) => EventsOn("doctor", hear),
  /** Calls `hear` with what became of the window's lab until the returned function is called. */
  onState: (hear: (state: WindowState) => void) => EventsOn("window", hear),
}

async function call<T>(method: () => Promise<T>): Promise<T> {
  try {
    return await method()
  } catch (thrown) {
    throw toFault(unwired(thrown))
  }
}

/** A failure comes as JSON in an Error's message: the runtime makes an Error of whatever the Go side says. */
function unwired(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown
  try {
    return JSON.parse(thrown.message)
  } catch {
    return thrown
  }
}
