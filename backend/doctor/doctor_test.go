package doctor_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/doctor"
	"sting/backend/passkey"
	"sting/backend/tape"
)

func TestEachCheckHasAnIDOfItsOwn(t *testing.T) {
	ids := doctor.IDs()
	if own := slices.Compact(slices.Sorted(slices.Values(ids))); len(own) != len(ids) || len(ids) < 35 {
		t.Errorf("%d ids, %d of them different: %q", len(ids), len(own), ids)
	}
}

func TestAnIDThatIsNoneIsRefused(t *testing.T) {
	d := doctor.New(offline(t, drawn).Needs)
	_, examined := d.Examine(t.Context(), "XX-99", nil)
	_, repaired := d.Repair(t.Context(), "XX-99")
	if !errors.Is(examined, doctor.ErrNoCheck) || !errors.Is(repaired, doctor.ErrNoCheck) {
		t.Errorf("%v, %v", examined, repaired)
	}
}

func TestWithoutALabWhatNeedsOneIsSkipped(t *testing.T) {
	r, err := doctor.New(offline(t, drawn).Needs).Examine(t.Context(), "", nil)
	done(t, err)
	for _, f := range r.Findings {
		if f.Verdict == "failed" {
			t.Errorf("%s failed: %s", f.ID, f.Cause)
		}
		if f.ID == "LG-03" && (f.Verdict != "skipped" || !strings.Contains(f.Cause, "`sting start` starts one")) {
			t.Errorf("LG-03 is %s: %s", f.Verdict, f.Cause)
		}
	}
}

func TestWhatIsWrongInTheFileIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ config, id, cause string }{
		"an address as the RP ID":      {"webauthn: {config: {rp: {id: 127.0.0.1}}}", "RP-04", "IP address"},
		"a public suffix as the RP ID": {"webauthn: {config: {rp: {id: co.uk}}}", "RP-01", "public suffix"},
		"the guide's own origin": {"webauthn: {config: {rp: {id: a.localhost, origins: [\"https://localhost:8443\"]}}}", "RP-03",
			"can't use passkeys of a.localhost"},
		"a list without our own origin": {"webauthn: {config: {rp: {id: localhost, origins: [\"https://localhost:5173\"]}}}", "RP-02",
			"not on the list"},
		"a file that is no YAML": {"webauthn: [", "SV-02", ""},
	} {
		t.Run(name, func(t *testing.T) { offline(t, fixed+c.config+"\n").sees(c.id, "failed", c.cause) })
	}
}

// lookIn finds names in a file of hosts.
func lookIn(file string) doctor.Lookup {
	return func(_ context.Context, name string) (found []netip.Addr, err error) {
		raw, err := os.ReadFile(file)
		for line := range strings.Lines(string(raw)) {
			line, _, _ = strings.Cut(line, "#")
			for _, f := range strings.Fields(line) {
				if a, err := netip.ParseAddr(strings.Fields(line)[0]); err == nil && f == name {
					found = append(found, a)
				}
			}
		}
		if err == nil && len(found) == 0 {
			err = &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
		}
		return found, err
	}
}

func followed(t *testing.T, f api.Finding) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", strings.ReplaceAll(f.Command, "sudo ", "")).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", f.Command, err, out)
	}
}

func TestANameThatLeadsNowhereOrElsewhereIsNamedAndTheCommandMendsIt(t *testing.T) {
	if _, err := exec.LookPath("sed"); err != nil {
		t.Skip("no sed")
	}
	for _, c := range []struct{ yml, hosts, cause string }{
		{"", "", "The name localhost leads nowhere"},
		{"", "127.0.0.1 other\n", "The name localhost leads nowhere"},
		{"", "# hosts\n192.0.2.7 localhost\n::1 six\n", "The name localhost leads to 192.0.2.7 and not to this machine"},
		{"", "127.0.0.1 localhost\n192.0.2.7 localhost\n", "leads to 192.0.2.7"},
		{"webauthn: {config: {rp: {id: lab.test}}}\n", "127.0.0.1 localhost\n", "lab.test leads nowhere"},
	} {
		r := offline(t, fixed+c.yml)
		r.Hosts = filepath.Join(t.TempDir(), "hosts")
		done(t, os.WriteFile(r.Hosts, []byte(c.hosts), 0o600))
		r.Lookup = lookIn(r.Hosts)
		f := r.sees("RP-12", "failed", c.cause)
		if !strings.Contains(f.Command, r.Hosts) {
			t.Errorf("%q: the command is %q", c.hosts, f.Command)
		}
		followed(t, f)
		r.sees("RP-12", "ok", "")
	}
}

func TestWideRightsAreTakenAway(t *testing.T) {
	if os.PathSeparator == '\\' {
		t.Skip("Windows keeps rights elsewhere")
	}
	r := offline(t, drawn)
	path := filepath.Join(r.Home, "sting.yml")
	done(t, os.Chmod(path, 0o644))
	r.sees("SV-07", "ok", "") // nobody gets to it, as long as the folder is closed
	done(t, os.Chmod(r.Home, 0o755))
	f := r.sees("SV-07", "failed", "Other users")
	if !strings.HasPrefix(f.Command, "chmod -R go-rwx ") || !strings.Contains(strings.Join(f.Evidence, ""), "0644") {
		t.Errorf("%+v", f)
	}
	followed(t, f)
	r.sees("SV-07", "ok", "")
	done(t, os.Chmod(r.Home, 0o711))
	report, err := doctor.New(r.Needs).Repair(t.Context(), "SV-07")
	if err != nil || len(report.Changed) != 1 || !report.Well || modes(t, r.Home) != 0o700 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestALinuxWithoutPlatformAuthenticatorIsNoFailure(t *testing.T) {
	r := online(t)
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36":             "ok",
		"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":            "ok",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0":           "failed",
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/53": "failed",
	} {
		no := false
		r.Lab.Visitors.Report(api.BrowserVisit{SecureContext: true, WebAuthn: true, Cookies: true, PlatformAuthenticator: &no}, agent)
		r.sees("BR-01", "ok", "")
		if f := r.sees("BR-02", want, ""); want == "ok" && !strings.Contains(strings.Join(f.Evidence, " "), "security key") {
			t.Errorf("%s: %q", agent, f.Evidence)
		}
	}
}

func TestAPromptThatEndedIsReadFromTheTape(t *testing.T) {
	r, n := online(t), 0
	put := func(kind, credential string, state tape.State, fault string) {
		n++
		at := r.Lab.Clock.Now().Add(time.Duration(n) * time.Millisecond)
		r.Lab.Tape.Put(tape.Record{
			ID: at.Format("20060102150405.000000"), Kind: kind, Credential: []byte(credential), State: state, Fault: fault, BeganAt: at, EndedAt: at,
		})
		r.Lab.Tape.Flush(t.Context())
	}
	end := func(kind, exception string) {
		put(kind, `{"exception":{`+exception+`}}`, tape.Abandoned, passkey.ErrInBrowser.Code)
	}
	r.sees("BR-03", "ok", "")
	for _, c := range []struct{ kind, elapsed, cause string }{
		{"authentication", "40", "no passkey for this site is there"},
		{"registration", "40", "not in the foreground"},
		{"authentication", "7000", "somebody closed the prompt"},
		{"authentication", "60010", "the time of 1m0s that the options allow was over"},
	} {
		end(c.kind, `"name":"NotAllowedError","elapsed_ms":`+c.elapsed)
		if f := r.sees("BR-03", "warning", c.cause); !strings.HasSuffix(f.Command, " ceremonies") {
			t.Errorf("the command is %q", f.Command)
		}
	}
	put("authentication", `{}`, tape.Verified, "") // which was answered: the trouble is over
	r.sees("BR-03", "ok", "")
	end("authentication", `"name":"NotAllowedError","elapsed_ms":40,"mediation":"conditional"`) // autofill that nobody took
	r.sees("BR-03", "ok", "")
	end("authentication", `"name":"NotAllowedError","elapsed_ms":7000`)
	r.sees("BR-03", "warning", "closed the prompt")
	r.Lab.Clock.Move(2 * time.Hour) // long ago
	r.sees("BR-03", "ok", "")
}
