package virtual_test

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"sting/backend/apps/watched"
	"sting/backend/browser/virtual"
	"sting/backend/events"
	"sting/backend/store/storetest"
	"sting/backend/tape"
)

// foreignApp is somebody's web app, which believes a good deal.
type foreignApp struct {
	*httptest.Server
	t         testing.TB
	origin    string
	mu        sync.Mutex
	challenge []byte // the last one
	expect    string // the origin that it wants
	believes  bool   // anything
	status    int    // of every complete, 0: as it is
	cookies   bool   // needs its cookie
	encoding  *base64.Encoding
	over      chan struct{} // closed at the test's end
}

//go:embed testdata/app.html
var appPage []byte

func openApp(t testing.TB) *foreignApp {
	a := &foreignApp{t: t, encoding: base64.RawURLEncoding, over: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write(appPage)
	})
	mux.HandleFunc("POST /begin", a.begin)
	mux.HandleFunc("POST /complete", a.complete)
	mux.HandleFunc("GET /slow", a.slow)
	a.Server = httptest.NewUnstartedServer(mux)
	a.Start()
	t.Cleanup(func() { close(a.over); a.Close() })
	_, port, err := net.SplitHostPort(a.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	a.origin = "http://localhost:" + port
	a.expect = a.origin
	return a
}

func (a *foreignApp) begin(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.challenge = fmt.Appendf(nil, "a challenge of %d", time.Now().UnixNano())
	http.SetCookie(w, &http.Cookie{Name: "sid", Value: plantedCookie, Path: "/", HttpOnly: true})
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"options": map[string]any{"challenge": a.encoding.EncodeToString(a.challenge)},
		"token": plantedToken})
}

// slow is a page with the challenge in it, whose end comes after all else.
func (a *foreignApp) slow(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	w.Write(appPage)
	fmt.Fprintf(w, `<script>register({challenge: bytes(%q)})</script>`, a.encoding.EncodeToString([]byte("a challenge in a page")))
	w.(http.Flusher).Flush()
	<-a.over
}

func (a *foreignApp) complete(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var in struct {
		ClientData string `json:"clientData"`
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		w.WriteHeader(400)
		return
	}
	raw, err := a.encoding.DecodeString(in.ClientData)
	var client struct{ Challenge, Origin string }
	if err == nil {
		err = json.Unmarshal(raw, &client)
	}
	_, noCookie := r.Cookie("sid")
	said, status := "", 400
	switch {
	case a.status != 0:
		said, status = "It is broken.", a.status
	case a.believes:
	case err != nil:
		said = "could not decode: " + err.Error()
	case a.cookies && noCookie != nil:
		said, status = "no session", 401
	case client.Origin != a.expect:
		said = fmt.Sprintf("Unexpected origin %q, expected %q", client.Origin, a.expect)
	case client.Challenge != base64.RawURLEncoding.EncodeToString(a.challenge):
		said = "challenge mismatch"
	}
	if said != "" {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]any{"verified": false, "error": said, "token": plantedToken})
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"verified": true, "access_token": plantedToken,
		"user": map[string]any{"password": plantedPassword}})
}

const (
	plantedCookie   = "planted-cookie-4242"
	plantedToken    = "eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoidG9rZW4ifQ.cGxhbnRlZA"
	plantedPassword = "planted password 4242"
)

// watcher is a browser whose pages are watched.
type watcher struct {
	*virtual.Virtual
	t    testing.TB
	app  *foreignApp
	tape *tape.Tape

	done chan watched.Ceremony
}

// look opens the app that answers as it is told.
func look(t *testing.T) *watcher {
	t.Helper()
	w := watchPages(t)
	w.app = openApp(t)
	w.open(w.app.origin + "/?token=" + plantedToken)
	return w
}

func watchPages(t testing.TB) *watcher {
	t.Helper()
	s := storetest.New(t)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	w := &watcher{t: t, done: make(chan watched.Ceremony, 64)}
	w.tape = &tape.Tape{Store: s, Bounds: func() tape.Bounds {
		return tape.Bounds{Count: 1000, Bytes: 1 << 26}
	}, Bus: new(events.Bus), Log: log}
	recorder := &watched.Recorder{Tape: w.tape, Keys: s, Source: func(origin string) (string, bool) { return origin, true }, Log: log}
	w.run(func(c watched.Ceremony) {
		recorder.Seen(context.Background(), c)
		if !c.Done {
			return
		}
		select {
		case w.done <- c:
		default: // a benchmark doesn't wait for them
		}
	})
	return w
}

// run begins a browser that ends with the test; seen is nil where nobody watches.
func (w *watcher) run(seen func(watched.Ceremony)) {
	w.t.Helper()
	chromium := os.Getenv("STING_CHROMIUM")
	if chromium == "" {
		w.t.Skip("STING_CHROMIUM names no browser to drive: build/test runs this with one")
	}
	w.Virtual = virtual.New(virtual.Options{
		Dir: w.t.TempDir(), Path: chromium, Headless: true, Changed: func() {}, Now: time.Now, Seen: seen,
		Log: slog.New(slog.NewTextHandler(w.t.Output(), nil)),
	})
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); w.Run(ctx) }()
	w.t.Cleanup(func() { end(); <-ended })
}

func (w *watcher) open(address string) {
	w.t.Helper()
	if err := w.Open(w.t.Context(), address); err != nil {
		w.t.Fatal(err)
	}
	w.page(`new Promise(ok => document.readyState === "complete" ? ok() : addEventListener("load", ok))`)
}

func (w *watcher) page(do string) {
	w.t.Helper()
	if _, err := w.Evaluate(w.t.Context(), "(async () => "+do+")()"); err != nil {
		w.t.Fatalf("%s: %v", do, err)
	}
}

// records waits until n ceremonies are done and returns all, the newest first.
func (w *watcher) records(n int) []tape.Record {
	w.t.Helper()
	limit := time.NewTimer(40 * time.Second)
	defer limit.Stop()
	for range n {
		select {
		case <-w.done:
		case <-limit.C:
			list, _ := w.tape.Records(w.t.Context(), "", 50)
			w.t.Fatalf("nothing more is done; the tape has %+v", list)
		}
	}
	list, err := w.tape.Records(w.t.Context(), "", 50)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func TestACeremonyOfAnAppIsRecordedWithItsServersVerdict(t *testing.T) {
	w := look(t)
	w.page(`register()`)
	r := w.records(1)[0]
	if r.Kind != "registration" || r.State != tape.Verified || r.Source != w.app.origin || r.Email != "ada@example.org" {
		t.Errorf("the record is %+v", r)
	}
	v := r.Watched.Verdict
	if v.Ours != "accepted" || v.Server != "accepted" {
		t.Errorf("the verdict is %+v", v)
	}
	if b := r.Watched.Begin; b == nil || b.Method != "POST" || b.URL != w.app.origin+"/begin" || b.Status != 200 {
		t.Errorf("begin is %+v", b)
	}
	if c := r.Watched.Complete; c == nil || c.URL != w.app.origin+"/complete" || c.Status != 200 ||
		!strings.Contains(c.Body, `"verified":true`) {
		t.Errorf("complete is %+v", c)
	} else if c.Cookies != 1 {
		t.Errorf("the cookie that begin set came back, and %d are counted", c.Cookies)
	}
	w.page(`signIn()`)
	r = w.records(1)[0]
	if r.Kind != "authentication" || r.State != tape.Verified || r.Stored == nil || r.After == nil || r.Watched.Verdict.Ours != "accepted" {
		t.Errorf("the sign-in is %+v: %+v", r, r.Watched)
	}
	if r.After != nil && r.After.SignCount <= r.Stored.SignCount {
		t.Errorf("the counter went from %d to %d", r.Stored.SignCount, r.After.SignCount)
	}
	kept, err := json.Marshal(w.records(0))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{plantedCookie, plantedToken, plantedPassword} {
		if strings.Contains(string(kept), secret) {
			t.Errorf("%q is on the tape:\n%s", secret, kept)
		}
	}
}

func TestABeginIsSeenInAPageThatIsNotAllThere(t *testing.T) {
	w := look(t)
	w.app.believes = true
	if err := w.Open(t.Context(), w.app.origin+"/slow"); err != nil {
		t.Fatal(err)
	}
	if b := w.records(1)[0].Watched.Begin; b == nil || b.URL != w.app.origin+"/slow" || b.Status != 200 {
		t.Errorf("begin is %+v", b)
	}
}

func TestWhatAServerGetsWrongIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		breaks      func(*foreignApp)
		fault, says string
	}{
		"it believes anything": {func(a *foreignApp) { a.believes = true }, "", "Both agree"},
		"it expects another origin": {func(a *foreignApp) { a.expect = "http://127.0.0.1:3000" },
			"APP_REFUSED", "the server expects the origin http://127.0.0.1:3000"},
		"it breaks": {func(a *foreignApp) { a.status = 500 }, "APP_FAILED", "Your server broke"},
	} {
		t.Run(name, func(t *testing.T) {
			w := look(t)
			w.app.mu.Lock()
			c.breaks(w.app)
			w.app.mu.Unlock()
			w.page(`register()`)
			r := w.records(1)[0]
			if v := r.Watched.Verdict; r.Fault != c.fault || !strings.Contains(v.Says, c.says) {
				t.Errorf("fault %q, verdict %+v", r.Fault, v)
			}
		})
	}
}
