package cli_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/app/cli"
	"sting/backend/admin"
	"sting/backend/admin/admintest"
	"sting/backend/admin/client"
	"sting/backend/api"
)

// startDesk has a lab in the background that writes what a test says and then
// says at its door whether it is ready, and no lab that runs before it did.
func startDesk(t *testing.T, wrote string, ready api.Status) (d *desk, ended chan struct{}, asked *int) {
	return startDeskOf(t, ada(), wrote, ready)
}

// startDeskOf is startDesk for a lab that a test has filled.
func startDeskOf(t *testing.T, lab *admintest.Door, wrote string, ready api.Status) (d *desk, ended chan struct{}, asked *int) {
	lab.Lab.Services = append(lab.Lab.Services, api.Service{Name: "kratos", State: api.Starting})
	d, ended, asked = newDesk(lab), make(chan struct{}), new(int)
	log := filepath.Join(t.TempDir(), "serve.log")
	d.env.Dial = func(string) (admin.Door, error) {
		if *asked == 0 {
			return admin.Door{}, client.ErrNotRunning
		}
		return lab.Door(), nil
	}
	d.env.Background = func(s cli.Serve) (cli.Child, error) {
		if !s.Quiet {
			t.Error("the log of the background would grow for ever")
		}
		return cli.Child{PID: 7, Log: log, Ended: ended, End: func() { close(ended) }}, nil
	}
	d.env.Wait = func(ctx context.Context, gone func() bool) error {
		for ; *asked < 120; *asked++ {
			if *asked == 60 {
				if err := os.WriteFile(log, []byte(wrote), 0o600); err != nil {
					t.Fatal(err)
				}
				lab.Lab.Ready, lab.Lab.PID = ready.Ready, ready.PID
			}
			if gone() {
				return nil
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return context.DeadlineExceeded
	}
	return d, ended, asked
}

func TestAStartThatTakesLongSaysWhatItWaitsFor(t *testing.T) {
	d, _, _ := startDesk(t, "", api.Status{Ready: true, PID: 7})
	d.run(t, 0, "start")
	if got := d.out.String(); got != "ready https://localhost:8443\n" {
		t.Errorf("stdout: %q", got)
	}
	d.says(t, &d.err, `^sting: starting the lab, process 7 \.\.\.$`, `^sting: still starting: kratos Starting \.\.\.$`)
}

func TestAStartThatNeverComesIsGivenUpAndLeftAlone(t *testing.T) {
	for name, said := range map[string]api.Status{
		"one that isn't ready":     {PID: 7},
		"another one that is":      {Ready: true, PID: 8},
		"a log that only looks so": {},
	} {
		d, ended, _ := startDesk(t, "ready https://localhost:8443\n", said)
		d.run(t, 1, "start")
		d.says(t, &d.err, "START_TIMED_OUT")
		select {
		case <-ended:
			t.Errorf("%s: the lab was ended, though it may still come", name)
		default:
		}
		if d.out.Len() > 0 {
			t.Errorf("%s: stdout: %s", name, &d.out)
		}
	}
}

func TestAStartOfALabWithoutASiteFailsAndLeavesItRunning(t *testing.T) {
	for _, args := range [][]string{{"start"}, {"start", "--json"}} {
		lab := ada()
		withoutSite(lab)
		d, ended, _ := startDeskOf(t, lab, "", api.Status{Ready: true, PID: 7})
		for _, when := range []string{"the first", "one while it runs"} {
			d.run(t, 1, args...)
			d.says(t, &d.err, `held by nginx \(process 9\) \(PORT_TAKEN\)$`, `comes up by itself`)
			if strings.Contains(d.out.String(), "ready http") {
				t.Errorf("%s says %s", when, &d.out)
			}
		}
		select {
		case <-ended:
			t.Error("the lab was ended, though the rest of it runs")
		default:
		}
		d.run(t, 1, "status")
	}
}

func TestAStartThatFailsRepeatsWhatTheLabSaid(t *testing.T) {
	d, ended, asked := startDesk(t, "sting: error: Port 8443 is taken (PORT_TAKEN)\nsting: hint: End it.\n", api.Status{})
	wait := d.env.Wait
	d.env.Wait = func(ctx context.Context, gone func() bool) error {
		return wait(ctx, func() bool {
			if *asked == 70 {
				close(ended)
			}
			return gone()
		})
	}
	d.run(t, 1, "start")
	d.says(t, &d.err, `^sting: error: Port 8443 is taken \(PORT_TAKEN\)$`, `^sting: hint: End it\.$`, `serve\.log has what it wrote`)
}

func TestCtrlCWhileALabStartsEndsIt(t *testing.T) {
	d, ended, asked := startDesk(t, "", api.Status{})
	ctx, cancel := context.WithCancel(context.Background())
	d.env.Signals = func() (context.Context, func()) { return ctx, cancel }
	wait := d.env.Wait
	d.env.Wait = func(ctx context.Context, gone func() bool) error {
		return wait(ctx, func() bool {
			if *asked == 20 {
				cancel()
			}
			return gone()
		})
	}
	d.run(t, 1, "start")
	select {
	case <-ended:
	default:
		t.Error("the lab that nobody wants goes on")
	}
}

func TestALogIsFollowedInTheTerminal(t *testing.T) {
	lab := ada()
	lab.Log = []api.LogLine{{At: "2026-01-02T03:04:05Z", Service: "site", Level: "error", Text: "msg=\x1b[31mred"}}
	lab.Written = make(chan api.LogLine, 1)
	lab.Written <- api.LogLine{At: "2026-01-02T03:04:06Z", Level: "info", Text: "msg=two"}
	close(lab.Written)
	d := newDesk(lab)
	d.run(t, 0, "logs", "-f")
	d.says(t, &d.out, `^2026-01-02 03:04:05  error  site         msg=\\u001b\[31mred$`, `^2026-01-02 03:04:06  info                msg=two$`)

	lab.Written = nil
	lab.Fails = map[string]error{"FollowLogs": errors.New("broken")}
	d.run(t, 1, "logs", "--follow", "--json")
}
