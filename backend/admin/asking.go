package admin

import (
	"context"
	"encoding/json"

	"sting/backend/api"
)

// Asking is a Door that asks a Caller.
type Asking struct{ Caller }

var _ Door = Asking{}

// Examine implements Door: found hears of each finding as it comes.
func (a Asking) Examine(ctx context.Context, check string, found func(api.Finding)) (api.DoctorReport, error) {
	if found == nil {
		return Examine.Ask(ctx, a, api.Check{Check: check})
	}
	listening, enough := context.WithCancel(ctx)
	defer enough()
	var report *api.DoctorReport
	err := FollowDoctor.Follow(listening, a, api.Check{Check: check}, func(e api.DoctorEvent) {
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
		_, err = Examine.Ask(ctx, a, api.Check{Check: check})
	}
	return api.DoctorReport{}, err
}

// Status asks for the verb of its name, as all of these do.
func (a Asking) Status(ctx context.Context) (api.Status, error) {
	return Status.Ask(ctx, a, none{})
}

func (a Asking) Config(ctx context.Context) (api.ConfigReport, error) {
	return Config.Ask(ctx, a, none{})
}

func (a Asking) Clock(ctx context.Context) (api.Clock, error) {
	return Clock.Ask(ctx, a, none{})
}

func (a Asking) Certificate(ctx context.Context) (api.Certificate, error) {
	return Certificate.Ask(ctx, a, none{})
}

func (a Asking) ClearMails(ctx context.Context) (api.MailsCleared, error) {
	return ClearMails.Ask(ctx, a, none{})
}

func (a Asking) Virtual(ctx context.Context) (api.Virtual, error) {
	return Virtual.Ask(ctx, a, none{})
}

func (a Asking) Stop(ctx context.Context) error {
	return Stop.Do(ctx, a, none{})
}

func (a Asking) Events(ctx context.Context, f func(api.Event)) error {
	return Events.Follow(ctx, a, none{}, f)
}

func (a Asking) Open(ctx context.Context, page string) (api.Opened, error) {
	return Open.Ask(ctx, a, api.OpenPage{Page: page})
}

func (a Asking) OpenVirtual(ctx context.Context, page string, on *api.Desktop) (api.Opened, error) {
	return Open.Ask(ctx, a, api.OpenPage{Page: page, Virtual: true, Desktop: on})
}

func (a Asking) MoveClock(ctx context.Context, by string) (api.Clock, error) {
	return MoveClock.Ask(ctx, a, api.MoveClock{By: by})
}

func (a Asking) StartService(ctx context.Context, name string) error {
	return StartService.Do(ctx, a, api.ServiceNamed{Name: name})
}

func (a Asking) StopService(ctx context.Context, name string) error {
	return StopService.Do(ctx, a, api.ServiceNamed{Name: name})
}

func (a Asking) RestartService(ctx context.Context, name string) error {
	return RestartService.Do(ctx, a, api.ServiceNamed{Name: name})
}

func (a Asking) Logs(ctx context.Context, service string, n int) ([]api.LogLine, error) {
	page, err := Logs.Ask(ctx, a, api.LogOf{Name: service, N: n})
	return page.Items, err
}

func (a Asking) FollowLogs(ctx context.Context, service string, n int, f func(api.LogLine)) error {
	return FollowLogs.Follow(ctx, a, api.LogOf{Name: service, N: n}, f)
}

func (a Asking) Users(ctx context.Context, q api.Query) (api.Page[api.Person], error) {
	return Users.Ask(ctx, a, q)
}

func (a Asking) Passkeys(ctx context.Context, q api.Query) (api.Page[api.OwnedPasskey], error) {
	return Passkeys.Ask(ctx, a, q)
}

func (a Asking) Sessions(ctx context.Context, q api.Query) (api.Page[api.LabSession], error) {
	return Sessions.Ask(ctx, a, q)
}

func (a Asking) Ceremonies(ctx context.Context, q api.Query) (api.Page[api.CeremonySummary], error) {
	return Ceremonies.Ask(ctx, a, q)
}

func (a Asking) Mails(ctx context.Context, q api.Query) (api.Page[api.Mail], error) {
	return Mails.Ask(ctx, a, q)
}

func (a Asking) User(ctx context.Context, id string) (api.Person, error) {
	return User.Ask(ctx, a, one{ID: id})
}

func (a Asking) Passkey(ctx context.Context, id string) (api.OwnedPasskey, error) {
	return Passkey.Ask(ctx, a, one{ID: id})
}

func (a Asking) PasskeyDetails(ctx context.Context, id string) (api.PasskeyDetails, error) {
	return PasskeyDetails.Ask(ctx, a, one{ID: id})
}

func (a Asking) Session(ctx context.Context, id string) (api.LabSession, error) {
	return Session.Ask(ctx, a, one{ID: id})
}

func (a Asking) Ceremony(ctx context.Context, id string) (api.Ceremony, error) {
	return Ceremony.Ask(ctx, a, one{ID: id})
}

func (a Asking) Mail(ctx context.Context, id string) (api.MailText, error) {
	return Mail.Ask(ctx, a, one{ID: id})
}

func (a Asking) RestoreSnapshot(ctx context.Context, id string) (api.StateChanged, error) {
	return RestoreSnapshot.Ask(ctx, a, one{ID: id})
}

func (a Asking) RemoveUser(ctx context.Context, id string) error {
	return RemoveUser.Do(ctx, a, one{ID: id})
}

func (a Asking) RemovePasskey(ctx context.Context, id string) error {
	return RemovePasskey.Do(ctx, a, one{ID: id})
}

func (a Asking) EndSession(ctx context.Context, id string) error {
	return EndSession.Do(ctx, a, one{ID: id})
}

func (a Asking) RemoveMail(ctx context.Context, id string) error {
	return RemoveMail.Do(ctx, a, one{ID: id})
}

func (a Asking) RemoveSnapshot(ctx context.Context, id string) error {
	return RemoveSnapshot.Do(ctx, a, one{ID: id})
}

func (a Asking) RenamePasskey(ctx context.Context, id, name string) (api.OwnedPasskey, error) {
	return RenamePasskey.Ask(ctx, a, api.RenamePasskey{ID: id, Name: name})
}

func (a Asking) Snapshots(ctx context.Context) ([]api.Snapshot, error) {
	page, err := Snapshots.Ask(ctx, a, none{})
	return page.Items, err
}

func (a Asking) Browsers(ctx context.Context) ([]api.BrowserPassport, error) {
	page, err := Browsers.Ask(ctx, a, none{})
	return page.Items, err
}

func (a Asking) Mock(ctx context.Context, in api.MockRequest) (api.MockRequest, error) {
	return Mock.Ask(ctx, a, in)
}

func (a Asking) Trust(ctx context.Context, in api.TrustRequest) (api.TrustReport, error) {
	return Trust.Ask(ctx, a, in)
}

func (a Asking) CallWindow(ctx context.Context, in api.WindowCall) (api.WindowAnswer, error) {
	return CallWindow.Ask(ctx, a, in)
}

func (a Asking) MailCode(ctx context.Context, in api.MailFor) (api.MailCode, error) {
	return MailCode.Ask(ctx, a, in)
}

func (a Asking) WaitMail(ctx context.Context, in api.MailFor) (api.Mail, error) {
	return WaitMail.Ask(ctx, a, in)
}

func (a Asking) Preflight(ctx context.Context, in api.PreflightRequest) (api.Preflight, error) {
	return Preflight.Ask(ctx, a, in)
}

func (a Asking) Reset(ctx context.Context, in api.ResetRequest) (api.StateChanged, error) {
	return Reset.Ask(ctx, a, in)
}

func (a Asking) ChangeVirtual(ctx context.Context, in api.VirtualChange) (api.Virtual, error) {
	return ChangeVirtual.Ask(ctx, a, in)
}

func (a Asking) SaveSnapshot(ctx context.Context, name string) (api.Snapshot, error) {
	return SaveSnapshot.Ask(ctx, a, api.Named{Name: name})
}

func (a Asking) Repair(ctx context.Context, check string) (api.DoctorReport, error) {
	return Repair.Ask(ctx, a, api.DoctorFix{Check: check})
}

func (a Asking) Export(ctx context.Context, format string) (json.RawMessage, error) {
	return Export.Ask(ctx, a, api.ExportAs{Format: format})
}

func (a Asking) Import(ctx context.Context, raw json.RawMessage) (api.Imported, error) {
	return Import.Ask(ctx, a, raw)
}

func (a Asking) Explain(ctx context.Context, raw json.RawMessage) (api.Explanation, error) {
	return Explain.Ask(ctx, a, raw)
}
