package admin

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"sting/backend/api"
)

// How long an answer may take that takes longer than any.
const (
	lastingTime = 70 * time.Second // longer than the lab itself gives a service to start
	trustTime   = 5 * time.Minute  // a person may be asked for a password meanwhile
	wholeTime   = 5 * time.Minute  // all that a lab holds is read or written
)

type (
	none  = api.None
	one   = api.ID
	done  = api.Done
	query = api.Query
)

// The verbs about the lab as a whole.
var (
	Status = define[none, api.Status](Reads, "Status", "GET /v1/status", "status",
		"Tells what the lab is, and how its services are.")
	Stop = define[none, done](Changes, "Stop", "POST /v1/stop", "stop",
		"Ends the lab. The answer comes as soon as the lab has heard it.").saying("The lab ends.")
	Open = define[api.OpenPage, api.Opened](Changes, "Open", "POST /v1/open", "open",
		"Opens a page of the site in the person's browser, or in the one with the virtual authenticator.")
	Config = define[none, api.ConfigReport](Reads, "Config", "GET /v1/config", "config check",
		"Tells what configuration is in force, where it comes from, and what is wrong in the file.")
	Mock = define[api.MockRequest, api.MockRequest](Changes, "Mock", "POST /v1/mock", "mock",
		"Shows every browser as signed in, for front-end work, until it is off again or the lab ends. It opens nothing.")
	Clock = define[none, api.Clock](Reads, "Clock", "GET /v1/clock", "clock",
		"Tells the lab's time beside the machine's.")
	MoveClock = define[api.MoveClock, api.Clock](Changes, "MoveClock", "POST /v1/clock", "clock",
		`Moves the lab's clock by a duration, or back with "reset": sessions and challenges follow, TLS doesn't.`)
	Certificate = define[none, api.Certificate](Reads, "Certificate", "GET /v1/certificate", "cert",
		"Describes the certificate that the site shows to browsers.")
	Trust = define[api.TrustRequest, api.TrustReport](Changes, "Trust", "POST /v1/trust", "trust",
		"Puts the lab's authority into stores of trusted certificates, or takes it out.").within(trustTime)
	OpenAPI = define[none, json.RawMessage](Reads, "OpenAPI", "GET /v1/openapi.json", "help api",
		"Describes every verb as OpenAPI 3.1.")
	Events = stream[none, api.Event]("Events", "GET /v1/events", "",
		"Tells what changes in the lab. The topic missed says that news were lost: ask for everything again.")
	CallWindow = define[api.WindowCall, api.WindowAnswer](Changes, "CallWindow", "POST /v1/window", "",
		"Asks the lab's window to come to the front, or tells that one did.")
)

// The verbs about services.
var (
	StartService = define[api.ServiceNamed, done](Changes, "StartService", "POST /v1/services/{name}/start", "start",
		"Starts a service and what it needs, and waits until it is ready.").saying("The service runs.").within(lastingTime)
	StopService = define[api.ServiceNamed, done](Changes, "StopService", "POST /v1/services/{name}/stop", "stop",
		"Stops a service and what needs it, and waits until it has ended.").saying("The service is stopped.").within(lastingTime)
	RestartService = define[api.ServiceNamed, done](Changes, "RestartService", "POST /v1/services/{name}/restart", "restart",
		"Stops a service with what needs it and starts them again.").saying("The service runs again.").within(lastingTime)
	Logs = define[api.LogOf, api.Page[api.LogLine]](Reads, "Logs", "GET /v1/services/{name}/logs", "logs",
		"Returns the last lines of a service, oldest first; of the whole lab for all.")
	FollowLogs = stream[api.LogOf, api.LogLine]("FollowLogs", "GET /v1/services/{name}/logs?follow=1", "logs",
		"Tells the last lines of a service, and then each new one.").after(Logs.Spec)
)

// The verbs about people and what they have.
var (
	Users = define[query, api.Page[api.Person]](Reads, "Users", "GET /v1/users", "users list",
		"Lists the accounts.")
	User = define[one, api.Person](Reads, "User", "GET /v1/users/{id}", "users show",
		"Shows an account, by its id or its e-mail address.")
	RemoveUser = define[one, done](Destroys, "RemoveUser", "DELETE /v1/users/{id}", "users remove",
		"Removes an account with everything it has.").saying("The account was removed.")

	Passkeys = define[query, api.Page[api.OwnedPasskey]](Reads, "Passkeys", "GET /v1/passkeys", "passkeys list",
		"Lists the credentials of everybody, tombstones too.")
	Passkey = define[one, api.OwnedPasskey](Reads, "Passkey", "GET /v1/passkeys/{id}", "passkeys show",
		"Shows a credential.")
	RenamePasskey = define[api.RenamePasskey, api.OwnedPasskey](Changes, "RenamePasskey", "PUT /v1/passkeys/{id}", "passkeys rename",
		"Gives a credential another name, of 1 to 100 characters.")
	RemovePasskey = define[one, done](Destroys, "RemovePasskey", "DELETE /v1/passkeys/{id}", "passkeys remove",
		"Removes a credential and leaves a tombstone.").saying("The passkey was removed.")
	PasskeyDetails = define[one, api.PasskeyDetails](Reads, "PasskeyDetails", "GET /v1/passkeys/{id}/details", "passkeys show",
		"Shows a credential down to its key, with what was odd about its uses.")

	Sessions = define[query, api.Page[api.LabSession]](Reads, "Sessions", "GET /v1/sessions", "sessions list",
		"Lists the sessions of everybody, ended and expired ones too as long as they are kept.")
	Session = define[one, api.LabSession](Reads, "Session", "GET /v1/sessions/{id}", "sessions show",
		"Shows a session.")
	EndSession = define[one, done](Destroys, "EndSession", "DELETE /v1/sessions/{id}", "sessions remove",
		"Ends a session: that browser's next request is nobody's.").saying("The session was ended.")
)

// The verbs about ceremonies.
var (
	Ceremonies = define[api.CeremonyQuery, api.Page[api.CeremonySummary]](Reads, "Ceremonies", "GET /v1/ceremonies", "ceremonies list",
		"Lists the recorded ceremonies, newest first.")
	Ceremony = define[one, api.Ceremony](Reads, "Ceremony", "GET /v1/ceremonies/{id}", "ceremonies show",
		"Shows a recorded ceremony with its explanation.")
	FollowCeremonies = stream[query, api.CeremonySummary]("FollowCeremonies", "GET /v1/ceremonies?follow=1", "ceremonies follow",
		"Tells each ceremony that begins or ends.")
	Explain = define[json.RawMessage, api.Explanation](Reads, "Explain", "POST /v1/explain", "explain",
		"Takes a ceremony apart, step by step: a record, a file of the lab, or the bare answer of a browser.").
		taking("ceremony", 1<<20, "") // an answer of the longest kind that the site takes, and the options beside it
)

// The verbs about caught mails.
var (
	Mails = define[query, api.Page[api.Mail]](Reads, "Mails", "GET /v1/mail", "mail list",
		"Lists caught mails, newest first; q is a search in Mailpit's words.")
	Mail = define[one, api.MailText](Changes, "Mail", "GET /v1/mail/{id}", "mail show",
		"Opens a mail, which marks it as read. latest is the newest one.")
	RemoveMail = define[one, done](Destroys, "RemoveMail", "DELETE /v1/mail/{id}", "mail remove",
		"Deletes a mail.").saying("The mail was deleted.")
	ClearMails = define[none, api.MailsCleared](Destroys, "ClearMails", "DELETE /v1/mail", "mail clear",
		"Deletes every mail.")
	MailCode = define[api.MailFor, api.MailCode](Reads, "MailCode", "POST /v1/mail/{id}/code", "mail code",
		"Returns the code of the newest mail to an address that holds one, and waits for it where that is asked for.")
	WaitMail = define[api.MailFor, api.Mail](Changes, "WaitMail", "POST /v1/mail/{id}/wait", "mail wait",
		"Returns the newest unread mail to an address, and waits for one where there is none. It is read from then on.")
)

// The verbs about health.
var (
	Examine = define[api.Check, api.DoctorReport](Reads, "Examine", "GET /v1/doctor", "doctor",
		"Runs every check, or the one with an id together with what it needs.").within(lastingTime)
	FollowDoctor = stream[api.Check, api.DoctorEvent]("FollowDoctor", "GET /v1/doctor?follow=1", "doctor",
		"Runs the checks and tells each finding as it comes, and the report at the end.").late()
	Repair = define[api.DoctorFix, api.DoctorReport](Changes, "Repair", "POST /v1/doctor/fix", "doctor",
		"Examines, repairs what failed where that is safe, and examines again.").within(lastingTime)
	Browsers = define[none, api.Page[api.BrowserPassport]](Reads, "Browsers", "GET /v1/browsers", "browsers",
		"Lists what the browsers that were here can do, the latest first.")
	Preflight = define[api.PreflightRequest, api.Preflight](Reads, "Preflight", "POST /v1/preflight", "preflight",
		"Says whether a page may hold a ceremony for a relying party ID, and by which rule not.")
)

// The verbs about the lab's data.
var (
	Snapshots = define[none, api.Page[api.Snapshot]](Reads, "Snapshots", "GET /v1/snapshots", "snapshot list",
		"Lists the copies of the lab's data, newest first.")
	SaveSnapshot = define[api.Named, api.Snapshot](Changes, "SaveSnapshot", "POST /v1/snapshots", "snapshot save",
		"Copies the lab's data while it runs.").within(wholeTime)
	RestoreSnapshot = define[one, api.StateChanged](Destroys, "RestoreSnapshot", "POST /v1/snapshots/{id}/restore", "snapshot restore",
		"Puts a copy in the data's place, after a snapshot of what is there.").within(wholeTime)
	RemoveSnapshot = define[one, done](Destroys, "RemoveSnapshot", "DELETE /v1/snapshots/{id}", "snapshot remove",
		"Deletes a copy.").saying("The snapshot was removed.")
	Reset = define[api.ResetRequest, api.StateChanged](Destroys, "Reset", "POST /v1/reset", "reset",
		"Forgets users, sessions, passkeys, mails and records, after a snapshot, which holds neither mails nor records.").within(wholeTime)
	Export = define[api.ExportAs, json.RawMessage](Reads, "Export", "GET /v1/export", "export",
		"Returns accounts, passkeys and sessions as JSON: the format sting, or kratos for the import of a Kratos.").within(wholeTime)
	Import = define[json.RawMessage, api.Imported](Changes, "Import", "POST /v1/import", "import",
		"Takes what Export wrote; what is there already stays as it is.").
		taking("file", 256<<20, "Split the export: it is one JSON object with three lists.").within(wholeTime)
)

// The verbs about the virtual authenticator.
var (
	Virtual = define[none, api.Virtual](Reads, "Virtual", "GET /v1/virtual", "virtual",
		"Tells whether the browser with the virtual authenticator runs, and which keys are kept.")
	ChangeVirtual = define[api.VirtualChange, api.Virtual](Changes, "ChangeVirtual", "POST /v1/virtual", "virtual",
		"Makes the virtual authenticator err, mends it, or closes its browser.").within(lastingTime)
)

// The verbs about the person's own apps.
var (
	ListApps = define[none, api.Page[api.App]](Reads, "ListApps", "GET /v1/apps", "app list",
		"Lists the person's own web apps that sting.yml names.")
	ShowApp = define[api.AppNamed, api.AppPage](Reads, "ShowApp", "GET /v1/apps/{name}", "app show",
		"Shows an app: whether it answers, what browsers say to its origin, its passkeys and ceremonies.")
	AddApp = define[api.NewApp, api.App](Changes, "AddApp", "POST /v1/apps", "app add",
		"Writes one more app into sting.yml.")
	RemoveApp = define[api.AppNamed, done](Destroys, "RemoveApp", "DELETE /v1/apps/{name}", "app remove",
		"Takes an app out of sting.yml, and throws its browser profile away.").saying("The app was removed.")
	OpenApp = define[api.OpenApp, api.AppOpened](Changes, "OpenApp", "POST /v1/visits", "open",
		"Opens a page of an app, or a page of this machine, in the lab browser.")
)

// Table returns every verb, sorted by path, then method; a stream behind the
// verb whose address it shares.
func Table() []Spec {
	return []Spec{
		ListApps.Spec, AddApp.Spec, RemoveApp.Spec, ShowApp.Spec,
		Browsers.Spec, Ceremonies.Spec, FollowCeremonies.Spec, Ceremony.Spec, Certificate.Spec, Clock.Spec, MoveClock.Spec,
		Config.Spec, Examine.Spec, FollowDoctor.Spec, Repair.Spec, Events.Spec, Explain.Spec, Export.Spec, Import.Spec,
		ClearMails.Spec, Mails.Spec, RemoveMail.Spec, Mail.Spec, MailCode.Spec, WaitMail.Spec, Mock.Spec, Open.Spec, OpenAPI.Spec,
		Passkeys.Spec, RemovePasskey.Spec, Passkey.Spec, RenamePasskey.Spec, PasskeyDetails.Spec, Preflight.Spec, Reset.Spec,
		Logs.Spec, FollowLogs.Spec, RestartService.Spec, StartService.Spec, StopService.Spec,
		Sessions.Spec, EndSession.Spec, Session.Spec, Snapshots.Spec, SaveSnapshot.Spec, RemoveSnapshot.Spec, RestoreSnapshot.Spec,
		Status.Spec, Stop.Spec, Trust.Spec, Users.Spec, RemoveUser.Spec, User.Spec, Virtual.Spec, ChangeVirtual.Spec, OpenApp.Spec,
		CallWindow.Spec,
	}
}

// answers binds every verb of the table.
func (l *Lab) answers() Answers {
	return Answering(
		OpenAPI.By(func(context.Context, none) (json.RawMessage, error) { return Describe() }),
		Status.By(asked(l.Status)), Stop.By(doing(Stop, func(ctx context.Context, _ none) error { return l.Stop(ctx) })),
		Open.By(opening(l)), Config.By(asked(l.Config)), Mock.By(l.Mock), Clock.By(asked(l.Clock)),
		MoveClock.By(func(ctx context.Context, in api.MoveClock) (api.Clock, error) { return l.MoveClock(ctx, in.By) }),
		Certificate.By(asked(l.Certificate)), Trust.By(l.Trust), CallWindow.By(l.CallWindow),
		Events.By(func(ctx context.Context, _ none, f func(api.Event)) error { return l.Events(ctx, f) }),

		StartService.By(doing(StartService, named(l.StartService))), StopService.By(doing(StopService, named(l.StopService))),
		RestartService.By(doing(RestartService, named(l.RestartService))), Logs.By(logs(l)),
		FollowLogs.By(func(ctx context.Context, in api.LogOf, f func(api.LogLine)) error {
			return l.FollowLogs(ctx, in.Name, in.N, f)
		}),

		Users.By(l.Users), User.By(by(l.User)), RemoveUser.By(removing(RemoveUser, l.RemoveUser)),
		Passkeys.By(l.Passkeys), Passkey.By(by(l.Passkey)), PasskeyDetails.By(by(l.PasskeyDetails)),
		RenamePasskey.By(func(ctx context.Context, in api.RenamePasskey) (api.OwnedPasskey, error) {
			return l.RenamePasskey(ctx, in.ID, in.Name)
		}),
		RemovePasskey.By(removing(RemovePasskey, l.RemovePasskey)),
		Sessions.By(l.Sessions), Session.By(by(l.Session)), EndSession.By(removing(EndSession, l.EndSession)),

		Ceremonies.By(l.Ceremonies), Ceremony.By(by(l.Ceremony)), FollowCeremonies.By(followCeremonies(l)), Explain.By(l.Explain),
		Mails.By(l.Mails), Mail.By(by(l.Mail)), RemoveMail.By(removing(RemoveMail, l.RemoveMail)), ClearMails.By(asked(l.ClearMails)),
		MailCode.By(l.MailCode), WaitMail.By(l.WaitMail),

		Examine.By(func(ctx context.Context, in api.Check) (api.DoctorReport, error) {
			return l.Examine(ctx, in.Check, nil)
		}),
		FollowDoctor.By(followDoctor(l)), Browsers.By(asked(listing(l.Browsers))), Preflight.By(l.Preflight),
		Repair.By(func(ctx context.Context, in api.DoctorFix) (api.DoctorReport, error) { return l.Repair(ctx, in.Check) }),

		Snapshots.By(asked(listing(l.Snapshots))), RestoreSnapshot.By(by(l.RestoreSnapshot)),
		SaveSnapshot.By(func(ctx context.Context, in api.Named) (api.Snapshot, error) { return l.SaveSnapshot(ctx, in.Name) }),
		RemoveSnapshot.By(removing(RemoveSnapshot, l.RemoveSnapshot)), Reset.By(l.Reset), Import.By(importing(l)),
		Export.By(func(ctx context.Context, in api.ExportAs) (json.RawMessage, error) { return l.Export(ctx, in.Format) }),
		Virtual.By(asked(l.Virtual)), ChangeVirtual.By(l.ChangeVirtual),
		ListApps.By(l.ListApps), ShowApp.By(l.ShowApp), AddApp.By(l.AddApp), RemoveApp.By(doing(RemoveApp, l.RemoveApp)), OpenApp.By(l.OpenApp),
	)
}

// Find returns the verb of a name, and whether there is one.
func Find(name string) (Spec, bool) {
	all := Table()
	i := slices.IndexFunc(all, func(v Spec) bool { return v.Name == name })
	if i < 0 {
		return Spec{}, false
	}
	return all[i], true
}
