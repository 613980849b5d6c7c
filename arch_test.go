package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const module = "sting/"

// leaves import nothing of ours but other leaves, and anybody may import them.
const leaves = "backend/fault backend/list backend/events backend/clock backend/origin backend/loopback backend/display backend/health " +
	"backend/document backend/child backend/disk backend/spelling"

// domains are what the lab is about. They know leaves and, where it says so,
// each other; never an adapter.
const domains = "backend/identity backend/passkey backend/relyingparty backend/session backend/signin backend/decode backend/inspect " +
	"backend/tape backend/apps/watched backend/service backend/mail backend/apps"

// mayImport is the architecture: a package may import what stands to its right,
// the leaves, and the standard library. Tests, and packages whose name ends in
// "test", may import anything. Moving a wall is a decision: say why beside it.
var mayImport = map[string]string{
	"": "app/window app/cli backend frontend", // config only through backend: main knows no settings

	// The faces are thin. They reach a lab through its verbs, in the process or
	// over the socket, and show help; never a domain, never the store.
	"app/window": "backend backend/admin backend/admin/client backend/api",
	"app/cli":    "backend backend/admin backend/admin/client backend/api app/help",
	"app/help":   "",
	"frontend":   "",
	// somebody else's app, for tests in a browser: it knows nothing of the lab
	"frontend/e2e/apps/bank": "",

	// the composition root
	"backend": "backend/* backend/apps/front backend/apps/watched backend/mail/courier backend/tape/recorder backend/internal/knobs " +
		"backend/browser/virtual backend/browser/watch backend/kratos/idp backend/kratos/managed backend/passkey/softkey",

	// the doctor examines what the root hands it: the rooms that are looked at together, never the faces or the wire
	"backend/doctor": "backend/api backend/config backend/apps/front backend/localca backend/store backend/settings backend/relyingparty " +
		"backend/mailservice backend/visitors backend/home backend/tape backend/mail/courier backend/passkey/softkey " + domains,

	"backend/httpapi":      "backend/admin backend/api backend/apps/front backend/visitors " + domains,
	"backend/admin":        "backend/api backend/wire " + domains,
	"backend/admin/client": "backend/admin backend/api",
	"backend/wire":         "backend/api " + domains,
	"backend/store":        "backend/kratos/idp backend/mail/courier " + domains,

	"backend/signin":       "backend/identity backend/passkey backend/session", // the one that joins them
	"backend/passkey":      "backend/identity",
	"backend/relyingparty": "backend/passkey", // it chooses among values of that; what is below the door never asks it
	"backend/session":      "backend/identity",
	"backend/identity":     "",
	"backend/apps":         "",
	"backend/decode":       "",                                                        // what bytes mean: nobody's judgement
	"backend/inspect":      "backend/api backend/decode",                              // owes the verifier nothing, see only
	"backend/apps/watched": "backend/api backend/decode backend/inspect backend/tape", // ceremonies of others, judged by the explainer alone
	// keeps what it is handed: neither judge nor verifier writes it
	"backend/tape":           "",
	"backend/service":        "",
	"backend/kratos":         "backend/identity backend/session",
	"backend/kratos/idp":     "backend/identity backend/session",
	"backend/kratos/managed": "",
	"backend/mail/courier":   "",
	"backend/mail":           "",
	"backend/archive":        "",
	"backend/tape/recorder":  "backend/tape backend/passkey", // the one that writes down what the verifier saw
	"backend/visitors":       "backend/api",                  // what a browser reports is kept as it came
	// its log holds the lines of services, a folder of it the roots of attestations
	"backend/home": "backend/service backend/inspect",

	// the configuration in force: it knows how each part reads it
	"backend/settings": "backend/api backend/apps backend/config backend/identity backend/apps/front backend/kratos/idp backend/localca " +
		"backend/session " +
		"backend/tape backend/passkey backend/relyingparty",
	"backend/transfer": "backend/admin backend/api backend/archive backend/store backend/kratos/idp " + domains, // all of the data
	// the machine and its home folder, with a lab and without
	"backend/host": "backend/apps backend/admin backend/api backend/browser backend/browser/virtual backend/config backend/doctor " +
		"backend/home " +
		"backend/inspect backend/localca backend/service backend/settings",

	// one service and one value, whatever is behind them
	"backend/mailservice": "backend/config backend/mail/courier backend/kratos/idp backend/mail backend/service",
	"backend/passwords": "backend/config backend/identity backend/kratos backend/kratos/idp backend/kratos/managed " +
		"backend/service backend/session backend/signin",

	"backend/browser":         "",
	"backend/browser/virtual": "backend/browser/watch backend/apps/watched", // the pages of the browser that it runs are watched
	// what the protocol says, or a page of an app, in the words of the domain
	"backend/browser/watch": "backend/apps backend/tape backend/apps/watched",
	// what an app or a front end may be is said once, for the file and for who uses it
	"backend/config":     "backend/apps backend/apps/front",
	"backend/apps/front": "", // between browsers and a development server: it knows no domain
	"backend/health":     "",
	"backend/localca":    "",
	"backend/loopback":   "", // every listener's door frame: the site, Kratos' ports, the mailbox, the admin door

	"backend/internal/knobs": "", // what tests alone may change about a lab

	"backend/api":             "",
	"backend/passkey/softkey": "",
	"backend/fault":           "",
	"backend/list":            "", // how people, passkeys and sessions are listed: said by domains, done by the store
	"backend/events":          "",
	"backend/clock":           "",
	"backend/child":           "",
	"backend/origin":          "",
	"backend/display":         "",
	"backend/document":        "",
	"backend/disk":            "",
	"backend/spelling":        "", // what was probably meant, and what resembles a password
}

// noLeaves are packages that import nothing of ours at all.
var noLeaves = []string{"frontend", "backend/api", "backend/passkey/softkey", "backend/fault", "backend/events", "backend/clock",
	"backend/origin", "backend/child", "backend/spelling"}

// only lists who may import a module from outside.
var only = map[string][]string{
	"github.com/wailsapp/wails":         {"app/window"},
	"go.etcd.io/bbolt":                  {"backend/store"},
	"github.com/go-webauthn/webauthn":   {"backend/passkey", "frontend/e2e/apps/bank"}, // the bank is an app of somebody else
	"filippo.io/edwards25519":           {"backend/passkey", "backend/decode"},
	"github.com/smallstep/truststore":   {"backend/localca"},
	"github.com/ory/kratos-client-go":   {"backend/kratos"},
	"github.com/skratchdot/open-golang": {"backend/browser"},
	"github.com/klauspost/compress":     {"backend/loopback"},
	"github.com/gofrs/flock":            {"backend/home"},
	"gopkg.in/natefinch/lumberjack.v2":  {"backend/home"},
	"github.com/fsnotify/fsnotify":      {"backend/config"},
	"go.yaml.in/yaml":                   {"backend/config"},
	"github.com/adrg/xdg":               {"backend/config"},
	"github.com/alexedwards/argon2id":   {"backend/kratos/idp"},
	"github.com/santhosh-tekuri":        {"backend/kratos/idp", "backend/config"},
	"github.com/spf13/cobra":            {"app/cli"},
	"golang.org/x/term":                 {"app/cli"},
	// the store: rows of sting.db, compact and without names
	"github.com/fxamacker/cbor":          {"backend/passkey/softkey", "backend/store"},
	"github.com/emersion/go-smtp":        {"backend/mail", "backend/mail/courier"},
	"github.com/emersion/go-message":     {"backend/mail", "backend/mail/courier"},
	"github.com/rogpeppe/go-internal":    nil, // tests only
	"github.com/google/go-cmp":           nil,
	"github.com/chromedp":                nil,
	"github.com/descope/virtualwebauthn": nil,
}

type listed struct {
	ImportPath string
	Imports    []string
}

// TestArchitecture looks at every package as the terminal's build and as the
// window's build of three systems see it.
func TestArchitecture(t *testing.T) {
	builds := []struct{ goos, tags string }{
		{"linux", ""}, {"linux", "desktop,production,webkit2_41"}, {"darwin", "desktop,production"}, {"windows", "desktop,production"},
	}
	for _, b := range builds {
		t.Run(b.goos+" "+b.tags, func(t *testing.T) {
			seen := 0
			for _, p := range list(t, b.goos, b.tags) {
				seen++
				for _, complaint := range judge(p) {
					t.Error(complaint)
				}
			}
			if seen < 20 {
				t.Errorf("only %d packages were looked at", seen)
			}
		})
	}
}

// list asks for the packages of the program; the folder of npm's packages and
// that of the build may hold Go files that are not ours.
func list(t *testing.T, goos, tags string) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-tags", tags, "-json=ImportPath,Imports", ".", "./app/...", "./backend/...",
		"./frontend")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// judge returns what is wrong with a package's imports.
func judge(p listed) (complaints []string) {
	from := strings.TrimSuffix(strings.TrimPrefix(p.ImportPath+"/", module), "/")
	if strings.HasSuffix(from, "test") { // helpers for tests, such as storetest
		return nil
	}
	allowed, known := mayImport[from]
	if !known {
		return []string{from + " is not in the architecture: decide where it belongs and add it"}
	}
	if !slices.Contains(noLeaves, from) {
		allowed += " " + leaves
	}
	for _, imp := range p.Imports {
		if to, ours := strings.CutPrefix(imp, module); ours && !matches(allowed, to) {
			complaints = append(complaints, from+" must not import "+to)
		}
		for mod, who := range only {
			if (imp == mod || strings.HasPrefix(imp, mod+"/")) && !slices.Contains(who, from) {
				complaints = append(complaints, from+" must not import "+imp+": it stands behind one package")
			}
		}
	}
	return complaints
}

func matches(patterns, to string) bool {
	return slices.ContainsFunc(strings.Fields(patterns), func(pattern string) bool {
		ok, err := path.Match(pattern, to)
		return ok && err == nil
	})
}

// The walls hold only as long as breaking one is seen.
func TestABrokenWallIsSeen(t *testing.T) {
	for name, p := range map[string]listed{
		"a domain that imports the store":          {"sting/backend/passkey", []string{"sting/backend/store"}},
		"a domain that imports another one":        {"sting/backend/passkey", []string{"sting/backend/session"}},
		"the explainer that asks the library":      {"sting/backend/inspect", []string{"github.com/go-webauthn/webauthn/protocol"}},
		"the explainer that asks the verifier":     {"sting/backend/inspect", []string{"sting/backend/passkey"}},
		"a decoder that judges":                    {"sting/backend/decode", []string{"sting/backend/inspect"}},
		"a decoder that asks the library":          {"sting/backend/decode", []string{"github.com/go-webauthn/webauthn/protocol"}},
		"a tape that judges":                       {"sting/backend/tape", []string{"sting/backend/inspect"}},
		"the site that knows the embedded Kratos":  {"sting/backend/httpapi", []string{"sting/backend/kratos/idp"}},
		"a face that reaches into a domain":        {"sting/app/cli", []string{"sting/backend/session"}},
		"a window's toolkit outside of the window": {"sting/backend", []string{"github.com/wailsapp/wails/v2"}},
		"bbolt outside of the store":               {"sting/backend/session", []string{"go.etcd.io/bbolt"}},
		"a backend that knows its faces":           {"sting/backend", []string{"sting/app/window"}},
		"a leaf that imports something":            {"sting/backend/fault", []string{"sting/backend/events"}},
		"a package that nobody placed":             {"sting/backend/utils", nil},
	} {
		if len(judge(p)) == 0 {
			t.Errorf("%s is not seen", name)
		}
	}
}

// mostColumns is how long a line may be, in characters; a tab counts as one.
const mostColumns = 140

func TestNoLineIsTooLong(t *testing.T) {
	seen := 0
	for _, name := range sources(t) {
		seen++
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(raw), "\n") {
			if n := utf8.RuneCountInString(line); n > mostColumns {
				t.Errorf("%s:%d: %d characters; %d are the most", name, i+1, n, mostColumns)
			}
		}
	}
	if seen < 300 {
		t.Errorf("only %d files were looked at", seen)
	}
}

// sources returns the Go files of the house, tests too.
func sources(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "cache" || name != "." && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if strings.HasSuffix(name, ".go") {
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestTheTopLevelIsTheDesigns keeps the front of the house as it was drawn.
func TestTheTopLevelIsTheDesigns(t *testing.T) {
	want := []string{"LICENSE", "README.md", "app", "arch_test.go", "backend", "build", "frontend", "go.mod", "go.sum", "main.go",
		"wails.json"}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(want, e.Name()) {
			t.Errorf("%s stands at the top level, where the design has no place for it", e.Name())
		}
	}
}
