package window_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gofrs/flock"

	"sting/app/window"
	"sting/backend"
	"sting/backend/api"
	"sting/backend/labtest"
)

// homeOf returns a new home folder whose lab listens on ports of its own.
func homeOf(t *testing.T) string {
	t.Helper()
	home := filepath.Join(t.TempDir(), "sting")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	settings := "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n"
	if err := os.WriteFile(filepath.Join(home, "sting.yml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}

func attach(home string) window.Start {
	return window.OwnOrAttached(labtest.Cheap(backend.Options{Home: home, Pages: fstest.MapFS{}}))
}

func TestAWindowStartsALabAndTheNextAttachesToIt(t *testing.T) {
	home := homeOf(t)
	ctx, cancel := context.WithCancel(t.Context())
	first, err := attach(home)(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if first.Attached || first.Done == nil {
		t.Error("the first window says that it doesn't own its lab")
	}
	second, err := attach(home)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !second.Attached || second.Done != nil {
		t.Error("the second window says that it owns the lab of the first")
	}
	for _, lab := range []window.Lab{first, second} {
		status, err := lab.Door.Status(t.Context())
		if err != nil || status.PID != os.Getpid() || status.Home != home {
			t.Errorf("status is %+v (%v), want the lab of %s", status, err, home)
		}
	}
	cancel()
	if err := <-first.Done; err != nil {
		t.Errorf("the lab ended with %v", err)
	}
	if _, err := second.Door.Status(t.Context()); err == nil {
		t.Error("the lab answers after its window is closed")
	}
}

func TestAHomeThatIsHeldByALabThatAnswersNobodyIsSaid(t *testing.T) {
	home := homeOf(t)
	lock := flock.New(filepath.Join(home, "sting.lock"))
	if held, err := lock.TryLock(); err != nil || !held {
		t.Fatal("can't hold the home folder", err)
	}
	t.Cleanup(func() {
		if err := lock.Unlock(); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := attach(home)(ctx); !errors.Is(err, backend.ErrAlreadyRunning) {
		t.Errorf("got %v, want ALREADY_RUNNING", err)
	}
}

func TestADatabaseThatIsNoneIsSaid(t *testing.T) {
	home := homeOf(t)
	if err := os.WriteFile(filepath.Join(home, "sting.db"), []byte("this is no database, and long enough to be looked at"),
		0o600); err != nil {
		t.Fatal(err)
	}
	_, err := attach(home)(t.Context())
	if got := window.Describe(err); got.ErrorCode == "INTERNAL" || got.Hint == "" {
		t.Errorf("a damaged database is shown as %+v", got)
	}
}

func TestAWindowWhoseSitePortIsTakenShowsTheRestOfTheLab(t *testing.T) {
	holder, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = holder.Close() })
	home := homeOf(t)
	settings := fmt.Sprintf("ports: {site: %d, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n",
		holder.Addr().(*net.TCPAddr).Port)
	if err := os.WriteFile(filepath.Join(home, "sting.yml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	lab, err := attach(home)(ctx)
	if err != nil {
		t.Fatalf("the lab did not start: %v", err)
	}
	status, err := lab.Door.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range status.Services {
		switch {
		case s.Name != "site" && s.State != api.Healthy:
			t.Errorf("%s is %s: %+v", s.Name, s.State, s.Error)
		case s.Name == "site" && (s.State != api.Unhealthy || s.Error == nil || s.Error.ErrorCode != "PORT_TAKEN"):
			t.Errorf("the site is %+v, want it Unhealthy with PORT_TAKEN", s)
		}
	}
	cancel()
	if err := <-lab.Done; err != nil {
		t.Error(err)
	}
}
