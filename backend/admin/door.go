// Package admin has the verbs of the admin door: what the window's panels and
// the terminal can do to a lab. Each is a value of one table, from which follow
// the door's routes, the client, and what describes them; both faces ask for them
// through Door, in the process or over the socket.
package admin

import (
	"context"
	"encoding/json"

	"sting/backend/api"
)

// Door is a lab as its faces have it: Lab answers in the process, client.Client
// over the socket. Every verb of the table is asked for with Ask; for those that
// are asked for in many places there is a method.
type Door struct{ Caller }

// Examine runs every check, or the one with an id together with what it needs;
// NOT_FOUND for an id that is none. found hears of each finding as it comes,
// one at a time; it may be nil.
func (d Door) Examine(ctx context.Context, check string, found func(api.Finding)) (api.DoctorReport, error) {
	if found == nil {
		return Examine.Ask(ctx, d, api.Check{Check: check})
	}
	listening, enough := context.WithCancel(ctx)
	defer enough()
	var report *api.DoctorReport
	err := FollowDoctor.Follow(listening, d, api.Check{Check: check}, func(e api.DoctorEvent) {
		switch {
		case e.Finding != nil:
			found(*e.Finding)
		case e.Report != nil:
			report = e.Report
			enough()
		}
	})
	if report != nil {
		return *report, nil
	}
	if err == nil { // given up: a question says so
		_, err = Examine.Ask(ctx, d, api.Check{Check: check})
	}
	return api.DoctorReport{}, err
}

// Status asks for the verb of its name, as all of these do.
func (d Door) Status(ctx context.Context) (api.Status, error) {
	return Status.Ask(ctx, d, none{})
}

func (d Door) Config(ctx context.Context) (api.ConfigReport, error) {
	return Config.Ask(ctx, d, none{})
}

func (d Door) Clock(ctx context.Context) (api.Clock, error) {
	return Clock.Ask(ctx, d, none{})
}

func (d Door) Certificate(ctx context.Context) (api.Certificate, error) {
	return Certificate.Ask(ctx, d, none{})
}

func (d Door) ClearMails(ctx context.Context) (api.MailsCleared, error) {
	return ClearMails.Ask(ctx, d, none{})
}

func (d Door) Virtual(ctx context.Context) (api.Virtual, error) {
	return Virtual.Ask(ctx, d, none{})
}

func (d Door) Stop(ctx context.Context) error {
	return Stop.Do(ctx, d, none{})
}

func (d Door) Events(ctx context.Context, f func(api.Event)) error {
	return Events.Follow(ctx, d, none{}, f)
}

func (d Door) Open(ctx context.Context, page string) (api.Opened, error) {
	return Open.Ask(ctx, d, api.OpenPage{Page: page})
}

func (d Door) OpenVirtual(ctx context.Context, page string, on *api.Desktop) (api.Opened, error) {
	return Open.Ask(ctx, d, api.OpenPage{Page: page, Virtual: true, Desktop: on})
}

func (d Door) MoveClock(ctx context.Context, by string) (api.Clock, error) {
	return MoveClock.Ask(ctx, d, api.MoveClock{By: by})
}

func (d Door) StartService(ctx context.Context, name string) error {
	return StartService.Do(ctx, d, api.ServiceNamed{Name: name})
}

func (d Door) StopService(ctx context.Context, name string) error {
	return StopService.Do(ctx, d, api.ServiceNamed{Name: name})
}

func (d Door) RestartService(ctx context.Context, name string) error {
	return RestartService.Do(ctx, d, api.ServiceNamed{Name: name})
}

func (d Door) Logs(ctx context.Context, service string, n int) ([]api.LogLine, error) {
	page, err := Logs.Ask(ctx, d, api.LogOf{Name: service, N: n})
	return page.Items, err
}

func (d Door) FollowLogs(ctx context.Context, service string, n int, f func(api.LogLine)) error {
	return FollowLogs.Follow(ctx, d, api.LogOf{Name: service, N: n}, f)
}

func (d Door) Users(ctx context.Context, q api.Query) (api.Page[api.Person], error) {
	return Users.Ask(ctx, d, q)
}

func (d Door) Passkeys(ctx context.Context, q api.Query) (api.Page[api.OwnedPasskey], error) {
	return Passkeys.Ask(ctx, d, q)
}

func (d Door) Sessions(ctx context.Context, q api.Query) (api.Page[api.LabSession], error) {
	return Sessions.Ask(ctx, d, q)
}

func (d Door) Ceremonies(ctx context.Context, q api.CeremonyQuery) (api.Page[api.CeremonySummary], error) {
	return Ceremonies.Ask(ctx, d, q)
}

func (d Door) Mails(ctx context.Context, q api.Query) (api.Page[api.Mail], error) {
	return Mails.Ask(ctx, d, q)
}

func (d Door) User(ctx context.Context, id string) (api.Person, error) {
	return User.Ask(ctx, d, one{ID: id})
}

func (d Door) Passkey(ctx context.Context, id string) (api.OwnedPasskey, error) {
	return Passkey.Ask(ctx, d, one{ID: id})
}

func (d Door) PasskeyDetails(ctx context.Context, id string) (api.PasskeyDetails, error) {
	return PasskeyDetails.Ask(ctx, d, one{ID: id})
}

func (d Door) Session(ctx context.Context, id string) (api.LabSession, error) {
	return Session.Ask(ctx, d, one{ID: id})
}

func (d Door) Ceremony(ctx context.Context, id string) (api.Ceremony, error) {
	return Ceremony.Ask(ctx, d, one{ID: id})
}

func (d Door) Mail(ctx context.Context, id string) (api.MailText, error) {
	return Mail.Ask(ctx, d, one{ID: id})
}

func (d Door) RestoreSnapshot(ctx context.Context, id string) (api.StateChanged, error) {
	return RestoreSnapshot.Ask(ctx, d, one{ID: id})
}

func (d Door) RemoveUser(ctx context.Context, id string) error {
	return RemoveUser.Do(ctx, d, one{ID: id})
}

func (d Door) RemovePasskey(ctx context.Context, id string) error {
	return RemovePasskey.Do(ctx, d, one{ID: id})
}

func (d Door) EndSession(ctx context.Context, id string) error {
	return EndSession.Do(ctx, d, one{ID: id})
}

func (d Door) RemoveMail(ctx context.Context, id string) error {
	return RemoveMail.Do(ctx, d, one{ID: id})
}

func (d Door) RemoveSnapshot(ctx context.Context, id string) error {
	return RemoveSnapshot.Do(ctx, d, one{ID: id})
}

func (d Door) RenamePasskey(ctx context.Context, id, name string) (api.OwnedPasskey, error) {
	return RenamePasskey.Ask(ctx, d, api.RenamePasskey{ID: id, Name: name})
}

func (d Door) Snapshots(ctx context.Context) ([]api.Snapshot, error) {
	page, err := Snapshots.Ask(ctx, d, none{})
	return page.Items, err
}

func (d Door) Browsers(ctx context.Context) ([]api.BrowserPassport, error) {
	page, err := Browsers.Ask(ctx, d, none{})
	return page.Items, err
}

func (d Door) Mock(ctx context.Context, in api.MockRequest) (api.MockRequest, error) {
	return Mock.Ask(ctx, d, in)
}

func (d Door) Trust(ctx context.Context, in api.TrustRequest) (api.TrustReport, error) {
	return Trust.Ask(ctx, d, in)
}

func (d Door) CallWindow(ctx context.Context, in api.WindowCall) (api.WindowAnswer, error) {
	return CallWindow.Ask(ctx, d, in)
}

func (d Door) MailCode(ctx context.Context, in api.MailFor) (api.MailCode, error) {
	return MailCode.Ask(ctx, d, in)
}

func (d Door) WaitMail(ctx context.Context, in api.MailFor) (api.Mail, error) {
	return WaitMail.Ask(ctx, d, in)
}

func (d Door) Preflight(ctx context.Context, in api.PreflightRequest) (api.Preflight, error) {
	return Preflight.Ask(ctx, d, in)
}

func (d Door) Reset(ctx context.Context, in api.ResetRequest) (api.StateChanged, error) {
	return Reset.Ask(ctx, d, in)
}

func (d Door) ChangeVirtual(ctx context.Context, in api.VirtualChange) (api.Virtual, error) {
	return ChangeVirtual.Ask(ctx, d, in)
}

func (d Door) SaveSnapshot(ctx context.Context, name string) (api.Snapshot, error) {
	return SaveSnapshot.Ask(ctx, d, api.Named{Name: name})
}

func (d Door) Repair(ctx context.Context, check string) (api.DoctorReport, error) {
	return Repair.Ask(ctx, d, api.DoctorFix{Check: check})
}

func (d Door) Export(ctx context.Context, format string) (json.RawMessage, error) {
	return Export.Ask(ctx, d, api.ExportAs{Format: format})
}

func (d Door) Import(ctx context.Context, raw json.RawMessage) (api.Imported, error) {
	return Import.Ask(ctx, d, raw)
}
