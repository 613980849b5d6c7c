package backend_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/labtest"
	"sting/backend/service"
	"sting/backend/store"
)

func serviceOf(t *testing.T, lab *labtest.Lab, name string) api.Service {
	t.Helper()
	st, err := lab.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range st.Services {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no service %s", name)
	return api.Service{}
}

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPasskeySessionAnswersThroughoutARestartOfKratos(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	b.SignIn()
	site := serviceOf(t, lab, "site").Since

	enough, restarted := make(chan struct{}), make(chan error, 1)
	times, ctx := 0, t.Context()
	go func() {
		for {
			times++
			if err := lab.RestartService(ctx, "sting-kratos"); err != nil {
				restarted <- err
				return
			}
			select {
			case <-enough:
				restarted <- nil
				return
			default:
			}
		}
	}()
	for asked := range 60 {
		if a := b.Do("GET", "/api/auth/me", nil); a.Status != 200 || a.Text("auth_method") != "passkey" {
			t.Fatalf("request %d: %d %s", asked, a.Status, a.Body)
		}
	}
	close(enough)
	done(t, <-restarted)
	if times < 2 {
		t.Errorf("kratos was restarted %d times meanwhile", times)
	}
	if s := serviceOf(t, lab, "kratos"); s.State != api.Healthy {
		t.Errorf("kratos is %s: %+v", s.State, s.Error)
	}
	if again := serviceOf(t, lab, "site").Since; again != site {
		t.Error("the site was restarted too")
	}
}

func TestAStoreThatIsStoppedHasClosedItsFilesAndLosesNothing(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	b.SignIn()
	done(t, lab.StopService(t.Context(), "store"))
	for _, name := range []string{"store", "site", "kratos"} {
		if s := serviceOf(t, lab, name); s.State != api.Stopped || s.Error != nil {
			t.Errorf("%s is %s, %+v", name, s.State, s.Error)
		}
	}
	if _, err := lab.Users(t.Context(), api.Query{}); !errors.Is(err, store.ErrClosed) ||
		!strings.Contains(fault.From(err).Hint, "sting start store") {
		t.Errorf("a list while the store is stopped: %v", err)
	}
	if _, err := lab.Ceremonies(t.Context(), api.CeremonyQuery{}); !errors.Is(err, store.ErrClosed) {
		t.Errorf("the tape while the store is stopped: %v", err)
	}
	done(t, lab.StartService(t.Context(), "frontend")) // the store comes with it
	if a := b.Do("GET", "/api/auth/me", nil); a.Status != 200 || a.Text("auth_method") != "passkey" {
		t.Errorf("the session after that: %d %s", a.Status, a.Body)
	}
	page, err := lab.Ceremonies(t.Context(), api.CeremonyQuery{})
	if err != nil || len(page.Items) != 2 {
		t.Errorf("%d ceremonies were kept, %v", len(page.Items), err)
	}
	if s := serviceOf(t, lab, "kratos"); s.State != api.Stopped {
		t.Errorf("kratos was started by something that doesn't need it: %s", s.State)
	}
}

func TestARestartOfTheStoreBringsBackWhatNeedsIt(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	done(t, lab.RestartService(t.Context(), "store"))
	for _, name := range []string{"store", "site", "kratos", "certificate"} {
		if s := serviceOf(t, lab, name); s.State != api.Healthy {
			t.Errorf("%s is %s, %+v", name, s.State, s.Error)
		}
	}
	if a := b.Do("GET", "/api/auth/me", nil); a.Status != 200 {
		t.Errorf("the session after that: %d %s", a.Status, a.Body)
	}
}

func TestAStoppedSiteLeavesTheDoorWorking(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	done(t, lab.StopService(t.Context(), "app"))
	if resp, err := lab.Client().Get(lab.Origin + "/login"); err == nil {
		resp.Body.Close()
		t.Error("the stopped site answers")
	}
	people, err := lab.Users(t.Context(), api.Query{})
	if err != nil || len(people.Items) != 1 {
		t.Errorf("the door: %+v, %v", people, err)
	}
	done(t, lab.StartService(t.Context(), "site"))
	if a := b.Do("GET", "/api/auth/me", nil); a.Status != 200 {
		t.Errorf("after the start: %d %s", a.Status, a.Body)
	}
}

func TestTheLogOfAServiceIsItsOwn(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	done(t, lab.RestartService(t.Context(), "kratos"))
	lines, err := lab.Logs(t.Context(), "sting-kratos", 100)
	if err != nil || len(lines) == 0 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for _, l := range lines {
		if l.Service != "kratos" || l.At == "" || l.Text == "" || l.Level == "" {
			t.Errorf("%+v", l)
		}
	}
	if all, err := lab.Logs(t.Context(), "", 100); err != nil || len(all) <= len(lines) {
		t.Errorf("the whole lab has %d lines, kratos alone %d, %v", len(all), len(lines), err)
	}
	if _, err := lab.Logs(t.Context(), "nosuch", 1); !errors.Is(err, service.ErrUnknown) {
		t.Errorf("an unknown service: %v", err)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	heard := 0
	done(t, lab.FollowLogs(ctx, "kratos", 1, func(l api.LogLine) {
		switch heard++; heard {
		case 1: // the last line of before: who follows is there
			go func() { _ = lab.RestartService(ctx, "kratos") }()
		case 3:
			cancel()
		}
	}))
	if heard < 3 {
		t.Errorf("heard %d lines while it was restarted", heard)
	}
}
