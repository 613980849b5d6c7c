// Generated from the table of verbs in the Go package backend/admin by build/bindings; don't edit.
import type {
  App,
  AppNamed,
  AppOpened,
  AppPage,
  BrowserPassport,
  Ceremony,
  CeremonyQuery,
  CeremonySummary,
  Certificate,
  Check,
  Clock,
  ConfigReport,
  DoctorEvent,
  DoctorFix,
  DoctorReport,
  Done,
  Event,
  Explanation,
  ExportAs,
  ID,
  Imported,
  LabSession,
  LogLine,
  LogOf,
  Mail,
  MailCode,
  MailFor,
  MailText,
  MailsCleared,
  MockRequest,
  MoveClock,
  Named,
  NewApp,
  OpenApp,
  OpenPage,
  Opened,
  OwnedPasskey,
  Page,
  PasskeyDetails,
  Person,
  Preflight,
  PreflightRequest,
  Query,
  RenamePasskey,
  ResetRequest,
  ServiceNamed,
  Snapshot,
  StateChanged,
  Status,
  TrustReport,
  TrustRequest,
  Virtual,
  VirtualChange,
  WindowAnswer,
  WindowCall,
} from "../api/types"
import { ask, follow } from "./bridge"

/** What each verb answers, or tells as often as there is something. */
export interface Answers {
  ListApps: Page<App>
  AddApp: App
  RemoveApp: Done
  ShowApp: AppPage
  Browsers: Page<BrowserPassport>
  Ceremonies: Page<CeremonySummary>
  FollowCeremonies: CeremonySummary
  Ceremony: Ceremony
  Certificate: Certificate
  Clock: Clock
  MoveClock: Clock
  Config: ConfigReport
  Examine: DoctorReport
  FollowDoctor: DoctorEvent
  Repair: DoctorReport
  Events: Event
  Explain: Explanation
  Export: unknown
  Import: Imported
  ClearMails: MailsCleared
  Mails: Page<Mail>
  RemoveMail: Done
  Mail: MailText
  MailCode: MailCode
  WaitMail: Mail
  Mock: MockRequest
  Open: Opened
  OpenAPI: unknown
  Passkeys: Page<OwnedPasskey>
  RemovePasskey: Done
  Passkey: OwnedPasskey
  RenamePasskey: OwnedPasskey
  PasskeyDetails: PasskeyDetails
  Preflight: Preflight
  Reset: StateChanged
  Logs: Page<LogLine>
  FollowLogs: LogLine
  RestartService: Done
  StartService: Done
  StopService: Done
  Sessions: Page<LabSession>
  EndSession: Done
  Session: LabSession
  Snapshots: Page<Snapshot>
  SaveSnapshot: Snapshot
  RemoveSnapshot: Done
  RestoreSnapshot: StateChanged
  Status: Status
  Stop: Done
  Trust: TrustReport
  Users: Page<Person>
  RemoveUser: Done
  User: Person
  Virtual: Virtual
  ChangeVirtual: Virtual
  OpenApp: AppOpened
  CallWindow: WindowAnswer
}

/** One function a verb. Each throws a Fault; what is left out of a question is "", false or 0. */
export const verbs = {
  /** Lists the person's own web apps that sting.yml names. */
  listApps: () => ask<Answers["ListApps"]>("ListApps", {}),
  /** Writes one more app into sting.yml. */
  addApp: (asked: Partial<NewApp>) => ask<Answers["AddApp"]>("AddApp", asked),
  /** Takes an app out of sting.yml, and throws its browser profile away. */
  removeApp: (asked: AppNamed) => ask<Answers["RemoveApp"]>("RemoveApp", asked),
  /** Shows an app: whether it answers, what browsers say to its origin, its passkeys and ceremonies. */
  showApp: (asked: AppNamed) => ask<Answers["ShowApp"]>("ShowApp", asked),
  /** Lists what the browsers that were here can do, the latest first. */
  browsers: () => ask<Answers["Browsers"]>("Browsers", {}),
  /** Lists the recorded ceremonies, newest first. */
  ceremonies: (asked: Partial<CeremonyQuery>) => ask<Answers["Ceremonies"]>("Ceremonies", asked),
  /** Tells each ceremony that begins or ends. */
  followCeremonies: (asked: Partial<Query>, hear: (item: CeremonySummary) => void) => follow("FollowCeremonies", asked, hear),
  /** Shows a recorded ceremony with its explanation. */
  ceremony: (asked: ID) => ask<Answers["Ceremony"]>("Ceremony", asked),
  /** Describes the certificate that the site shows to browsers. */
  certificate: () => ask<Answers["Certificate"]>("Certificate", {}),
  /** Tells the lab's time beside the machine's. */
  clock: () => ask<Answers["Clock"]>("Clock", {}),
  /** Moves the lab's clock by a duration, or back with "reset": sessions and challenges follow, TLS doesn't. */
  moveClock: (asked: Partial<MoveClock>) => ask<Answers["MoveClock"]>("MoveClock", asked),
  /** Tells what configuration is in force, where it comes from, and what is wrong in the file. */
  config: () => ask<Answers["Config"]>("Config", {}),
  /** Runs every check, or the one with an id together with what it needs. */
  examine: (asked: Partial<Check>) => ask<Answers["Examine"]>("Examine", asked),
  /** Runs the checks and tells each finding as it comes, and the report at the end. */
  followDoctor: (asked: Partial<Check>, hear: (item: DoctorEvent) => void) => follow("FollowDoctor", asked, hear),
  /** Examines, repairs what failed where that is safe, and examines again. */
  repair: (asked: Partial<DoctorFix>) => ask<Answers["Repair"]>("Repair", asked),
  /** Tells what changes in the lab. The topic missed says that news were lost: ask for everything again. */
  events: (hear: (item: Event) => void) => follow("Events", {}, hear),
  /** Takes a ceremony apart, step by step: a record, a file of the lab, or the bare answer of a browser. */
  explain: (asked: string) => ask<Answers["Explain"]>("Explain", asked),
  /** Returns accounts, passkeys and sessions as JSON: the format sting, or kratos for the import of a Kratos. */
  export: (asked: Partial<ExportAs>) => ask<Answers["Export"]>("Export", asked),
  /** Takes what Export wrote; what is there already stays as it is. */
  import: (asked: string) => ask<Answers["Import"]>("Import", asked),
  /** Deletes every mail. */
  clearMails: () => ask<Answers["ClearMails"]>("ClearMails", {}),
  /** Lists caught mails, newest first; q is a search in Mailpit's words. */
  mails: (asked: Partial<Query>) => ask<Answers["Mails"]>("Mails", asked),
  /** Deletes a mail. */
  removeMail: (asked: ID) => ask<Answers["RemoveMail"]>("RemoveMail", asked),
  /** Opens a mail, which marks it as read. latest is the newest one. */
  mail: (asked: ID) => ask<Answers["Mail"]>("Mail", asked),
  /** Returns the code of the newest mail to an address that holds one, and waits for it where that is asked for. */
  mailCode: (asked: Partial<MailFor> & Pick<MailFor, "address">) => ask<Answers["MailCode"]>("MailCode", asked),
  /** Returns the newest unread mail to an address, and waits for one where there is none. It is read from then on. */
  waitMail: (asked: Partial<MailFor> & Pick<MailFor, "address">) => ask<Answers["WaitMail"]>("WaitMail", asked),
  /** Shows every browser as signed in, for front-end work, until it is off again or the lab ends. It opens nothing. */
  mock: (asked: Partial<MockRequest>) => ask<Answers["Mock"]>("Mock", asked),
  /** Opens a page of the site in the person's browser, or in the one with the virtual authenticator. */
  open: (asked: Partial<OpenPage>) => ask<Answers["Open"]>("Open", asked),
  /** Describes every verb as OpenAPI 3.1. */
  openAPI: () => ask<Answers["OpenAPI"]>("OpenAPI", {}),
  /** Lists the credentials of everybody, tombstones too. */
  passkeys: (asked: Partial<Query>) => ask<Answers["Passkeys"]>("Passkeys", asked),
  /** Removes a credential and leaves a tombstone. */
  removePasskey: (asked: ID) => ask<Answers["RemovePasskey"]>("RemovePasskey", asked),
  /** Shows a credential. */
  passkey: (asked: ID) => ask<Answers["Passkey"]>("Passkey", asked),
  /** Gives a credential another name, of 1 to 100 characters. */
  renamePasskey: (asked: Partial<RenamePasskey> & Pick<RenamePasskey, "id">) => ask<Answers["RenamePasskey"]>("RenamePasskey", asked),
  /** Shows a credential down to its key, with what was odd about its uses. */
  passkeyDetails: (asked: ID) => ask<Answers["PasskeyDetails"]>("PasskeyDetails", asked),
  /** Says whether a page may hold a ceremony for a relying party ID, and by which rule not. */
  preflight: (asked: Partial<PreflightRequest>) => ask<Answers["Preflight"]>("Preflight", asked),
  /** Forgets users, sessions, passkeys, mails and records, after a snapshot, which holds neither mails nor records. */
  reset: (asked: Partial<ResetRequest>) => ask<Answers["Reset"]>("Reset", asked),
  /** Returns the last lines of a service, oldest first; of the whole lab for all. */
  logs: (asked: Partial<LogOf>) => ask<Answers["Logs"]>("Logs", asked),
  /** Tells the last lines of a service, and then each new one. */
  followLogs: (asked: Partial<LogOf>, hear: (item: LogLine) => void) => follow("FollowLogs", asked, hear),
  /** Stops a service with what needs it and starts them again. */
  restartService: (asked: ServiceNamed) => ask<Answers["RestartService"]>("RestartService", asked),
  /** Starts a service and what it needs, and waits until it is ready. */
  startService: (asked: ServiceNamed) => ask<Answers["StartService"]>("StartService", asked),
  /** Stops a service and what needs it, and waits until it has ended. */
  stopService: (asked: ServiceNamed) => ask<Answers["StopService"]>("StopService", asked),
  /** Lists the sessions of everybody, ended and expired ones too as long as they are kept. */
  sessions: (asked: Partial<Query>) => ask<Answers["Sessions"]>("Sessions", asked),
  /** Ends a session: that browser's next request is nobody's. */
  endSession: (asked: ID) => ask<Answers["EndSession"]>("EndSession", asked),
  /** Shows a session. */
  session: (asked: ID) => ask<Answers["Session"]>("Session", asked),
  /** Lists the copies of the lab's data, newest first. */
  snapshots: () => ask<Answers["Snapshots"]>("Snapshots", {}),
  /** Copies the lab's data while it runs. */
  saveSnapshot: (asked: Partial<Named>) => ask<Answers["SaveSnapshot"]>("SaveSnapshot", asked),
  /** Deletes a copy. */
  removeSnapshot: (asked: ID) => ask<Answers["RemoveSnapshot"]>("RemoveSnapshot", asked),
  /** Puts a copy in the data's place, after a snapshot of what is there. */
  restoreSnapshot: (asked: ID) => ask<Answers["RestoreSnapshot"]>("RestoreSnapshot", asked),
  /** Tells what the lab is, and how its services are. */
  status: () => ask<Answers["Status"]>("Status", {}),
  /** Ends the lab. The answer comes as soon as the lab has heard it. */
  stop: () => ask<Answers["Stop"]>("Stop", {}),
  /** Puts the lab's authority into stores of trusted certificates, or takes it out. */
  trust: (asked: Partial<TrustRequest>) => ask<Answers["Trust"]>("Trust", asked),
  /** Lists the accounts. */
  users: (asked: Partial<Query>) => ask<Answers["Users"]>("Users", asked),
  /** Removes an account with everything it has. */
  removeUser: (asked: ID) => ask<Answers["RemoveUser"]>("RemoveUser", asked),
  /** Shows an account, by its id or its e-mail address. */
  user: (asked: ID) => ask<Answers["User"]>("User", asked),
  /** Tells whether the browser with the virtual authenticator runs, and which keys are kept. */
  virtual: () => ask<Answers["Virtual"]>("Virtual", {}),
  /** Makes the virtual authenticator err, mends it, or closes its browser. */
  changeVirtual: (asked: Partial<VirtualChange>) => ask<Answers["ChangeVirtual"]>("ChangeVirtual", asked),
  /** Opens a page of an app, or a page of this machine, in the lab browser. */
  openApp: (asked: Partial<OpenApp>) => ask<Answers["OpenApp"]>("OpenApp", asked),
  /** Asks the lab's window to come to the front, or tells that one did. */
  callWindow: (asked: Partial<WindowCall>) => ask<Answers["CallWindow"]>("CallWindow", asked),
}
