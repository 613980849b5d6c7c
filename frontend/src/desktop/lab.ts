import type { SitePage } from "../api/pages"
import type * as wire from "../api/types"
import * as Bridge from "../api/wailsjs/go/window/Bridge"
import type { window as shell } from "../api/wailsjs/go/models"
import { ClipboardSetText, EventsOn } from "../api/wailsjs/runtime/runtime"
import { call } from "./bridge"
import { verbs } from "./verbs"

export type {
  App,
  AppCertificate,
  AppOpened,
  AppPage,
  BrowserPassport,
  Ceremony,
  CeremonySummary,
  ConfigProblem,
  ConfigReport,
  Damaged,
  DoctorReport,
  ExplainedSpan as Span,
  ExplainedStep as Step,
  Explanation,
  Finding,
  LabSession as Session,
  LogLine,
  Mail,
  MailCode,
  MailText,
  MockRequest as MockUser,
  NewApp,
  OpenApp,
  Opened,
  OwnedPasskey as Passkey,
  Page,
  PasskeyDetails,
  PasskeyUse,
  Person,
  Preflight,
  Query,
  Service,
  Snapshot,
  StateChanged,
  Status,
  TrustReport,
  TrustStore,
  Virtual as VirtualState,
  VirtualChange,
  VirtualKey,
} from "../api/types"
export type CeremonyState = "running" | "verified" | "rejected" | "abandoned"
export type Imported = shell.Imported
export type WindowState = shell.State
/** What the person's browser can be asked to open by name. */
export type PageName = SitePage | "mail"

/** What changed in the lab: `topic` names the list to read again. */
export interface LabEvent extends wire.Event {
  topic: Topic
}
export type Topic = "users" | "passkeys" | "sessions" | "services" | "ceremonies" | "mails" | "virtual" | "clock" | "apps" | "missed"

/** The lab as a panel sees it: its verbs, and what the window itself does. Each throws a Fault. */
export const lab = {
  ...verbs,

  state: () => call(() => Bridge.State()),
  start: () => call(() => Bridge.Start()),
  help: (code: string) => call(() => Bridge.Help(code)),
  /** Asks where to put the record; "" where the person changed their mind. */
  exportCeremony: (id: string) => call(() => Bridge.ExportCeremony(id)),
  /** Asks where to put the data; "" where the person changed their mind. */
  exportData: (format: "sting" | "kratos") => call(() => Bridge.ExportData(format)),
  /** Asks for a file; `path` is "" where the person chose none. */
  importData: () => call(() => Bridge.ImportData()),
  /** Puts text into the system's clipboard; false where there is none. The page's own clipboard needs a secure context. */
  copy: (text: string) => ClipboardSetText(text).catch(() => false),

  /** Calls `hear` with the lab's news until the returned function is called. */
  onNews: (hear: (event: LabEvent) => void) => EventsOn("lab", hear),
  /** Calls `hear` with what became of the window's lab until the returned function is called. */
  onState: (hear: (state: WindowState) => void) => EventsOn("window", hear),
}
