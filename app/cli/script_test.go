package cli_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/testscript"

	"sting/app/cli"
	"sting/backend"
	"sting/backend/labtest"
	"sting/backend/passkey/softkey"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"sting": func() {
			os.Exit(cli.Main(os.Args[1:], cli.System(labtest.Cheap(backend.Options{
				Version: "v0-test", Pages: fstest.MapFS{"browser.html": {Data: []byte("<!doctype html>")}},
			}))))
		},
	})
}

func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", filepath.Join(e.WorkDir, "h"))
			e.Setenv("STING_HOME", filepath.Join(e.WorkDir, "lab"))
			for _, dir := range []string{"h", "lab"} {
				if err := os.MkdirAll(filepath.Join(e.WorkDir, dir), 0o700); err != nil {
					return err
				}
			}
			const ports = "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n"
			e.Values[labKey{}] = &running{}
			bin, err := exec.LookPath("sting")
			if err != nil {
				return err
			}
			e.Setenv("BIN", filepath.Dir(bin))
			e.Defer(func() { endLeftOver(filepath.Join(e.WorkDir, "lab")) })
			return os.WriteFile(filepath.Join(e.WorkDir, "lab", "sting.yml"), []byte(ports), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": serve, "ended": ended, "interrupt": interrupt, "person": person, "status": status, "id": id, "visit": visit,
			"killlab": func(ts *testscript.TestScript, _ bool, _ []string) { endLeftOver(ts.Getenv("STING_HOME")) },
		},
	})
}

type labKey struct{}

// running is the lab of a script.
type running struct {
	cmd    *exec.Cmd
	origin string
	stderr bytes.Buffer
	stdout *bufio.Reader
}

// endLeftOver kills the lab that sting.lock of a home names, if there is one, and
// waits until it is gone.
func endLeftOver(home string) {
	raw, err := os.ReadFile(filepath.Join(home, "sting.lock"))
	var lock struct{ PID int }
	if err != nil || json.Unmarshal(raw, &lock) != nil || lock.PID <= 0 {
		return
	}
	if p, err := os.FindProcess(lock.PID); err == nil && p.Kill() == nil {
		for p.Signal(syscall.Signal(0)) == nil && !orphaned(lock.PID) {
			runtime.Gosched()
		}
	}
}

// orphaned reports whether a process has ended and only waits for a parent that
// never asks.
func orphaned(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	_, rest, _ := strings.Cut(string(stat), ") ")
	threads, _ := os.ReadDir(filepath.Join("/proc", strconv.Itoa(pid), "task")) // none where it is gone
	return err == nil && strings.HasPrefix(rest, "Z") && len(threads) <= 1
}

// serve runs `sting serve` with its arguments and goes on when the one line on
// stdout says that it is ready. The address is put into $ORIGIN.
func serve(ts *testscript.TestScript, _ bool, args []string) {
	r := ts.Value(labKey{}).(*running)
	*r = running{cmd: exec.Command("sting", append([]string{"serve"}, args...)...)}
	r.cmd.Dir = ts.Getenv("WORK")
	r.cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "STING_HOME="+ts.Getenv("STING_HOME"), "DISPLAY=", "WAYLAND_DISPLAY=")
	r.cmd.Stderr = &r.stderr
	out, err := r.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(r.cmd.Start())
	ts.Defer(func() {
		if r.cmd.ProcessState == nil {
			_ = r.cmd.Process.Kill()
			_ = r.cmd.Wait()
		}
	})
	r.stdout = bufio.NewReader(out)
	line, err := r.stdout.ReadString('\n')
	if err != nil {
		ts.Fatalf("serve ended before it was ready: %v\n%s", err, &r.stderr)
	}
	origin, ready := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "ready ")
	if !ready {
		ts.Fatalf("the first line on stdout is %q", line)
	}
	r.origin = origin
	ts.Setenv("ORIGIN", r.origin)
}

// ended waits until the lab has ended by itself, with status 0, and has said
// nothing more on stdout.
func ended(ts *testscript.TestScript, _ bool, _ []string) {
	r := ts.Value(labKey{}).(*running)
	rest, err := io.ReadAll(r.stdout)
	ts.Check(err)
	if err := r.cmd.Wait(); err != nil || len(rest) > 0 {
		ts.Fatalf("serve ended with %v, stdout %q\n%s", err, rest, &r.stderr)
	}
}

// interrupt sends the lab a signal: INT or TERM.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	sig := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "KILL": os.Kill}[args[0]]
	r := ts.Value(labKey{}).(*running)
	ts.Check(r.cmd.Process.Signal(sig))
	if args[0] == "KILL" {
		_, _ = io.ReadAll(r.stdout)
		_ = r.cmd.Wait()
	}
}

// status runs a command that must end with the status that comes first.
func status(ts *testscript.TestScript, _ bool, args []string) {
	want, got := args[0], 0
	err := ts.Exec(args[1], args[2:]...)
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		got = e.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != want {
		ts.Fatalf("%v: exit status %d, want %s", args[1:], got, want)
	}
}

// id puts the id of the first of a list into $ID: passkeys, sessions.
func id(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("sting", args[0], "list", "--json"))
	var page struct{ Items []struct{ ID string } }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &page))
	if len(page.Items) == 0 {
		ts.Fatalf("there are no %s", args[0])
	}
	ts.Setenv("ID", page.Items[0].ID)
}

// person registers an account at the running lab over HTTPS, trusting its
// authority alone: an address, and the name of a passkey to make.
func person(ts *testscript.TestScript, _ bool, args []string) {
	b := newBrowser(ts)
	b.post("/api/auth/register", map[string]any{"email": args[0], "password": "correct horse battery staple"})
	if len(args) == 1 {
		return
	}
	begun := b.post("/api/webauthn/registration/begin", map[string]any{})
	key := softkey.New()
	key.UserPresent, key.UserVerified = true, true
	credential, err := key.Create(begun["publicKey"], b.origin)
	ts.Check(err)
	b.post("/api/webauthn/registration/complete", map[string]any{
		"credential": json.RawMessage(credential), "challenge_id": begun["challenge_id"], "name": args[1],
	})
}

// visit tells the running lab what a browser can do: a user agent, and the file
// that its page sends.
func visit(ts *testscript.TestScript, _ bool, args []string) {
	b := newBrowser(ts)
	b.agent = args[0]
	var body map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &body))
	b.post("/api/browser-check", body)
}

type browser struct {
	ts     *testscript.TestScript
	origin string
	agent  string
	http.Client
}

func newBrowser(ts *testscript.TestScript) *browser {
	ca, err := os.ReadFile(filepath.Join(ts.Getenv("STING_HOME"), "ca", "ca.pem"))
	ts.Check(err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	return &browser{ts, ts.Getenv("ORIGIN"), "script", http.Client{
		Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true},
	}}
}

func (b *browser) post(path string, body map[string]any) map[string]json.RawMessage {
	raw, err := json.Marshal(body)
	b.ts.Check(err)
	req, err := http.NewRequest("POST", b.origin+path, bytes.NewReader(raw))
	b.ts.Check(err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", b.origin)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("User-Agent", b.agent)
	resp, err := b.Do(req)
	b.ts.Check(err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	b.ts.Check(err)
	if resp.StatusCode >= 300 {
		b.ts.Fatalf("POST %s: %s %s", path, resp.Status, answer)
	}
	var members map[string]json.RawMessage
	b.ts.Check(json.Unmarshal(answer, &members))
	return members
}
