package admin

import (
	"context"
	"encoding/json"

	"sting/backend/api"
	"sting/backend/document"
	"sting/backend/fault"
)

// Bind returns what answers the verbs of a door, all of the table.
func Bind(d Door) Answers {
	return answers(
		OpenAPI.By(func(context.Context, none) (json.RawMessage, error) { return Describe() }),
		Status.By(asked(d.Status)), Stop.By(doing(Stop, func(ctx context.Context, _ none) error { return d.Stop(ctx) })),
		Open.By(opening(d)), Config.By(asked(d.Config)), Mock.By(d.Mock), Clock.By(asked(d.Clock)),
		MoveClock.By(func(ctx context.Context, in api.MoveClock) (api.Clock, error) { return d.MoveClock(ctx, in.By) }),
		Certificate.By(asked(d.Certificate)), Trust.By(d.Trust), CallWindow.By(d.CallWindow),
		Events.By(func(ctx context.Context, _ none, f func(api.Event)) error { return d.Events(ctx, f) }),

		StartService.By(doing(StartService, named(d.StartService))), StopService.By(doing(StopService, named(d.StopService))),
		RestartService.By(doing(RestartService, named(d.RestartService))), Logs.By(logs(d)),
		FollowLogs.By(func(ctx context.Context, in api.LogOf, f func(api.LogLine)) error {
			return d.FollowLogs(ctx, in.Name, in.N, f)
		}),

		Users.By(d.Users), User.By(by(d.User)), RemoveUser.By(removing(RemoveUser, d.RemoveUser)),
		Passkeys.By(d.Passkeys), Passkey.By(by(d.Passkey)), PasskeyDetails.By(by(d.PasskeyDetails)),
		RenamePasskey.By(func(ctx context.Context, in api.RenamePasskey) (api.OwnedPasskey, error) {
			return d.RenamePasskey(ctx, in.ID, in.Name)
		}),
		RemovePasskey.By(removing(RemovePasskey, d.RemovePasskey)),
		Sessions.By(d.Sessions), Session.By(by(d.Session)), EndSession.By(removing(EndSession, d.EndSession)),

		Ceremonies.By(d.Ceremonies), Ceremony.By(by(d.Ceremony)), FollowCeremonies.By(followCeremonies(d)), Explain.By(d.Explain),
		Mails.By(d.Mails), Mail.By(by(d.Mail)), RemoveMail.By(removing(RemoveMail, d.RemoveMail)), ClearMails.By(asked(d.ClearMails)),
		MailCode.By(d.MailCode), WaitMail.By(d.WaitMail),

		Examine.By(func(ctx context.Context, in api.Check) (api.DoctorReport, error) {
			return d.Examine(ctx, in.Check, nil)
		}),
		FollowDoctor.By(followDoctor(d)), Browsers.By(asked(listing(d.Browsers))), Preflight.By(d.Preflight),
		Repair.By(func(ctx context.Context, in api.DoctorFix) (api.DoctorReport, error) { return d.Repair(ctx, in.Check) }),

		Snapshots.By(asked(listing(d.Snapshots))), RestoreSnapshot.By(by(d.RestoreSnapshot)),
		SaveSnapshot.By(func(ctx context.Context, in api.Named) (api.Snapshot, error) { return d.SaveSnapshot(ctx, in.Name) }),
		RemoveSnapshot.By(removing(RemoveSnapshot, d.RemoveSnapshot)), Reset.By(d.Reset), Import.By(importing(d)),
		Export.By(func(ctx context.Context, in api.ExportAs) (json.RawMessage, error) { return d.Export(ctx, in.Format) }),
		Virtual.By(asked(d.Virtual)), ChangeVirtual.By(d.ChangeVirtual),
	)
}

// asked answers a verb that is asked with nothing.
func asked[Out any](f func(context.Context) (Out, error)) func(context.Context, none) (Out, error) {
	return func(ctx context.Context, _ none) (Out, error) { return f(ctx) }
}

// by answers a verb that is asked with an id.
func by[Out any](f func(context.Context, string) (Out, error)) func(context.Context, one) (Out, error) {
	return func(ctx context.Context, in one) (Out, error) { return f(ctx, in.ID) }
}

// doing answers a verb that has nothing to answer but that it is done.
func doing[In any](v Verb[In, done], f func(context.Context, In) error) func(context.Context, In) (done, error) {
	return func(ctx context.Context, in In) (done, error) {
		return done{Success: true, Message: v.Done}, f(ctx, in)
	}
}

func removing(v Verb[one, done], f func(context.Context, string) error) func(context.Context, one) (done, error) {
	return doing(v, func(ctx context.Context, in one) error { return f(ctx, in.ID) })
}

func named(f func(context.Context, string) error) func(context.Context, api.ServiceNamed) error {
	return func(ctx context.Context, in api.ServiceNamed) error { return f(ctx, in.Name) }
}

// listing makes a page of a list that is always whole.
func listing[T any](f func(context.Context) ([]T, error)) func(context.Context) (api.Page[T], error) {
	return func(ctx context.Context) (api.Page[T], error) {
		items, err := f(ctx)
		return api.Page[T]{Items: items}, err
	}
}

func opening(d Door) func(context.Context, api.OpenPage) (api.Opened, error) {
	return func(ctx context.Context, in api.OpenPage) (api.Opened, error) {
		if in.Virtual {
			return d.OpenVirtual(ctx, in.Page, in.Desktop)
		}
		return d.Open(ctx, in.Page)
	}
}

func logs(d Door) func(context.Context, api.LogOf) (api.Page[api.LogLine], error) {
	return func(ctx context.Context, in api.LogOf) (api.Page[api.LogLine], error) {
		lines, err := d.Logs(ctx, in.Name, in.N)
		return api.Page[api.LogLine]{Items: lines}, err
	}
}

// followCeremonies tells a line for each ceremony that begins or ends.
func followCeremonies(d Door) func(context.Context, list, func(api.CeremonySummary)) error {
	return func(ctx context.Context, _ list, f func(api.CeremonySummary)) error {
		return d.Events(ctx, func(e api.Event) {
			if e.Topic != "ceremonies" {
				return
			}
			if v, err := d.Ceremony(ctx, e.ID); err == nil { // else the tape has dropped it
				f(v.CeremonySummary)
			}
		})
	}
}

func followDoctor(d Door) func(context.Context, api.Check, func(api.DoctorEvent)) error {
	return func(ctx context.Context, in api.Check, f func(api.DoctorEvent)) error {
		report, err := d.Examine(ctx, in.Check, func(found api.Finding) { f(api.DoctorEvent{Finding: &found}) })
		if err == nil {
			f(api.DoctorEvent{Report: &report})
		}
		return err
	}
}

func importing(d Door) func(context.Context, json.RawMessage) (api.Imported, error) {
	return func(ctx context.Context, raw json.RawMessage) (api.Imported, error) {
		if why := document.Broken(raw); why != "" {
			return api.Imported{}, fault.ErrMalformed.Saying("The file is not valid JSON.").Hinting("%s Give a file that `sting export` wrote.", why)
		}
		return d.Import(ctx, raw)
	}
}
