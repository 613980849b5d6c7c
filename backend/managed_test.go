package backend_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"sting/backend"
	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/config"
	"sting/backend/events"
	"sting/backend/kratos/idp"
	"sting/backend/labtest"
	"sting/backend/session"
	"sting/backend/store"
)

// A stand-in for the kratos program: this test binary, with the embedded
// provider behind the commands, files and paths of a real one.
const asKratos = "STING_TEST_AS_KRATOS"

func TestMain(m *testing.M) {
	if what := os.Getenv("STING_KILL_LAB"); what != "" {
		fmt.Fprintln(os.Stderr, liveUntilKilled(os.Getenv("STING_KILL_LAB_HOME"), what))
		os.Exit(1)
	}
	if home := os.Getenv(asLab); home != "" && len(os.Args) == 1 {
		os.Exit(serveAsLab(home))
	}
	if os.Getenv(asKratos) != "" && len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.") {
		if os.Args[1] == "migrate" {
			os.Exit(0)
		}
		if err := serveAsKratos(os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	overlap()
	os.Exit(m.Run())
}

// overlap lets more tests run at once than there are cores: a test of a whole lab waits
// most of its time. -parallel says otherwise.
func overlap() {
	const atOnce = "6"
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if !said && runtime.GOMAXPROCS(0) < 6 {
		_ = flag.Set("test.parallel", atOnce) // a number is one
	}
}

// A lab in a process of its own, which can be killed: this test binary.
const asLab = "STING_TEST_AS_LAB"

func serveAsLab(home string) int {
	lab := backend.New(labtest.Cheap(backend.Options{
		Home: home, Pages: labtest.Pages(), Version: "test", Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}))
	done := make(chan error, 1)
	go func() { done <- lab.Run(context.Background()) }()
	select {
	case err := <-done:
		fmt.Fprintln(os.Stderr, err)
		return 1
	case <-lab.Ready():
		fmt.Println("ready")
	}
	<-done
	return 0
}

func serveAsKratos(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var c struct {
		Serve struct {
			Public struct {
				Port int
				Base string `json:"base_url"`
			}
			Admin struct{ Port int }
		}
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return err
	}
	dir := filepath.Join(filepath.Dir(file), "standin")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	st, err := store.Open(dir, store.Options{})
	if err != nil {
		return err
	}
	defer st.Close()
	bus, now := &events.Bus{}, clock.New(nil).Now
	schema, err := idp.ParseSchema("default", config.DefaultSchema())
	if err != nil {
		return err
	}
	site := strings.TrimSuffix(c.Serve.Public.Base, "/.ory/")
	p := &idp.Provider{
		Store: st, Identities: st, Hasher: idp.NewHasher(idp.TestCost()), Schema: func() *idp.Schema { return schema },
		Sessions: &session.Sessions{Store: st, Now: now, Bus: bus, Policy: func() session.Policy {
			return session.Policy{Lifespan: time.Hour, PrivilegedAge: time.Hour}
		}},
		Config: func() idp.Config { return idp.Config{Site: site, BaseURL: site + "/.ory"} },
		Secret: make([]byte, 32), Bus: bus, Now: now,
	}
	failed := make(chan error, 2)
	go func() { failed <- http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", c.Serve.Public.Port), p.Public()) }()
	ready := http.NewServeMux()
	ready.HandleFunc("GET /admin/health/ready", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"status":"ok"}`) })
	ready.Handle("/admin/identities", p.Admin())
	ready.Handle("/admin/identities/", p.Admin())
	ready.HandleFunc("POST /die", func(http.ResponseWriter, *http.Request) { os.Exit(7) })
	go func() { failed <- http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", c.Serve.Admin.Port), ready) }()
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	select {
	case err := <-failed:
		return err
	case <-term:
		return nil
	}
}

func TestTheLabRunsARealKratosAndSurvivesItsDeath(t *testing.T) {
	t.Setenv(asKratos, "1")
	adminPort := labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: %d, kratos_admin: %d, smtp: off, smtp_plain: off, mail: off}\n"+
		"kratos: {mode: managed, binary: %q}\n",
		labtest.FreePort(t), labtest.FreePort(t), adminPort, os.Args[0]))
	b, c := lab.Browser(), lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	c.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
	b.SignIn()
	before := serviceOf(t, lab, "kratos")
	if before.State != api.Healthy {
		t.Fatalf("kratos is %s: %+v", before.State, before.Error)
	}

	resp, err := http.Post(fmt.Sprintf("http://127.0.0.1:%d/die", adminPort), "", nil)
	if err == nil {
		resp.Body.Close()
	}
	until(t, "kratos' death is seen", func() bool { return serviceOf(t, lab, "kratos").State != api.Healthy })
	refused(t, "a password while Kratos is down", b.Do("POST", "/api/auth/login", `{"email":"ann@example.org","password":"wrong wrong"}`),
		503, "KRATOS_UNAVAILABLE")
	if a := c.Do("GET", "/api/auth/session", nil); a.Status != 503 || !strings.Contains(a.Text("hint"), "starts it again by itself") {
		t.Errorf("a password session while Kratos is down: %d %s", a.Status, a.Body)
	}
	if a := b.Do("GET", "/api/auth/session", nil); a.Status != 200 || a.Text("auth_method") != "passkey" {
		t.Errorf("a passkey session while Kratos is down: %d", a.Status)
	}
	until(t, "kratos is back", func() bool { return serviceOf(t, lab, "kratos").State == api.Healthy })
	if a := c.Do("GET", "/api/auth/session", nil); a.Status != 200 || a.Text("auth_method") != "password" {
		t.Errorf("nobody was to be signed out: %d %s", a.Status, a.Body)
	}
}

// until waits for something that another process has to do.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited too long until %s", what)
		case <-tick.C:
		}
	}
}
