package backend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

// heard collects what is written to it from anywhere.
type heard struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.String()
}

// canaries are secrets by what they are, and where each may stand.
type canaries map[string]canary

type canary struct {
	value string
	may   *regexp.Regexp // names of places in which it has to stand; nil: none
}

// found fails for every canary that a place has and must not have.
func (c canaries) found(t *testing.T, place, text string) {
	t.Helper()
	for what, secret := range c {
		if len(secret.value) < 6 {
			t.Errorf("the canary %q is too short to look for: %q", what, secret.value)
		}
		if (secret.may == nil || !secret.may.MatchString(place)) && strings.Contains(text, secret.value) {
			t.Errorf("%s holds %s", place, what)
		}
	}
}

// TestSecretsStandInNoLogNoExportNoAnswerAndNoFile plants a secret of every kind
// (THREATS T14) and looks for it in everything that the lab writes or tells.
func TestSecretsStandInNoLogNoExportNoAnswerAndNoFile(t *testing.T) {
	t.Parallel()
	log := &heard{}
	const smtp = "canary-of-the-mail-server"
	lab := labtest.StartWith(t, "courier: {smtp: {connection_uri: \"smtp://test:"+smtp+"@mailpit:1025/?skip_ssl_verify=true\"}}\n",
		func(o *labtest.Options) {
			o.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
	events := &heard{}
	listening, enough := context.WithCancel(t.Context())
	defer enough()
	following := make(chan struct{})
	go func() {
		defer close(following)
		_ = lab.Events(listening, func(e api.Event) { fmt.Fprintf(events, "%+v\n", e) }) // nil: it was ended here
	}()

	planted := plant(t, lab)
	planted["the password of the mail server"] = canary{smtp, regexp.MustCompile(`sting\.yml$`)}
	key, err := os.ReadFile(filepath.Join(lab.Home, "ca", "ca-key.pem"))
	done(t, err)
	planted["the authority's key"] = canary{strings.Split(string(key), "\n")[1], regexp.MustCompile(`ca-key\.pem$`)}

	for place, v := range told(t, lab) {
		raw, err := json.Marshal(v)
		done(t, err)
		planted.found(t, place, string(raw))
	}
	enough()
	<-following
	lab.Stop()
	planted.found(t, "the events", events.String())
	if !strings.Contains(events.String(), "sessions") {
		t.Errorf("no event was heard: %q", events)
	}
	planted.found(t, "the log", log.String())
	if n := strings.Count(log.String(), "\n"); n < 10 {
		t.Errorf("only %d lines were logged", n)
	}
	files := 0
	done(t, filepath.WalkDir(lab.Home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		files++
		planted.found(t, strings.TrimPrefix(path, lab.Home), string(raw))
		return err
	}))
	if files < 8 {
		t.Errorf("only %d files were looked at", files)
	}
}

// plant uses every kind of secret once, in the right places and in wrong ones.
func plant(t *testing.T, lab *labtest.Lab) canaries {
	t.Helper()
	b, stranger := lab.Browser(), lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	b.SignIn()
	open := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	var options struct{ Challenge string }
	done(t, json.Unmarshal(open.Member("publicKey"), &options))
	mail, err := lab.MailCode(t.Context(), api.MailFor{Address: "ann@example.org", Seconds: 20})
	done(t, err)

	const wrong, planted, header = "canary-of-a-wrong-password", "canary-of-another-session", "canary-of-a-token"
	stranger.Do("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": wrong})
	stranger.Do("POST", "/api/auth/register", map[string]any{"email": "not an address", "password": wrong})
	stranger.Do("POST", "/api/auth/login", `{"email":"ann@example.org","password":"`+wrong) // cut off
	stranger.Do("GET", "/api/auth/session", nil, "Cookie", "__Host-sting_session="+planted+"; ory_kratos_session="+planted)
	stranger.Do("GET", "/api/auth/session", nil, "Cookie", "__Host-sting_session="+planted+"; __Host-sting_session="+planted+"2")
	stranger.Do("GET", "/.ory/sessions/whoami", nil, "X-Session-Token", header, "Authorization", "Bearer "+header)
	stranger.Do("GET", "/.ory/self-service/recovery?flow=nothing&token="+header, nil)
	stranger.Do("POST", "/api/webauthn/authentication/complete",
		map[string]any{"credential": map[string]any{"id": "AA"}, "challenge_id": planted})

	out := canaries{
		"a password":               {labtest.Password, nil},
		"a wrong password":         {wrong, nil},
		"a session that isn't one": {planted, nil},
		"a token of a header":      {header, nil},
		// The mail itself is on the tape, for its reader; the code in the store is a hash.
		"a code of a mail": {mail.Code, regexp.MustCompile(`tape\.db$`)},
		// The tape is where challenges wait and are shown.
		"a challenge": {options.Challenge, regexp.MustCompile(`tape\.db$|ceremon`)},
	}
	for name, value := range b.Cookies() {
		if !strings.HasPrefix(name, "csrf_token") { // which Kratos' flows carry in their forms
			out["the cookie "+name] = canary{value, nil}
		}
	}
	if len(out) < 9 {
		t.Fatalf("only %d secrets are planted: %v", len(out), b.Cookies())
	}
	return out
}

// told asks the door for everything that the window, the terminal and scripts can
// read, the mails aside, and takes a snapshot.
func told(t *testing.T, lab *labtest.Lab) map[string]any {
	t.Helper()
	ctx, all := t.Context(), make(map[string]any)
	put := func(place string, v any, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", place, err)
		}
		all[place] = v
	}
	status, err := lab.Status(ctx)
	put("the status", status, err)
	users, err := lab.Users(ctx, api.Query{})
	put("the users", users, err)
	sessions, err := lab.Sessions(ctx, api.Query{})
	put("the sessions", sessions, err)
	keys, err := lab.Passkeys(ctx, api.Query{})
	put("the passkeys", keys, err)
	details, err := lab.PasskeyDetails(ctx, keys.Items[0].ID)
	put("a passkey", details, err)
	tape, err := lab.Ceremonies(ctx, api.CeremonyQuery{})
	put("the ceremonies", tape, err)
	for _, c := range tape.Items {
		whole, err := lab.Ceremony(ctx, c.ID)
		put("the ceremony "+c.ID, whole, err)
	}
	settings, err := lab.Config(ctx)
	put("the configuration", settings, err)
	logs, err := lab.Logs(ctx, "", 1000)
	put("the lines of the logs", logs, err)
	report, err := lab.Examine(ctx, "", nil)
	put("the doctor", report, err)
	snapshot, err := lab.SaveSnapshot(ctx, "canary")
	put("the snapshot", snapshot, err)
	for _, format := range []string{"sting", "kratos"} {
		export, err := lab.Export(ctx, format)
		put("the export "+format, export, err)
	}
	return all
}
