package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sting/backend/admin/admintest"
	"sting/backend/admin/client"
	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/httpapi"
)

// home makes a home folder whose path is short enough for a socket.
func home(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sting")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func lock(t *testing.T, home, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(home, "sting.lock"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// serve puts h behind the socket of a fresh home folder.
func serve(t *testing.T, h http.Handler) (dir string) {
	t.Helper()
	dir = home(t)
	ln, err := net.Listen("unix", filepath.Join(dir, "admin.sock"))
	if err != nil {
		t.Fatal(err)
	}
	srv := &httptest.Server{Listener: ln, Config: &http.Server{Handler: h}}
	srv.Start()
	t.Cleanup(srv.Close)
	lock(t, dir, fmt.Sprintf(`{"pid":%d,"build":"v1","door":"admin.sock"}`, os.Getpid()))
	return dir
}

func dial(t *testing.T, home string) *client.Client {
	t.Helper()
	c, err := client.Dial(home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func door(lab *admintest.Door) *httpapi.Door {
	return &httpapi.Door{Admin: lab, Log: slog.New(slog.DiscardHandler)}
}

func TestEveryVerbReachesTheLabWithWhatWasAsked(t *testing.T) {
	odd := "a/b?c#d e%2f&ü" // nothing in an id may change the address
	lab := &admintest.Door{
		Lab:    api.Status{Version: "v1", Origin: "https://localhost:8443", Services: []api.Service{{Name: "site", State: api.Healthy}}},
		People: []api.Person{{ID: odd, Email: "ada@example.org", Traits: json.RawMessage(`{"a":1}`)}},
		Keys:   []api.OwnedPasskey{{Passkey: api.Passkey{ID: odd, Name: "key"}, Email: "ada@example.org"}},
		Living: []api.LabSession{{ID: odd, Email: "ada@example.org"}},
		Tape:   []api.CeremonySummary{{ID: "c1"}},
		Cert:   api.Certificate{CAPath: "/ca.pem"},
		Stores: []api.TrustStore{{Kind: "nss", After: "trusted"}},
		Log:    []api.LogLine{{Service: "site", Level: "info", Text: "one"}, {Service: odd, Level: "error", Text: "two"}},
	}
	c := dial(t, serve(t, door(lab).Handler()))
	ctx := t.Context()
	must := func(got any, err error) any {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	q := api.Query{Q: "ada&limit=3", Limit: 7, After: "x y"}
	for _, pair := range [][2]any{
		{must(c.Status(ctx)), lab.Lab},
		{must(c.User(ctx, odd)), lab.People[0]},
		{must(c.Passkey(ctx, odd)), lab.Keys[0]},
		{must(c.Session(ctx, odd)), lab.Living[0]},
		{must(c.Ceremonies(ctx, api.CeremonyQuery{})), api.Page[api.CeremonySummary]{Items: lab.Tape}},
		{must(c.Certificate(ctx)), lab.Cert},
		{must(c.Trust(ctx, api.TrustRequest{Browsers: true, DryRun: true})), api.TrustReport{Certificate: lab.Cert, Stores: lab.Stores}},
		{must(c.Users(ctx, q)), api.Page[api.Person]{Items: []api.Person{}}},
		{must(c.Logs(ctx, "", 1)), lab.Log[1:]},
		{must(c.Logs(ctx, odd, 9)), lab.Log},
	} {
		if !cmp.Equal(pair[0], pair[1], cmpopts.EquateEmpty()) {
			t.Error(cmp.Diff(pair[1], pair[0], cmpopts.EquateEmpty()))
		}
	}
	renamed := must(c.RenamePasskey(ctx, odd, "ü \"x\"")).(api.OwnedPasskey)
	if renamed.Name != "ü \"x\"" {
		t.Errorf("renamed to %q", renamed.Name)
	}
	must(c.MoveClock(ctx, "-10m"))
	must(c.Open(ctx, "login"))
	for _, err := range []error{c.RemoveUser(ctx, odd), c.RemovePasskey(ctx, odd), c.EndSession(ctx, odd),
		c.StartService(ctx, odd), c.StopService(ctx, odd), c.RestartService(ctx, odd), c.Stop(ctx)} {
		must(nil, err)
	}
	want := []string{"Status", "User " + odd, "Passkey " + odd, "Session " + odd, "Ceremonies", "Certificate", "Trust browsers dry-run",
		"Users " + q.Q, "Logs  1", "Logs " + odd + " 9", "RenamePasskey " + odd + " ü \"x\"", "MoveClock -10m", "Open login",
		"RemoveUser " + odd, "RemovePasskey " + odd,
		"EndSession " + odd, "StartService " + odd, "StopService " + odd, "RestartService " + odd, "Stop"}
	if got := lab.Calls(); !cmp.Equal(got, want, cmpopts.IgnoreUnexported(fault.Error{})) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestALogIsFollowedUntilItsReaderHasEnough(t *testing.T) {
	lab := &admintest.Door{Log: []api.LogLine{{Text: "before"}}, Written: make(chan api.LogLine, 1)}
	lab.Written <- api.LogLine{Text: strings.Repeat("long ", 100_000)}
	c := dial(t, serve(t, door(lab).Handler()))
	ctx, cancel := context.WithCancel(t.Context())
	var heard []string
	err := c.FollowLogs(ctx, "site", 5, func(l api.LogLine) {
		if heard = append(heard, l.Text); len(heard) == 2 {
			cancel()
		}
	})
	if err != nil || len(heard) != 2 || heard[0] != "before" || len(heard[1]) != 500_000 {
		t.Errorf("%v after %d lines", err, len(heard))
	}
	lab.Fails = map[string]error{"Logs": fault.ErrNotFound}
	if err := c.FollowLogs(t.Context(), "nosuch", 5, func(api.LogLine) {}); !fault.HasCode(err, fault.ErrNotFound.Code) {
		t.Errorf("an unknown service: %v", err)
	}
}

func TestAnIDOfDotsIsAnIDAndNoWayUp(t *testing.T) {
	lab := &admintest.Door{}
	c := dial(t, serve(t, door(lab).Handler()))
	for _, id := range []string{"..", ".", "..."} {
		if _, err := c.User(t.Context(), id); !fault.HasCode(err, fault.ErrNotFound.Code) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if got, want := lab.Calls(), []string{"User ..", "User .", "User ..."}; !cmp.Equal(got, want, cmpopts.IgnoreUnexported(fault.Error{})) {
		t.Errorf("asked for %q", got)
	}
}

func TestAFaultOfTheLabComesBackWhole(t *testing.T) {
	for name, want := range map[string]*fault.Error{
		"a field":        {Kind: fault.Invalid, Code: "INVALID_FIELD", Message: "m", Hint: "h", Field: "by"},
		"not there":      {Kind: fault.NotFound, Code: "NOT_FOUND", Message: "m", Hint: "h"},
		"a conflict":     {Kind: fault.Conflict, Code: "EMAIL_TAKEN", Message: "m", Hint: "h"},
		"may not":        {Kind: fault.Forbidden, Code: "TRUST_NEEDS_ROOT", Message: "m", Hint: "h"},
		"is down":        {Kind: fault.Unavailable, Code: "STORE_UNAVAILABLE", Message: "m", Hint: "h", CeremonyID: "c1"},
		"is our mistake": {Kind: fault.Internal, Code: "INTERNAL", Message: "m", Hint: "h"},
	} {
		t.Run(name, func(t *testing.T) {
			lab := &admintest.Door{Fails: map[string]error{"MoveClock": want}}
			_, err := dial(t, serve(t, door(lab).Handler())).MoveClock(t.Context(), "1s")
			got, ok := errors.AsType[*fault.Error](err)
			if !ok || !cmp.Equal(got, want, cmpopts.IgnoreUnexported(fault.Error{})) {
				t.Errorf("got %#v, want %#v", err, want)
			}
		})
	}
}

func TestATooBusyDoorSaysWhenToComeBack(t *testing.T) {
	d := door(&admintest.Door{News: make(chan api.Event)})
	d.Streams = 1
	c := dial(t, serve(t, d.Handler()))
	following, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Events(following, func(api.Event) {}) }()
	var f *fault.Error
	for f == nil || f.Kind != fault.TooMany { // until the first stream is open
		again, cancel := context.WithCancel(t.Context())
		cancelled := make(chan error, 1)
		go func() { cancelled <- c.Events(again, func(api.Event) {}) }()
		select {
		case err := <-cancelled:
			f, _ = errors.AsType[*fault.Error](err)
		case err := <-ended: // the second was the first to come
			f, _ = errors.AsType[*fault.Error](err)
			ended <- nil
		}
		cancel()
	}
	if f.Code != "TOO_MANY" || f.RetryAfter <= 0 {
		t.Errorf("got %#v", f)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("a stream that was given up: %v", err)
	}
}

func TestWhereNothingRunsThatIsSaid(t *testing.T) {
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"an empty lock":                          "",
		"a lock that isn't JSON":                 "hello",
		"a lock without a door":                  `{"pid":1}`,
		"a lab that was killed":                  fmt.Sprintf(`{"pid":%d,"build":"v1","door":"admin.sock"}`, dead.Process.Pid),
		"another program with the number":        fmt.Sprintf(`{"pid":%d,"build":"v1","door":"admin.sock"}`, os.Getpid()),
		"a lab that was killed, with a TCP door": fmt.Sprintf(`{"pid":%d,"build":"v1","door":"127.0.0.1:1"}`, dead.Process.Pid),
	} {
		t.Run(name, func(t *testing.T) {
			dir := home(t)
			lock(t, dir, text)
			if err := os.WriteFile(filepath.Join(dir, "door.token"), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := client.Dial(dir); !errors.Is(err, client.ErrNotRunning) {
				t.Errorf("got %v", err)
			}
		})
	}
	for name, dir := range map[string]string{"no lock": home(t), "no folder": filepath.Join(home(t), "none")} {
		if _, err := client.Dial(dir); !errors.Is(err, client.ErrNotRunning) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestASocketThatALabLeftBehindIsNoLab(t *testing.T) {
	dir := home(t)
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "admin.sock")})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	ln.Close()
	lock(t, dir, `{"pid":4194999,"build":"v1","door":"admin.sock"}`)
	if _, err := client.Dial(dir); !errors.Is(err, client.ErrNotRunning) {
		t.Errorf("got %v", err)
	}
}

func TestOverTCPTheTokenOfThePrivateFileIsShown(t *testing.T) {
	d := door(&admintest.Door{Lab: api.Status{Version: "v1"}})
	d.Token = "the token"
	srv := httptest.NewServer(d.Handler())
	t.Cleanup(srv.Close)
	dir := home(t)
	token := filepath.Join(dir, "door.token")
	lock(t, dir, fmt.Sprintf(`{"pid":%d,"build":"v1","door":%q}`, os.Getpid(), srv.Listener.Addr().String()))

	if _, err := client.Dial(dir); !errors.Is(err, client.ErrDoorToken) {
		t.Errorf("without the file: %v", err)
	}
	if err := os.WriteFile(token, []byte("thetoken\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Dial(dir); !errors.Is(err, client.ErrDoorToken) {
		t.Errorf("with a file that others can read: %v", err)
	}
	d.Token = "thetoken"
	if err := os.Chmod(token, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := dial(t, dir).Status(t.Context()); err != nil || s.Version != "v1" {
		t.Errorf("with the token: %v %v", s, err)
	}
	d.Token = "another"
	if _, err := dial(t, dir).Status(t.Context()); !fault.HasCode(err, client.ErrDoorToken.Code) {
		t.Errorf("with an old token: %v", err)
	}
}

func TestTheTokenNeverLeavesThisMachine(t *testing.T) {
	for _, addr := range []string{"192.0.2.1:80", "http://192.0.2.1:80", "tcp://example.org:80", "[2001:db8::1]:80"} {
		dir := home(t)
		lock(t, dir, fmt.Sprintf(`{"pid":%d,"build":"v1","door":%q}`, os.Getpid(), addr))
		_, err := client.Dial(dir)
		if !errors.Is(err, client.ErrNotAnswering) || !strings.Contains(err.Error(), "this machine") {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestAnAnswerThatIsNotTheDoorsIsSaid(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"a page":            func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
		"a failure in text": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 500) },
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://example.org", http.StatusFound)
		},
		"a wrong JSON": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"pid":"one"}`) },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := dial(t, serve(t, h)).Status(t.Context()); !errors.Is(err, client.ErrDoorAnswer) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestADoorThatClosesInTheMiddleIsNotAnswering(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, "{")
	})
	if _, err := dial(t, serve(t, h)).Status(t.Context()); !errors.Is(err, client.ErrNotAnswering) {
		t.Errorf("got %v", err)
	}
}

func TestTheNewsArriveUntilTheListenerGoes(t *testing.T) {
	lab := &admintest.Door{News: make(chan api.Event)}
	c := dial(t, serve(t, door(lab).Handler()))
	want := []api.Event{{Topic: "users", ID: "u1", What: "created"}, {Topic: "sessions", ID: "s\n1", What: "ended"}}
	go func() {
		for _, e := range want {
			lab.News <- e
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	var got []api.Event
	err := c.Events(ctx, func(e api.Event) {
		if got = append(got, e); len(got) == len(want) {
			cancel()
		}
	})
	if err != nil || !cmp.Equal(got, want, cmpopts.IgnoreUnexported(fault.Error{})) {
		t.Errorf("%v: %s", err, cmp.Diff(want, got))
	}
}

func TestTheNewsOfALabThatEndsEndWithAnError(t *testing.T) {
	news := make(chan api.Event)
	close(news)
	c := dial(t, serve(t, door(&admintest.Door{News: news}).Handler()))
	if err := c.Events(t.Context(), func(api.Event) {}); !errors.Is(err, client.ErrNotAnswering) {
		t.Errorf("got %v", err)
	}
}

func TestAStreamThatFallsSilentIsBroken(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	c := dial(t, serve(t, h))
	c.Quiet(20 * time.Millisecond)
	if err := c.Events(t.Context(), func(api.Event) {}); !errors.Is(err, client.ErrNotAnswering) {
		t.Errorf("got %v", err)
	}
}
