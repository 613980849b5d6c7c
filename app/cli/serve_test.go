package cli_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sting/app/cli"
	"sting/backend/admin"
	"sting/backend/admin/admintest"
	"sting/backend/api"
	"sting/backend/fault"
)

// fakeLab runs as a test says.
type fakeLab struct {
	ready chan struct{}
	door  *admintest.Door
	run   func(ctx context.Context, l *fakeLab) error
}

func (l *fakeLab) Run(ctx context.Context) error { return l.run(ctx, l) }
func (l *fakeLab) Ready() <-chan struct{}        { return l.ready }
func (l *fakeLab) Door() admin.Door              { return l.door.Door() }

// serveDesk has a lab that runs as given, and Ctrl-C after a minute.
func serveDesk(run func(context.Context, *fakeLab) error) *desk {
	d := newDesk(ada())
	d.env.NewLab = func(cli.Serve) (cli.Lab, error) {
		return &fakeLab{make(chan struct{}), ada(), run}, nil
	}
	d.env.Signals = func() (context.Context, func()) {
		return context.WithTimeout(context.Background(), time.Minute)
	}
	return d
}

func TestServeSaysOneLineOnceItAnswersAndEndsAtCtrlC(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := serveDesk(func(ctx context.Context, l *fakeLab) error {
			l.door.Lab.Warnings = []string{"no IPv6"}
			<-time.After(time.Second) // of the bubble's clock: nobody waits
			close(l.ready)
			<-ctx.Done()
			return nil
		})
		d.run(t, 0, "serve")
		if got := d.out.String(); got != "ready https://localhost:8443\n" {
			t.Errorf("stdout: %q", got)
		}
		d.says(t, &d.err, `^sting: warning: no IPv6$`)
	})
}

func TestServeFailsWhereTheLabDoes(t *testing.T) {
	for name, c := range map[string]struct {
		run  func(context.Context, *fakeLab) error
		code string
	}{
		"a start that fails": {func(context.Context, *fakeLab) error {
			return fault.New(fault.Conflict, "PORT_TAKEN", "Port 8443 is taken.", "End it.")
		}, "PORT_TAKEN"},
		"an end without a reason": {func(context.Context, *fakeLab) error { return nil }, "ENDED_EARLY"},
		"a failure while running": {func(_ context.Context, l *fakeLab) error {
			close(l.ready)
			return fault.ErrInternal.Because(errors.New("boom"))
		}, "INTERNAL"},
		"an end that takes too long": {func(ctx context.Context, l *fakeLab) error {
			close(l.ready)
			<-ctx.Done()
			<-time.After(10 * time.Second)
			return nil
		}, "STOP_TIMED_OUT"},
		"a failure while ending": {func(ctx context.Context, l *fakeLab) error {
			close(l.ready)
			<-ctx.Done()
			return fault.ErrStoreUnavailable
		}, "STORE_UNAVAILABLE"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := serveDesk(c.run)
				d.run(t, 1, "serve")
				d.says(t, &d.err, c.code)
				<-time.After(time.Minute) // the lab that was left over ends
			})
		})
	}
}

func TestCtrlCBeforeTheLabIsReadyIsNoFailure(t *testing.T) {
	for name, c := range map[string]struct {
		end    func(context.Context) error
		status int
	}{
		"a clean end":             {func(context.Context) error { return nil }, 0},
		"an end for that reason":  {func(context.Context) error { return fmt.Errorf("open: %w", context.Canceled) }, 0},
		"one that takes too long": {func(context.Context) error { <-time.After(10 * time.Second); return nil }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := serveDesk(func(ctx context.Context, _ *fakeLab) error {
					<-ctx.Done()
					return c.end(ctx)
				})
				d.env.Signals = func() (context.Context, func()) {
					ctx, stop := context.WithCancel(context.Background())
					time.AfterFunc(time.Minute, stop)
					return ctx, stop
				}
				d.run(t, c.status, "serve")
				if d.out.Len() > 0 {
					t.Errorf("stdout: %s", &d.out)
				}
				<-time.After(time.Minute) // the lab that was left over ends
			})
		})
	}
}

// withoutSite makes a lab of one whose port somebody else has.
func withoutSite(lab *admintest.Door) {
	lab.Lab.Services[0].State = api.Unhealthy
	lab.Lab.Services[0].Error = &api.Error{Error: "Port 8443, which site needs, is held by nginx (process 9).", ErrorCode: "PORT_TAKEN",
		Hint: "End that program."}
}

func TestServeSaysWhoHoldsTheSitesPortAndIsReadyOnceItIsFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d *desk
		early := ""
		d = serveDesk(func(ctx context.Context, l *fakeLab) error {
			withoutSite(l.door)
			close(l.ready)
			<-time.After(10 * time.Second) // of the bubble's clock: nobody waits
			synctest.Wait()
			early = d.out.String()
			l.door.Lab.Services = ada().Lab.Services
			<-ctx.Done()
			return nil
		})
		d.run(t, 0, "serve")
		if early != "" {
			t.Errorf("a lab without a site says %q", early)
		}
		if got := d.out.String(); got != "ready https://localhost:8443\n" {
			t.Errorf("stdout: %q", got)
		}
		if got := strings.Count(d.err.String(), "held by nginx (process 9)"); got != 1 {
			t.Errorf("who holds the port is said %d times, want once:\n%s", got, &d.err)
		}
		d.says(t, &d.err, `(PORT_TAKEN)`, `^sting: hint: End that program\.$`, `comes up by itself`)
	})
}
