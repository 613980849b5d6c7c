package backend_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sting/backend"
	"sting/backend/labtest"
)

// A doctor that is green although something is broken is worse than none.

func TestAHomeThatMayNotBeWrittenIsSaidWithTheCommandThatMendsIt(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sting.db", "tape.db", "."} {
		lab := labtest.Start(t, "")
		path := filepath.Join(lab.Home, name)
		mode := os.FileMode(0o400)
		if name == "." {
			mode = 0o500
		}
		done(t, os.Chmod(path, mode))
		f := blames(t, examined(t, lab), "SV-03", "you may not write there", "SV-01", "LG-12")
		if !strings.HasPrefix(f.Command, "chmod u+rw") {
			t.Errorf("%s: the command is %q", name, f.Command)
		}
		followed(t, f)
		well(t, examined(t, lab))
	}
}

func TestAFileOfAnotherUserIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	lab := labtest.Start(t, "")
	done(t, os.Chown(filepath.Join(lab.Home, "sting.db"), 65534, -1))
	f := blames(t, examined(t, lab), "SV-03", "and not to you", "SV-01")
	if strings.Contains(f.Fix, "damaged, move") || !strings.Contains(f.Command, "chown -R") {
		t.Errorf("%q, %q", f.Fix, f.Command)
	}
	followed(t, f)
	well(t, examined(t, lab))
}

func TestWithoutALabTheFilesModesAreLookedAtToo(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	lab.Stop()
	done(t, os.Chmod(filepath.Join(lab.Home, "tape.db"), 0o400))
	r, err := backend.Offline{Home: lab.Home}.Examine(t.Context(), "SV-03", nil)
	done(t, err)
	f := findingOf(t, r, "SV-03")
	if f.Verdict != "failed" || r.Well || !strings.Contains(f.Command, "chmod u+rw") {
		t.Errorf("%+v", f)
	}
	followed(t, f)
	if r, err := (backend.Offline{Home: lab.Home}).Examine(t.Context(), "SV-03", nil); err != nil || !r.Well {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAConfigurationThatCannotBeReadIsAFailureWithoutALabToo(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	path := filepath.Join(home, "sting.yml")
	done(t, os.WriteFile(path, []byte("ports: [\n"), 0o600))
	r, err := backend.Offline{Home: home}.Examine(t.Context(), "", nil)
	done(t, err)
	if f := findingOf(t, r, "SV-02"); f.Verdict != "failed" || r.Well || f.Fix == "" {
		t.Errorf("%+v", f)
	}
}

// A Kratos that takes connections and says nothing.
func TestASilentKratosIsAFailure(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	done(t, err)
	defer ln.Close()
	lab := labtest.StartWith(t, fmt.Sprintf("ports: {site: %d}\nkratos: {mode: external, public_url: \"http://%s\"}\n", labtest.FreePort(t),
		ln.Addr()),
		func(o *labtest.Options) { o.Patience = 0 })
	r := examined(t, lab)
	f := findingOf(t, r, "SV-01")
	if r.Well || f.Verdict != "failed" || !strings.Contains(f.Cause, "kratos: ") || f.Fix == "" {
		t.Errorf("%+v", f)
	}
}

// names is a lab on a machine with a hosts file of its own.
func names(t *testing.T, config, hosts string) (lab *labtest.Lab, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "hosts")
	done(t, os.WriteFile(file, []byte(hosts), 0o600))
	return labtest.StartWith(t, config, func(o *labtest.Options) {
		o.Hosts = file
		o.Lookup = func(_ context.Context, name string) (found []netip.Addr, err error) {
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
	}), file
}

func TestALocalhostThatLeadsElsewhereIsTheOneCause(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sed"); err != nil {
		t.Skip("no sed")
	}
	lab, file := names(t, "", "# hosts\n192.0.2.7 localhost\n::1 six\n")
	f := blames(t, examined(t, lab), "RP-12", "The name localhost leads to 192.0.2.7 and not to this machine", "ML-01", "ML-11", "TLS-05")
	if !strings.Contains(f.Command, file) || strings.Contains(f.Fix, "mail") {
		t.Errorf("the command is %q", f.Command)
	}
	f.Command = strings.ReplaceAll(f.Command, "sudo ", "")
	followed(t, f)
	well(t, examined(t, lab))
}

func TestAnAuthorityThatWasDeletedUnderTheLabIsPutBack(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	key := filepath.Join(lab.Home, "ca", "ca-key.pem")
	was, err := os.ReadFile(key)
	done(t, err)
	done(t, os.Remove(key))
	f := blames(t, examined(t, lab), "TLS-04", "gone or changed under the running lab")
	if !f.Fixable || !strings.Contains(f.Command, "doctor --fix TLS-04") {
		t.Errorf("%+v", f)
	}
	repaired(t, lab, "TLS-04", "from what the lab serves")
	if is, err := os.ReadFile(key); err != nil || string(is) != string(was) {
		t.Errorf("the key is another one: %v", err)
	}
	done(t, os.RemoveAll(filepath.Join(lab.Home, "ca")))
	repaired(t, lab, "TLS-04", "from what the lab serves")
	lab.Restart()
	well(t, examined(t, lab))
}

func TestAPortThatBrowsersRefuseIsNamed(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:6000")
	if err != nil {
		t.Skip("port 6000 is somebody else's")
	}
	done(t, ln.Close())
	lab := labtest.Start(t, "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 6000}\n")
	r := examined(t, lab)
	if f := findingOf(t, r, "RP-11"); r.Well || f.Verdict != "failed" || !strings.Contains(f.Cause, "Browsers refuse port 6000") ||
		!strings.Contains(f.Fix, "8025") {
		t.Errorf("%+v", f)
	}
	report, err := lab.Config(t.Context())
	done(t, err)
	if len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Meaning, "ERR_UNSAFE_PORT") || report.Problems[0].Line == 0 {
		t.Errorf("config check says %+v", report.Problems)
	}
}

func TestADataFileOfAnotherProgramNamesIt(t *testing.T) {
	t.Parallel()
	flock, err := exec.LookPath("flock")
	if err != nil {
		t.Skip("no flock")
	}
	lab := labtest.Start(t, "")
	done(t, lab.StopService(t.Context(), "store"))
	held := exec.CommandContext(t.Context(), flock, "-x", filepath.Join(lab.Home, "sting.db"), "sleep", "600")
	done(t, held.Start())
	defer func() { _ = held.Process.Kill(); _ = held.Wait() }()
	var said error
	for range 100 { // until it has the lock
		if said = lab.StartService(t.Context(), "store"); said != nil {
			break
		}
		done(t, lab.StopService(t.Context(), "store"))
		time.Sleep(50 * time.Millisecond)
	}
	if said == nil || !strings.Contains(said.Error(), "flock (process ") && !strings.Contains(said.Error(), "sleep (process ") {
		t.Errorf("said %v", said)
	}
}
