package managed_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sting/backend/fault"
	"sting/backend/kratos/managed"
)

// A stand-in for the kratos program: this test binary, told by its environment
// how to behave. It keeps to what was seen of a real one: the commands, the
// ready path, the last line about a taken port, SIGTERM.
const behaviour = "STING_TEST_KRATOS"

func TestMain(m *testing.M) {
	if how := os.Getenv(behaviour); how != "" && len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.") {
		os.Exit(standIn(how, os.Args[1:]))
	}
	os.Exit(m.Run())
}

func standIn(how string, args []string) int {
	if args[0] == "migrate" {
		if how == "refuses" {
			raw, _ := os.ReadFile(args[5])
			secret := regexp.MustCompile(`"cipher": \[\s*"(\w+)"`).FindSubmatch(raw)[1]
			fmt.Fprintf(os.Stderr, "The configuration contains values or keys which are invalid:\nsecrets.cipher.0: %s\n"+
				"                  ^-- length must be <= 31, but got 32\n", secret)
			return 1
		}
		if db, err := os.OpenFile("kratos.sqlite", os.O_CREATE|os.O_RDWR, 0o644); err != nil || db.Close() != nil {
			return 2
		}
		if how == "no migration" {
			fmt.Fprintln(os.Stderr, "unable to open database file: out of memory")
			return 1
		}
		return 0
	}
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	raw, err := os.ReadFile(args[2])
	if err != nil {
		return 2
	}
	var c struct {
		Serve struct{ Admin struct{ Port int } }
	}
	if json.Unmarshal(raw, &c) != nil || os.Getenv("DSN") == "" {
		return 2
	}
	fmt.Println("Starting the public httpd")
	if how == "silent" {
		<-term
		return 0
	}
	ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", c.Serve.Admin.Port))
	if err != nil {
		fmt.Fprintf(os.Stderr, "listen tcp 127.0.0.1:%d: bind: address already in use\n", c.Serve.Admin.Port)
		return 1
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /admin/health/ready", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"status":"ok"}`) })
	go func() { _ = http.Serve(ln, mux) }() // ends with the process
	if how == "dies" {
		<-time.After(300 * time.Millisecond)
		fmt.Fprintln(os.Stderr, "panic: runtime error")
		return 3
	}
	<-term
	if how == "deaf" {
		select {}
	}
	return 0
}

type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func kratos(t *testing.T, how string) (*managed.Kratos, *log) {
	t.Helper()
	t.Setenv(behaviour, how)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := ln.Addr().(*net.TCPAddr).Port
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	l := &log{}
	return &managed.Kratos{
		Binary: os.Args[0], Dir: filepath.Join(t.TempDir(), "kratos"), Admin: fmt.Sprintf("http://127.0.0.1:%d", port),
		Log: slog.New(slog.NewTextHandler(l, nil)), Patience: 5 * time.Second,
		Config: func() managed.Setting {
			return managed.Setting{
				Site: "https://localhost:8443", AdminPort: port, PublicPort: port + 1, RPID: "localhost", RPName: "Lab",
				Origins: []string{"https://localhost:8443"}, Lifespan: 24 * time.Hour, PrivilegedAge: 15 * time.Minute,
				ConnectionURI: "smtp://test:test@127.0.0.1:1025/?skip_ssl_verify=true", Schema: []byte(`{}`), Secret: make([]byte, 32),
			}
		},
	}, l
}

func TestItServesUntilItIsToldToStop(t *testing.T) {
	for _, how := range []string{"well", "deaf"} {
		t.Run(how, func(t *testing.T) {
			k, l := kratos(t, how)
			ctx, cancel := context.WithCancel(t.Context())
			err := k.Run(ctx, cancel)
			if err != nil {
				t.Errorf("Run: %v", err)
			}
			if !strings.Contains(l.String(), "Starting the public httpd") {
				t.Errorf("its lines are not in the log: %s", l)
			}
		})
	}
}

func TestAProcessThatEndsSaysWhy(t *testing.T) {
	for how, want := range map[string]string{"dies": "panic: runtime error", "no migration": "unable to open database file"} {
		t.Run(how, func(t *testing.T) {
			k, _ := kratos(t, how)
			err := k.Run(t.Context(), func() {})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Run: %v, want %q", err, want)
			}
		})
	}
}

func TestARefusedConfigurationIsNamedWithoutItsSecret(t *testing.T) {
	k, l := kratos(t, "refuses")
	err := k.Run(t.Context(), func() { t.Error("it says that it is ready") })
	f := fault.From(err)
	if !errors.Is(err, managed.ErrConfig) || !strings.Contains(f.Message, "secrets.cipher.0: length must be <= 31, but got 32") ||
		!strings.Contains(f.Hint, "kratos.binary") {
		t.Errorf("Run: %v, %q", err, f.Hint)
	}
	if all := l.String() + err.Error(); strings.Contains(all, strings.Repeat("00", 16)) || !strings.Contains(all, "(secret)") {
		t.Errorf("the secret is told: %s", all)
	}
}

func TestEverySettingKeepsKratosLimits(t *testing.T) {
	k, _ := kratos(t, "well")
	setting := k.Config()
	setting.Lifespan, setting.PrivilegedAge = 1500*time.Millisecond, 90*time.Minute
	k.Config = func() managed.Setting { return setting }
	ctx, cancel := context.WithCancel(t.Context())
	if err := k.Run(ctx, cancel); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(k.Dir, "kratos.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if list := managed.Examine(doc); len(list) > 0 {
		t.Errorf("Kratos refuses: %v", list)
	}
}

func TestATakenPortIsNamed(t *testing.T) {
	k, _ := kratos(t, "well")
	ln, err := net.Listen("tcp", strings.TrimPrefix(k.Admin, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	k.Patience = time.Minute
	err = k.Run(t.Context(), func() { t.Error("it says that it is ready") })
	if !errors.Is(err, managed.ErrEnded) || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("Run: %v", err)
	}
}

func TestOneThatStaysSilentIsGivenUp(t *testing.T) {
	k, _ := kratos(t, "silent")
	k.Patience = 300 * time.Millisecond
	if err := k.Run(t.Context(), func() {
		t.Error("it says that it is ready")
	}); !errors.Is(err, managed.ErrEnded) || !strings.Contains(err.Error(), "did not become ready") {
		t.Errorf("Run: %v", err)
	}
}

func TestWithoutAProgramTheFixIsNamed(t *testing.T) {
	k, _ := kratos(t, "well")
	k.Binary = filepath.Join(t.TempDir(), "kratos")
	if err := k.Run(t.Context(), func() {}); !errors.Is(err, managed.ErrNoBinary) {
		t.Errorf("Run: %v", err)
	}
}

func TestWhatItWritesIsItsOwnersAlone(t *testing.T) {
	k, _ := kratos(t, "well")
	if err := os.Mkdir(k.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(k.Dir, "kratos.sqlite-wal"), nil, 0o644); err != nil { // of a start before
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := k.Run(ctx, cancel); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"kratos.json", "identity.schema.json", "kratos.sqlite", "kratos.sqlite-wal"} {
		fi, err := os.Stat(filepath.Join(k.Dir, name))
		if err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, fi, err)
		}
	}
}
