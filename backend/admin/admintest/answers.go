package admintest

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
)

// answers are those of the verbs that answer from a field.
func (d *Door) answers() admin.Answers {
	return admin.Answering(
		admin.Status.By(answer[api.None](d.Lab)), admin.Certificate.By(answer[api.None](d.Cert)), admin.Config.By(answer[api.None](d.Settings)),
		admin.Stop.By(d.stop), admin.Open.By(d.open), admin.Mock.By(func(_ context.Context, in api.MockRequest) (api.MockRequest, error) {
			return in, nil
		}),
		admin.Clock.By(func(context.Context, api.None) (api.Clock, error) { return d.clock(), nil }), admin.MoveClock.By(d.moveClock),
		admin.Trust.By(answer[api.TrustRequest](api.TrustReport{Certificate: d.Cert, Stores: d.Stores})),
		admin.CallWindow.By(answer[api.WindowCall](api.WindowAnswer{Shown: true})),
		admin.Events.By(func(ctx context.Context, _ api.None, f func(api.Event)) error { return pass(ctx, d.News, f) }),
		admin.Logs.By(func(_ context.Context, in api.LogOf) (api.Page[api.LogLine], error) {
			return api.Page[api.LogLine]{Items: d.last(in.N)}, nil
		}),
		admin.FollowLogs.By(d.followLogs),

		admin.Users.By(d.users), admin.User.By(func(_ context.Context, in api.ID) (api.Person, error) {
			return find(d.People, func(p api.Person) bool { return p.ID == in.ID || p.Email == in.ID })
		}),
		admin.Passkeys.By(listing(d.Keys, func(p api.OwnedPasskey) string { return p.Email + p.Name })),
		admin.Passkey.By(func(_ context.Context, in api.ID) (api.OwnedPasskey, error) { return d.passkey(in.ID) }),
		admin.RenamePasskey.By(func(_ context.Context, in api.RenamePasskey) (api.OwnedPasskey, error) {
			p, err := d.passkey(in.ID)
			p.Name = in.Name
			return p, err
		}),
		admin.PasskeyDetails.By(func(_ context.Context, in api.ID) (api.PasskeyDetails, error) {
			p, err := d.passkey(in.ID)
			return api.PasskeyDetails{OwnedPasskey: p, Uses: []api.PasskeyUse{}, Warnings: []string{}, Ceremonies: []string{}}, err
		}),
		admin.Sessions.By(listing(d.Living, func(s api.LabSession) string { return s.Email })),
		admin.Session.By(func(_ context.Context, in api.ID) (api.LabSession, error) {
			return find(d.Living, func(s api.LabSession) bool { return s.ID == in.ID })
		}),
		admin.Ceremonies.By(d.ceremonies),
		admin.Ceremony.By(func(_ context.Context, in api.ID) (api.Ceremony, error) {
			s, err := find(d.Tape, func(s api.CeremonySummary) bool { return s.ID == in.ID })
			return api.Ceremony{CeremonySummary: s, Ignored: []string{}, Differs: []string{}}, err
		}),
		admin.FollowCeremonies.By(d.followCeremonies),
		admin.Explain.By(answer[json.RawMessage](api.Explanation{Verdict: "accepted", Kind: "registration"})),

		admin.Mails.By(listing(d.Mails, func(m api.Mail) string { return m.Subject })), admin.Mail.By(d.mail), admin.MailCode.By(d.mailCode),
		admin.WaitMail.By(func(context.Context, api.MailFor) (api.Mail, error) {
			return find(d.Mails, func(m api.Mail) bool { return !m.Read })
		}),
		admin.ClearMails.By(answer[api.None](api.MailsCleared{Deleted: len(d.Mails)})),

		admin.Examine.By(answer[api.Check](d.Health)), admin.FollowDoctor.By(d.followDoctor), admin.Repair.By(answer[api.DoctorFix](d.Mended)),
		admin.Browsers.By(answer[api.None](api.Page[api.BrowserPassport]{Items: d.Passports})),
		admin.Preflight.By(answer[api.PreflightRequest](d.Foreseen)),

		admin.Snapshots.By(answer[api.None](api.Page[api.Snapshot]{Items: d.Copies})),
		admin.SaveSnapshot.By(func(_ context.Context, in api.Named) (api.Snapshot, error) {
			return api.Snapshot{Name: in.Name, Damaged: d.Lab.Damaged}, nil
		}),
		admin.RestoreSnapshot.By(answer[api.ID](api.StateChanged{Message: "restored", Undo: "undo"})),
		admin.Reset.By(answer[api.ResetRequest](api.StateChanged{Message: "reset", Undo: "undo"})),
		admin.Export.By(answer[api.ExportAs](json.RawMessage(`{"format":"sting-export/1"}`))),
		admin.Import.By(answer[json.RawMessage](api.Imported{Skipped: []string{}})),
		admin.ListApps.By(answer[api.None](api.Page[api.App]{Items: d.Apps})), admin.OpenApp.By(d.openApp),
		admin.ShowApp.By(func(_ context.Context, in api.AppNamed) (api.AppPage, error) {
			a, err := find(d.Apps, func(a api.App) bool { return a.Name == in.Name })
			return api.AppPage{App: a, RPIDs: []string{}, Keys: []api.VirtualKey{}, Ceremonies: []api.CeremonySummary{}}, err
		}),
		admin.AddApp.By(func(_ context.Context, in api.NewApp) (api.App, error) {
			return api.App{Name: in.Name, URL: in.URL, Login: in.Login, Register: in.Register, Hosts: in.Hosts}, nil
		}),
		admin.Virtual.By(answer[api.None](d.Bridge)), admin.ChangeVirtual.By(answer[api.VirtualChange](d.Bridge)),
	)
}

// answer answers the same, whatever is asked with.
func answer[In, Out any](out Out) func(context.Context, In) (Out, error) {
	return func(context.Context, In) (Out, error) { return out, nil }
}

func listing[T any](all []T, text func(T) string) func(context.Context, api.Query) (api.Page[T], error) {
	return func(_ context.Context, q api.Query) (api.Page[T], error) { return stretch(all, q, text), nil }
}

func (d *Door) ceremonies(_ context.Context, q api.CeremonyQuery) (api.Page[api.CeremonySummary], error) {
	of := slices.DeleteFunc(slices.Clone(d.Tape), func(s api.CeremonySummary) bool { return q.Source != "" && s.Source != q.Source })
	return stretch(of, api.Query{Limit: q.Limit, After: q.After, Q: q.Q}, func(s api.CeremonySummary) string { return s.Email }), nil
}

func (d *Door) stop(context.Context, api.None) (api.Done, error) {
	if d.Ending != nil {
		d.Ending()
	}
	return api.Done{Success: true}, nil
}

func (d *Door) open(_ context.Context, in api.OpenPage) (api.Opened, error) {
	o := d.Browser
	o.URL = d.Lab.Origin + "/" + in.Page
	return o, nil
}

func (d *Door) moveClock(_ context.Context, in api.MoveClock) (api.Clock, error) {
	step, err := time.ParseDuration(in.By)
	if err != nil && in.By != "reset" {
		return api.Clock{}, fault.ErrInvalidField.In("by").Because(err)
	}
	d.mu.Lock()
	d.moved += step
	if in.By == "reset" {
		d.moved = 0
	}
	d.mu.Unlock()
	return d.clock(), nil
}

func (d *Door) last(n int) []api.LogLine { return d.Log[max(0, len(d.Log)-n):] }

// followLogs passes the last n of Log on and then Written until ctx ends or it is
// closed.
func (d *Door) followLogs(ctx context.Context, in api.LogOf, f func(api.LogLine)) error {
	for _, line := range d.last(in.N) {
		f(line)
	}
	return pass(ctx, d.Written, f)
}

func (d *Door) users(_ context.Context, q api.Query) (api.Page[api.Person], error) {
	page := stretch(d.People, q, func(p api.Person) string { return p.Email })
	page.Damaged = d.Lab.Damaged
	return page, nil
}

func (d *Door) passkey(id string) (api.OwnedPasskey, error) {
	return find(d.Keys, func(p api.OwnedPasskey) bool { return p.ID == id })
}

// followCeremonies tells what the tape has of the news.
func (d *Door) followCeremonies(ctx context.Context, _ api.Query, f func(api.CeremonySummary)) error {
	return pass(ctx, d.News, func(e api.Event) {
		s, err := find(d.Tape, func(s api.CeremonySummary) bool { return s.ID == e.ID })
		if err == nil && e.Topic == "ceremonies" {
			f(s)
		}
	})
}

func (d *Door) mail(_ context.Context, in api.ID) (api.MailText, error) {
	m, err := find(d.Mails, func(m api.Mail) bool { return m.ID == in.ID })
	return api.MailText{Mail: m, Cc: []string{}, Bcc: []string{}, Parts: []api.MailAttachment{}, Text: m.Snippet}, err
}

func (d *Door) mailCode(context.Context, api.MailFor) (api.MailCode, error) {
	m, err := find(d.Mails, func(m api.Mail) bool { return m.Code != nil })
	if err != nil {
		return api.MailCode{}, err
	}
	return api.MailCode{MailID: m.ID, Kind: "verification", Code: *m.Code, Page: d.Lab.Origin + "/verification?code=" + *m.Code}, nil
}

// followDoctor tells Health, finding by finding and whole.
func (d *Door) followDoctor(_ context.Context, _ api.Check, f func(api.DoctorEvent)) error {
	for _, found := range d.Health.Findings {
		f(api.DoctorEvent{Finding: &found})
	}
	f(api.DoctorEvent{Report: &d.Health})
	return nil
}

// openApp answers with Visited, or well where the certificate of that is accepted.
func (d *Door) openApp(_ context.Context, in api.OpenApp) (api.AppOpened, error) {
	o := d.Visited
	o.URL = in.URL + in.App + in.Page
	if o.Certificate != nil && in.Trust == o.Certificate.SPKI {
		o.Opened.Opened, o.Error = true, nil
	}
	return o, nil
}
