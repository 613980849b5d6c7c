package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/service"
)

func TestTheStatusCountsWhatLives(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	_, key, _ := h.person(t, "ada@example.org")
	h.person(t, "bob@example.org")
	if err := admin.RemovePasskey.Do(ctx, h.door, api.ID{ID: key.ID}); err != nil {
		t.Fatal(err)
	}
	got, err := admin.Status.Ask(ctx, h.door, api.None{})
	if err != nil || got.Users != 2 || got.Passkeys != 1 || got.Sessions == 0 || got.Origin != siteOrigin || got.RPID != "localhost" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := admin.MoveClock.Ask(ctx, h.door, api.MoveClock{By: "2h"}); err != nil {
		t.Fatal(err)
	}
	if got, err = admin.Status.Ask(ctx, h.door, api.None{}); err != nil || got.Sessions != 0 || got.ClockOffsetSeconds != 7200 {
		t.Errorf("two hours later: %+v, %v; want no session that lives", got, err)
	}
}

func TestTheClockMovesWithinTenYearsAndComesBack(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	for _, c := range []struct {
		by   string
		want int64
		err  bool
	}{
		{"10m", 600, false}, {" -1h ", -3000, false}, {"soon", 0, true}, {"99999h", 0, true}, {"-99999h", 0, true}, {"reset", 0, false},
	} {
		got, err := admin.MoveClock.Ask(ctx, h.door, api.MoveClock{By: c.by})
		if c.err != (err != nil && fault.From(err).Field == "by") || err == nil && got.OffsetSeconds != c.want {
			t.Errorf("%q: %+v, %v", c.by, got, err)
		}
	}
	now, err := admin.Clock.Ask(ctx, h.door, api.None{})
	if err != nil || now.Now != now.Machine || now.Now != "2026-11-30T09:00:00.000Z" {
		t.Errorf("%+v, %v", now, err)
	}
}

func TestAPageIsOpenedByItsNameOrAddressAndNothingElseIs(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	for page, want := range map[string]string{
		"login": siteOrigin + "/login", "mail": "https://localhost:8025", siteOrigin + "/x?y=1": siteOrigin + "/x?y=1",
		"nowhere": "", "https://elsewhere.example/": "",
	} {
		for _, virtual := range []bool{false, true} {
			h.machine.asked = nil
			got, err := admin.Open.Ask(ctx, h.door, api.OpenPage{Page: page, Virtual: virtual})
			if want == "" {
				if fault.From(err).Field != "page" || len(h.machine.asked) != 0 {
					t.Errorf("%s was opened: %+v, %v", page, got, err)
				}
				continue
			}
			how := map[bool]string{false: "open ", true: "show "}[virtual]
			if err != nil || !got.Opened || got.URL != want || !slices.Equal(h.machine.asked, []string{how + want}) {
				t.Errorf("%s: %+v, %v; the machine did %q", page, got, err, h.machine.asked)
			}
		}
	}
	h.machine.facts.Mailbox = ""
	if _, err := admin.Open.Ask(ctx, h.door, api.OpenPage{Page: "mail"}); fault.From(err).Hint != "Give ports.mail a number in sting.yml." {
		t.Errorf("without a port: %v", err)
	}
	h.machine.err = errBroken
	if got, err := admin.Open.Ask(ctx, h.door, api.OpenPage{Page: "login"}); err != nil || got.Opened || got.Error.ErrorCode != "BROKEN" {
		t.Errorf("a browser that doesn't come up: %+v, %v", got, err)
	}
	if got, err := admin.Open.Ask(ctx, h.door, api.OpenPage{Page: "login", Virtual: true}); err != nil || !got.Opened ||
		got.Error.ErrorCode != "BROKEN" {
		t.Errorf("one that shows something else: %+v, %v", got, err)
	}
}

// Each verb of the machine and of the data hands on what it was asked with, and
// what became of it.
func TestTheMachineIsAskedForWhatTheVerbSays(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	ask := func(v admin.Spec, in any) func() (any, error) {
		return func() (any, error) { return h.door.Call(ctx, v, in) }
	}
	for _, c := range []struct {
		want string
		ask  func() (any, error)
		json string
	}{
		{"certificate", ask(admin.Certificate.Spec, api.None{}), ""},
		{"trust system=true", ask(admin.Trust.Spec, api.TrustRequest{System: true}), ""},
		{"config", ask(admin.Config.Spec, api.None{}), `{"path":"sting.yml","effective":"","problems":[]}`},
		{"mock true", ask(admin.Mock.Spec, api.MockRequest{On: true}), ""},
		{"examine SV-01", ask(admin.Examine.Spec, api.Check{Check: "SV-01"}), ""},
		{"repair SV-01", ask(admin.Repair.Spec, api.DoctorFix{Check: "SV-01"}), `{"well":false,"changed":["SV-01"],"findings":[]}`},
		{"browsers", ask(admin.Browsers.Spec, api.None{}), `{"items":[],"next":""}`},
		{"snapshots", ask(admin.Snapshots.Spec, api.None{}), `{"items":[],"next":""}`},
		{"save one", ask(admin.SaveSnapshot.Spec, api.Named{Name: "one"}), ""},
		{"restore one", ask(admin.RestoreSnapshot.Spec, api.ID{ID: "one"}), `{"message":"","undo":"before"}`},
		{"remove one", ask(admin.RemoveSnapshot.Spec, api.ID{ID: "one"}), `{"success":true,"message":"The snapshot was removed."}`},
		{"reset ca=true", ask(admin.Reset.Spec, api.ResetRequest{CA: true}), ""},
		{"export kratos", ask(admin.Export.Spec, api.ExportAs{Format: "kratos"}), `{}`},
		{`import {"a":1}`, ask(admin.Import.Spec, json.RawMessage(`{"a":1}`)), `{"identities":1,"credentials":0,"sessions":0,"skipped":[]}`},
		{"stop", ask(admin.Stop.Spec, api.None{}), `{"success":true,"message":"The lab ends."}`},
	} {
		h.machine.asked, h.machine.err = nil, nil
		out, err := c.ask()
		raw, failed := json.Marshal(out)
		if err != nil || failed != nil || !slices.Equal(h.machine.asked, []string{c.want}) || c.json != "" && c.json != string(raw) {
			t.Errorf("%s: %s, %v; the machine did %q", c.want, raw, err, h.machine.asked)
		}
		if h.machine.err = errBroken; c.want == "stop" {
			continue
		}
		if _, err := c.ask(); !errors.Is(err, errBroken) {
			t.Errorf("%s: what went wrong is told as %v", c.want, err)
		}
	}
	if _, err := admin.Import.Ask(ctx, h.door, json.RawMessage(`{"a":`)); !errors.Is(err, fault.ErrMalformed) {
		t.Errorf("a file that was cut: %v", err)
	}
}

func TestTheDoctorIsFollowedFindingByFinding(t *testing.T) {
	h := newHouse(t)
	var heard []string
	report, err := h.door.Examine(t.Context(), "SV-01", func(f api.Finding) { heard = append(heard, f.ID) })
	if err != nil || !report.Well || !slices.Equal(heard, []string{"SV-01"}) || report.Findings[0].Evidence == nil {
		t.Errorf("%+v, %v, heard %q", report, err, heard)
	}
	h.machine.err = errBroken
	if _, err := h.door.Examine(t.Context(), "", func(api.Finding) {}); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

func TestServicesAreStartedStoppedAndTheirLogsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.Running.Services = []service.Service{{
			Name: "site", URL: func() string { return siteOrigin },
			Run: func(ctx context.Context, ready func()) error { ready(); <-ctx.Done(); return nil },
			Probe: func(context.Context) (string, []service.Evidence, error) {
				return "", []service.Evidence{{What: "page", Seen: "200"}}, h.machine.err
			},
		}}
		ctx, end := context.WithCancel(t.Context())
		started, ended := make(chan struct{}), make(chan error, 1)
		go func() { ended <- h.Running.Run(ctx, func() { close(started) }) }()
		<-started
		state := func() api.Service {
			synctest.Wait()
			status, err := admin.Status.Ask(ctx, h.door, api.None{})
			if err != nil || len(status.Services) != 1 {
				t.Fatalf("%+v, %v", status, err)
			}
			return status.Services[0]
		}
		if err := admin.StopService.Do(ctx, h.door, api.ServiceNamed{Name: "app"}); err != nil || state().State != api.Stopped {
			t.Errorf("stop: %v, %+v", err, state())
		}
		if err := admin.StartService.Do(ctx, h.door, api.ServiceNamed{Name: "frontend"}); err != nil || state().State != api.Healthy ||
			state().Evidence[0].Seen != "200" {
			t.Errorf("start: %v, %+v", err, state())
		}
		h.machine.err = errBroken.Because(errors.New("refused"))
		if err := admin.RestartService.Do(ctx, h.door, api.ServiceNamed{Name: "site"}); !errors.Is(err, errBroken) {
			t.Errorf("restart: %v", err)
		}
		if s := state(); s.State != api.Unhealthy || s.Error.ErrorCode != "BROKEN" || s.Detail != "refused" || s.LastComplaint == nil {
			t.Errorf("unwell: %+v", s)
		}
		if err := admin.StartService.Do(ctx, h.door, api.ServiceNamed{Name: "none"}); !errors.Is(err, service.ErrUnknown) {
			t.Errorf("one that isn't there: %v", err)
		}
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestTheLogOfAServiceIsReadAndFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.Running.Services = []service.Service{{Name: "site"}}
		for _, l := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
			h.Ring.Write(service.Line{At: began, Service: "site", Level: l, Text: l.String()})
		}
		h.Ring.Write(service.Line{At: began, Text: "of the lab"})
		last, err := admin.Logs.Ask(t.Context(), h.door, api.LogOf{Name: "app", N: 3})
		var levels []string
		for _, l := range last.Items {
			levels = append(levels, l.Level)
		}
		if err != nil || !slices.Equal(levels, []string{"info", "warn", "error"}) {
			t.Errorf("%q, %v", levels, err)
		}
		ctx, end := context.WithTimeout(t.Context(), time.Second)
		defer end()
		var heard []string
		go func() {
			synctest.Wait()
			h.Ring.Write(service.Line{At: began, Service: "site", Text: "new"})
		}()
		err = admin.FollowLogs.Follow(ctx, h.door, api.LogOf{N: 1}, func(l api.LogLine) { heard = append(heard, l.Text) })
		if err != nil || !slices.Equal(heard, []string{"of the lab", "new"}) {
			t.Errorf("%q, %v", heard, err)
		}
		for _, err := range []error{
			admin.FollowLogs.Follow(ctx, h.door, api.LogOf{Name: "none"}, nil),
			func() error { _, err := admin.Logs.Ask(ctx, h.door, api.LogOf{Name: "none"}); return err }(),
		} {
			if !errors.Is(err, service.ErrUnknown) {
				t.Errorf("one that isn't there: %v", err)
			}
		}
	})
}

func TestAWindowIsCalledAndAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, ctx := newHouse(t), t.Context()
		if got, err := admin.CallWindow.Ask(ctx, h.door, api.WindowCall{Do: admin.WindowShow}); err != nil || got.Shown {
			t.Errorf("without a window: %+v, %v", got, err)
		}
		listening, enough := context.WithCancel(ctx)
		go func() {
			_ = admin.Events.Follow(listening, h.door, api.None{}, func(e api.Event) {
				if e.Topic == "window" {
					_, _ = admin.CallWindow.Ask(listening, h.door, api.WindowCall{Do: admin.WindowHere})
				}
			})
		}()
		synctest.Wait()
		if got, err := admin.CallWindow.Ask(ctx, h.door, api.WindowCall{Do: admin.WindowShow}); err != nil || !got.Shown {
			t.Errorf("with one: %+v, %v", got, err)
		}
		enough()
		if _, err := admin.CallWindow.Ask(ctx, h.door, api.WindowCall{Do: "dance"}); fault.From(err).Field != "do" {
			t.Errorf("got %v", err)
		}
	})
}

func TestTheKeysOfTheVirtualAuthenticatorAreRecognised(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	_, key, _ := h.person(t, "ada@example.org")
	id := "Y3JlZGVudGlhbCBvZiBhZGFAZXhhbXBsZS5vcmc" // its credential id
	h.machine.keys = []api.VirtualKey{{ID: id}, {ID: "AAAA"}, {ID: "!"}}
	got, err := admin.Virtual.Ask(ctx, h.door, api.None{})
	if err != nil || got.Keys[0].PasskeyID != key.ID || got.Keys[0].Status != "active" || got.Keys[1].Status != "unknown here" ||
		got.Keys[2].Status != "unknown here" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := admin.RemovePasskey.Do(ctx, h.door, api.ID{ID: key.ID}); err != nil {
		t.Fatal(err)
	}
	got, err = admin.ChangeVirtual.Ask(ctx, h.door, api.VirtualChange{Do: "forget", Key: key.ID})
	if err != nil || got.Keys[0].Status != "revoked" || !slices.Contains(h.machine.asked, "change forget "+id) {
		t.Errorf("%+v, %v; the machine did %q", got, err, h.machine.asked)
	}
	h.machine.err = errBroken
	if _, err := admin.ChangeVirtual.Ask(ctx, h.door, api.VirtualChange{Do: "close"}); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}
