package virtual_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/browser/virtual"
	"sting/backend/tape"
)

// frontend is where the apps of somebody else are, and the table.
const frontend = "../../../frontend"

// somebodys is an app that is built of packages which the registries have.
type somebodys struct {
	name, made      string
	register, login string
	command         func(t *testing.T) []string
}

func inNode(name string) func(*testing.T) []string {
	return func(*testing.T) []string {
		return []string{"node", filepath.Join(frontend, "e2e/apps", name, "server.mjs")}
	}
}

var somebodysApps = []somebodys{
	{"shop", "Express and SimpleWebAuthn, JSON", "/signup", "/login", inNode("shop")},
	{"bank", "Go and go-webauthn, a form and a redirect", "/register/passkey", "/login/passkey", func(t *testing.T) []string {
		program := filepath.Join(t.TempDir(), "bank")
		if out, err := exec.Command("go", "build", "-o", program, frontend+"/e2e/apps/bank").CombinedOutput(); err != nil {
			t.Fatalf("the bank does not build: %v\n%s", err, out)
		}
		return []string{program}
	}},
	{"club", "Node and fido2-lib, an encoding of its own", "/join", "/enter", inNode("club")},
}

// breakages are what people get wrong about passkeys; each app has its own way to.
var breakages = []struct{ name, what string }{
	{"origin", "the server expects another origin"},
	{"rp-id", "the server has another RP ID"},
	{"session", "the session is lost between begin and complete"},
	{"counter", "the server's counter is ahead"},
	{"uv", "the server demands user verification that the options don't"},
	{"base64", "another base64 alphabet"},
	{"http", "the server expects https, the page is on http"},
	{"double", "a second begin, as of a double click"},
}

const breakagesHead = `# What the record says of somebody else's app that is set up wrong

Written by ` + "`STING_UPDATE=1 STING_CHROMIUM=chromium go test ./backend/browser/virtual -run Breakage`" + `, which opens the three apps
of ` + "`frontend/e2e/apps`" + ` in the lab browser, each whole and then broken in eight ways. Beside each app another one on localhost
has set a cookie. Ports are masked: 3000 is the app's own, 3001 the next.

| app | breakage | ceremony | ours | the server | code | the record says | what to do |
|---|---|---|---|---|---|---|---|
`

// TestTheCauseOfEachBreakageIsNamed holds a table of what the records say against the one
// that is kept.
func TestTheCauseOfEachBreakageIsNamed(t *testing.T) {
	if os.Getenv("STING_CHROMIUM") == "" {
		t.Skip("STING_CHROMIUM names no browser to drive: build/test runs this with one")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("two of the apps run on Node, which isn't here")
	}
	if _, err := os.Stat(frontend + "/node_modules/fido2-lib"); err != nil {
		t.Skip("the apps' packages aren't here: build/test installs them")
	}
	var table strings.Builder
	table.WriteString(breakagesHead)
	for _, a := range somebodysApps {
		command := a.command(t)
		w := watchPages(t)
		other := neighbour(t)
		for _, b := range append([]struct{ name, what string }{{"", "nothing"}}, breakages...) {
			w.open(other)
			table.WriteString(w.tried(a, command, b.name, b.what))
		}
	}
	const file = frontend + "/e2e/breakages.md"
	if os.Getenv("STING_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), table.String()); diff != "" {
		t.Errorf("%s is not what the records say; STING_UPDATE=1 writes it:\n%s", file, diff)
	}
}

// neighbour is another program on localhost, which takes all cookies away and sets its
// own, which all apps get.
func neighbour(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Clear-Site-Data", `"cookies"`)
		io.WriteString(w, `<script>document.cookie = "neighbour=here; path=/"</script>`)
	}))
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
}

// tried registers with an app and signs in, until its server refuses, and returns a row
// of each ceremony that says something: the last one, and of an app that is whole both.
func (w *watcher) tried(a somebodys, command []string, broken, what string) string {
	w.t.Helper()
	page := startApp(w.t, command, broken)
	row := ""
	for _, path := range []string{a.register, a.login} {
		if err := w.Open(w.t.Context(), page+path); err != nil {
			w.t.Fatal(err)
		}
		r := w.records(1)[0]
		v := r.Watched.Verdict
		if broken != "" {
			row = ""
		}
		cells := []string{a.name, what, r.Kind, v.Ours, v.Server, r.Fault, strings.Join(strings.Fields(r.Cause), " "), r.Fix}
		row += masked(page, "| "+strings.Join(cells, " | ")+" |\n")
		if r.Watched.Begin == nil {
			w.t.Errorf("%s, %s: the answer that delivered the challenge was not seen", a.name, what)
		}
		if r.State != tape.Verified {
			break
		}
		if r.Kind == "authentication" && (r.Stored == nil || v.Ours != "accepted") {
			w.t.Errorf("%s, %s: the sign-in is not verified with the remembered key: %+v", a.name, what, v)
		}
	}
	state, err := w.State()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, k := range state.Keys {
		if err := w.Apply(w.t.Context(), virtual.Change{Do: virtual.Forget, Key: k.ID()}); err != nil {
			w.t.Fatal(err)
		}
	}
	return row
}

// place is where in random bytes a parser stumbled.
var place = regexp.MustCompile(`input byte \d+`)

// masked gives an app the port 3000.
func masked(page, text string) string {
	u, err := url.Parse(page)
	if err != nil {
		panic(err)
	}
	port, _ := strconv.Atoi(u.Port())
	text = strings.NewReplacer(":"+u.Port(), ":3000", ":"+strconv.Itoa(port+1), ":3001").Replace(text)
	return place.ReplaceAllString(text, "input byte (n)")
}

// startApp runs an app whose pages press their own buttons, and returns its address.
func startApp(t testing.TB, command []string, broken string) string {
	t.Helper()
	ctx, end := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Env = append(os.Environ(), "AUTO=1", "PORT=0", "BREAK="+broken)
	c.Stderr = t.Output()
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(); c.Wait() })
	defer time.AfterFunc(30*time.Second, end).Stop()
	line, err := bufio.NewReader(out).ReadString('\n')
	address, ready := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if err != nil || !ready {
		t.Fatalf("%v is not ready: %q, %v", command, line, err)
	}
	go io.Copy(io.Discard, out)
	return address
}
