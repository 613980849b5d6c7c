package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/app/cli"
	"sting/backend/admin"
	"sting/backend/admin/admintest"
	"sting/backend/admin/client"
	"sting/backend/api"
	"sting/backend/fault"
)

// desk is a terminal with a lab that a test has filled.
type desk struct {
	out, err bytes.Buffer
	env      cli.Env
}

func newDesk(lab *admintest.Door) *desk {
	d := &desk{}
	d.env = cli.Env{
		Stdin: strings.NewReader(""), Stdout: &d.out, Stderr: &d.err, Version: "v1",
		Home:    func(flag string) (string, error) { return "/home/of/" + flag, nil },
		Dial:    func(string) (admin.Door, error) { return lab.Door(), nil },
		Offline: func(string) (cli.Offline, error) { return lab.Offline(), nil },
		Background: func(cli.Serve) (cli.Child, error) {
			return cli.Child{}, fault.New(fault.Unavailable, "NOT_STARTED", "m", "h")
		},
		Signals: func() (context.Context, func()) { return context.WithCancel(context.Background()) },
		Wait:    func(_ context.Context, gone func() bool) error { gone(); return nil },
	}
	return d
}

func (d *desk) run(t *testing.T, want int, args ...string) {
	t.Helper()
	d.out.Reset()
	d.err.Reset()
	if got := cli.Main(args, d.env); got != want {
		t.Errorf("sting %s: exit status %d, want %d\n%s%s", strings.Join(args, " "), got, want, &d.out, &d.err)
	}
}

func (d *desk) says(t *testing.T, stream *bytes.Buffer, patterns ...string) {
	t.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile("(?m)" + p).Match(stream.Bytes()) {
			t.Errorf("%q is not in\n%s", p, stream)
		}
	}
}

func ada() *admintest.Door {
	return &admintest.Door{
		Lab: api.Status{Origin: "https://localhost:8443",
			Services: []api.Service{{Name: "site", State: api.Healthy, URL: "https://localhost:8443"}}},
		People: []api.Person{{ID: "u1", Email: "ada@example.org", Name: "Ada", State: "active", Passkeys: 2, Sessions: 1}},
		Keys:   []api.OwnedPasskey{{Passkey: api.Passkey{ID: "p1", Name: "blue", Status: "active"}, Email: "ada@example.org"}},
		Living: []api.LabSession{{ID: "s1", Email: "ada@example.org", AuthMethod: "passkey", AuthenticatedAt: "2026-01-02T03:04:05Z"}},
	}
}

func TestARemovalIsAskedForInATerminal(t *testing.T) {
	for answer, want := range map[string]struct {
		status int
		calls  []string
	}{
		"y\n":      {0, []string{"User ada@example.org", "RemoveUser u1"}},
		"YES\n":    {0, []string{"User ada@example.org", "RemoveUser u1"}},
		"y":        {0, []string{"User ada@example.org", "RemoveUser u1"}},
		"n\n":      {1, []string{"User ada@example.org"}},
		"\n":       {1, []string{"User ada@example.org"}},
		"yellow\n": {1, []string{"User ada@example.org"}},
		"":         {1, []string{"User ada@example.org"}},
	} {
		t.Run(fmt.Sprintf("%q", answer), func(t *testing.T) {
			lab := ada()
			d := newDesk(lab)
			d.env.Terminal.In, d.env.Stdin = true, strings.NewReader(answer)
			d.run(t, want.status, "users", "remove", "ada@example.org")
			d.says(t, &d.err, `^Remove the account ada@example\.org with 2 passkeys and 1 session\? \[y/N\] `)
			if got := lab.Calls(); !cmp.Equal(got, want.calls) {
				t.Error(cmp.Diff(want.calls, got))
			}
			if d.out.Len() > 0 {
				t.Errorf("stdout: %s", &d.out)
			}
		})
	}
}

func TestEverythingThatIsRemovedIsNamedInTheQuestion(t *testing.T) {
	for command, question := range map[string]string{
		"passkeys remove p1": `Remove the passkey "blue" of ada@example\.org\?`,
		"sessions remove s1": `End the session of ada@example\.org \(passkey, since 2026-01-02T03:04:05Z\)\?`,
	} {
		d := newDesk(ada())
		d.env.Terminal.In = true
		d.run(t, 1, strings.Fields(command)...)
		d.says(t, &d.err, question, `NOT_CONFIRMED`)
	}
}

func TestTheExitStatusOfStatusSaysHowTheLabIs(t *testing.T) {
	lab := ada()
	d := newDesk(lab)
	d.run(t, 0, "status")
	d.says(t, &d.out, `^site  Healthy    https://localhost:8443$`)

	lab.Lab.Services = append(lab.Lab.Services, api.Service{Name: "kratos", State: api.Unhealthy, Detail: "refused",
		Error: &api.Error{Error: "Kratos does not answer.", ErrorCode: "KRATOS_UNAVAILABLE", Hint: "Start it."}})
	d.run(t, 1, "status")
	d.says(t, &d.out, `^kratos  Unhealthy  refused$`)
	d.says(t, &d.err, `^sting: error: kratos: Kratos does not answer \(KRATOS_UNAVAILABLE\)$`, `^sting: hint: Start it\.$`)
	d.run(t, 0, "status", "site")

	lab.Lab.Services = []api.Service{{Name: "site", State: api.Starting}}
	d.run(t, 1, "status")
	lab.Lab.Services = nil
	d.run(t, 1, "status")

	lab.Fails = map[string]error{"Status": fault.ErrStoreUnavailable}
	d.run(t, 1, "status")
	d.env.Dial = func(string) (admin.Door, error) {
		return admin.Door{}, fault.New(fault.Unavailable, "NOT_ANSWERING", "m", "h")
	}
	d.run(t, 1, "status")
	d.env.Dial = func(string) (admin.Door, error) { return admin.Door{}, client.ErrNotRunning }
	d.run(t, 3, "status")
}

func TestAnErrorIsSaidWithItsCodeHintAndCause(t *testing.T) {
	lab := ada()
	lab.Fails = map[string]error{"Clock": fmt.Errorf("ask: %w",
		fault.ErrStoreUnavailable.Hinting("Make room.").Because(errors.New("disk full")))}
	d := newDesk(lab)
	d.run(t, 1, "clock")
	want := "sting: error: The lab can't use its data file right now (STORE_UNAVAILABLE)\nsting: hint: Make room.\nsting: cause: disk full\n"
	if got := d.err.String(); got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestNamesThatStrangersChoseCannotStirTheTerminal(t *testing.T) {
	lab := ada()
	evil := "\x1b[2J\x1b]0;owned\x07\r\nada\u202e\u009b31m"
	lab.Keys[0].Name, lab.Keys[0].Authenticator, lab.People[0].Name = evil, evil, evil
	d := newDesk(lab)
	for _, command := range []string{"passkeys", "passkeys show p1", "passkeys rename p1 " + strings.ReplaceAll(evil, " ", ""), "users",
		"users show u1", "passkeys remove p1 --yes"} {
		d.run(t, 0, strings.SplitN(command, " ", 4)...)
		if all := d.out.String() + d.err.String(); strings.ContainsAny(all, "\x1b\x07\r\u202e\u009b") {
			t.Errorf("%s: %q", command, all)
		}
	}
}

func TestATableFitsTheTerminalAndKeepsWhatIsCopied(t *testing.T) {
	lab := ada()
	lab.Keys[0].Name = strings.Repeat("漢字", 60)
	lab.Keys[0].Authenticator = strings.Repeat("wide ", 40)
	d := newDesk(lab)
	d.env.Terminal = cli.Terminal{Out: true, Width: 100}
	d.run(t, 0, "passkeys")
	d.says(t, &d.out, `漢字…`, ` p1$`)
	for line := range strings.Lines(d.out.String()) {
		if cells := len([]rune(line)) + strings.Count(line, "漢") + strings.Count(line, "字") - 1; cells > 100 {
			t.Errorf("%d cells: %s", cells, line)
		}
	}
	d.env.Terminal.Width = 60
	d.run(t, 0, "passkeys")
	d.says(t, &d.out, ` p1$`)
	d.says(t, &d.err, `not shown in a terminal this narrow: .*--json has everything`)
	for line := range strings.Lines(d.out.String()) {
		if cells := len([]rune(line)) + strings.Count(line, "漢") + strings.Count(line, "字") - 1; cells > 60 {
			t.Errorf("%d cells: %s", cells, line)
		}
	}
	d.env.Terminal = cli.Terminal{} // into a file: whole
	d.run(t, 0, "passkeys")
	d.says(t, &d.out, `(漢字){60}  `)
}

func TestAFindingIsBrokenAtBlanksAndItsCommandIsNot(t *testing.T) {
	lab := &admintest.Door{Health: api.DoctorReport{Findings: []api.Finding{{
		ID: "RP-03", Title: "Every configured origin is possible for the relying party ID", Verdict: "failed", Evidence: []string{"the file"},
		Cause: strings.Repeat("much is said here ", 10), Fix: strings.Repeat("and there is much to do ", 10),
		Command: "sting --home /home/somebody/a/long/way/down/the/folders config check",
	}}}}
	d := newDesk(lab)
	d.env.Terminal = cli.Terminal{Out: true, Width: 60, Colour: true}
	d.run(t, 1, "doctor")
	d.says(t, &d.out, `  sting --home /home/somebody/a/long/way/down/the/folders config check$`)
	for line := range strings.Lines(d.out.String()) {
		bare := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(strings.TrimSuffix(line, "\n"), "")
		if len(bare) > 60 && !strings.Contains(bare, "sting --home") {
			t.Errorf("%d cells: %s", len(bare), bare)
		}
	}
	d.env.Terminal = cli.Terminal{}
	d.run(t, 1, "doctor")
	d.says(t, &d.out, `cause   (much is said here ){10}`)
}

func TestColoursAreForTerminalsAlone(t *testing.T) {
	d := newDesk(ada())
	d.run(t, 0, "status")
	if strings.Contains(d.out.String(), "\x1b") {
		t.Errorf("colours without a terminal: %q", &d.out)
	}
	d.env.Terminal = cli.Terminal{Out: true, Colour: true}
	d.run(t, 0, "status")
	d.says(t, &d.out, "\x1b\\[32mHealthy\x1b\\[0m")
}

func TestTrustFailsWhereAStoreIsNotAsAsked(t *testing.T) {
	trusted := api.TrustStore{Kind: "nss", Name: "Chromium", Path: "/p", Before: "absent", After: "trusted", Note: "restart it"}
	absent := api.TrustStore{Kind: "nss", Name: "Chromium", Path: "/p", Before: "trusted", After: "absent"}
	broken := api.TrustStore{Kind: "nss", Name: "Firefox", Path: "/q", Before: "absent", After: "absent",
		Error: &api.Error{Error: "It is locked.", ErrorCode: "TRUST_STORE_LOCKED", Hint: "Unlock it."}}
	noSystem := api.TrustStore{Kind: "system", Name: "the system's store", Before: "unknown", After: "unknown",
		Error: &api.Error{Error: "There is none.", ErrorCode: "TRUST_NO_SYSTEM_STORE", Hint: "h"}}
	for name, c := range map[string]struct {
		command string
		stores  []api.TrustStore
		status  int
		asked   string
	}{
		"all trusted":                {"trust", []api.TrustStore{trusted}, 0, "Trust browsers"},
		"one is not":                 {"trust", []api.TrustStore{trusted, broken}, 1, "Trust browsers"},
		"one is silently not":        {"trust", []api.TrustStore{absent}, 1, "Trust browsers"},
		"no store at all":            {"trust", nil, 1, "Trust browsers"},
		"the system has none":        {"trust --all", []api.TrustStore{trusted, noSystem}, 1, "Trust browsers system"},
		"a dry run":                  {"trust --dry-run", []api.TrustStore{absent}, 0, "Trust browsers dry-run"},
		"all removed":                {"untrust", []api.TrustStore{absent, noSystem}, 0, "Trust untrust browsers system"},
		"one still holds it":         {"untrust --browsers", []api.TrustStore{trusted}, 1, "Trust untrust browsers"},
		"the system's was asked for": {"untrust --system", []api.TrustStore{noSystem}, 1, "Trust untrust system"},
		"nothing to remove":          {"untrust", nil, 0, "Trust untrust browsers system"},
	} {
		t.Run(name, func(t *testing.T) {
			lab := ada()
			lab.Stores = c.stores
			d := newDesk(lab)
			d.run(t, c.status, strings.Fields(c.command)...)
			if got := lab.Calls(); !cmp.Equal(got, []string{c.asked}) {
				t.Errorf("asked %q, want %q", got, c.asked)
			}
		})
	}
}

func TestAPageThatOpensIsNamedAndOneThatDoesNotIsToo(t *testing.T) {
	lab := ada()
	d := newDesk(lab)
	lab.Browser.Opened = true
	d.run(t, 0, "open", "dashboard")
	if d.out.String() != "https://localhost:8443/dashboard\n" || d.err.Len() > 0 {
		t.Errorf("%s%s", &d.out, &d.err)
	}
	lab.Browser = api.Opened{}
	d.run(t, 1, "open", "dashboard")
	d.says(t, &d.out, `^https://localhost:8443/dashboard$`)
	d.says(t, &d.err, `BROWSER_NOT_OPENED`)
}

func TestAnAddressWherePasskeysCannotWorkIsPrintedWithTheReason(t *testing.T) {
	for name, c := range map[string]struct {
		args   []string
		id     string
		reason string // "": none
	}{
		"the guide's name": {[]string{"open", "register", "--print"}, "yourdomain.com",
			`can't work at https://localhost:8443: the RP ID is yourdomain\.com`},
		"a name below":          {[]string{"open", "login", "--print"}, "app.localhost", `the RP ID is app\.localhost`},
		"a browser that opens":  {[]string{"open", "login"}, "yourdomain.com", `the RP ID is yourdomain\.com`},
		"a virtual one":         {[]string{"open", "login", "--virtual"}, "yourdomain.com", `the RP ID is yourdomain\.com`},
		"the pages' own name":   {[]string{"open", "register", "--print"}, "localhost", ""},
		"mails know no RP ID":   {[]string{"open", "mail", "--print"}, "yourdomain.com", ""},
		"none that can be used": {[]string{"open", "register", "--print"}, "", `No ceremonies are held: The RP ID is no name`},
	} {
		t.Run(name, func(t *testing.T) {
			lab := ada()
			lab.Browser.Opened = true
			lab.Lab.RPID = c.id
			lab.Lab.Services = append(lab.Lab.Services, api.Service{Name: "mail", State: api.Healthy, URL: "http://localhost:8025"})
			if c.id == "" {
				lab.Lab.Problem, lab.Lab.Fix = "The RP ID is no name.", "Write localhost."
			}
			d := newDesk(lab)
			d.run(t, 0, c.args...)
			d.says(t, &d.out, `^https?://localhost:`)
			if c.reason == "" {
				if d.err.Len() > 0 {
					t.Errorf("stderr: %s", &d.err)
				}
				return
			}
			d.says(t, &d.err, `^sting: warning: .*`+c.reason, `^sting: hint: .`)
		})
	}
}

func TestAMovementOfTheClockIsReadAsItIsTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"+10m": "10m0s", "10m": "10m0s", "-10m": "-10m0s", "-1h30m": "-1h30m0s", "+2d": "48h0m0s", "-1d12h": "-36h0m0s",
		"1d1s": "24h0m1s", "reset": "reset", "-.5h": "-30m0s",
	} {
		lab := ada()
		newDesk(lab).run(t, 0, "--home", "x", "clock", typed)
		if got := lab.Calls(); want != "reset" && !cmp.Equal(got, []string{"MoveClock " + want}) || len(got) != 1 {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
	for _, typed := range []string{"", "d", "+d", "0m", "10", "1d1d", "999999999d", "-", "1d-1h5", "by=10m5"} {
		lab := ada()
		newDesk(lab).run(t, 2, "clock", typed)
		if got := lab.Calls(); len(got) > 0 {
			t.Errorf("%q: asked for %q", typed, got)
		}
	}
}
