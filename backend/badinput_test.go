package backend_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
	"sting/backend/passkey/softkey"
)

// refused fails unless a is a refusal of the contract's shape with this code.
func refused(t *testing.T, what string, a labtest.Answer, status int, code string) {
	t.Helper()
	if a.Status != status || a.Code() != code {
		t.Errorf("%s: %d %s, want %d %s", what, a.Status, a.Body, status, code)
		return
	}
	var e api.Error
	a.Into(t, &e)
	if e.Error == "" || e.Hint == "" || e.RequestID == "" || e.Help != "/help/"+code {
		t.Errorf("%s: the refusal doesn't say enough: %s", what, a.Body)
	}
}

func TestBadInputIsRefusedInWords(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	before := lab.Dump(t)
	const complete = "/api/webauthn/authentication/complete"
	for _, c := range []struct {
		what, method, path, body string
		status                   int
		code                     string
	}{
		{"no JSON", "POST", "/api/auth/login", `{`, 400, "MALFORMED"},
		{"an array", "POST", "/api/auth/login", `[]`, 400, "MALFORMED"},
		{"null", "POST", "/api/auth/login", `null`, 400, "MALFORMED"},
		{"a string", "POST", "/api/webauthn/authentication/begin", `"x"`, 400, "MALFORMED"},
		{"a wrong type", "POST", "/api/auth/login", `{"email":7,"password":"x"}`, 400, "MALFORMED"},
		{"two values", "POST", "/api/auth/login", `{"email":"a@b.de","password":"x"} {}`, 400, "MALFORMED"},
		{"too many bytes", "POST", "/api/auth/login", `{"email":"` + strings.Repeat("a", 256<<10) + `"}`, 413, "TOO_LARGE"},
		{"no credential", "POST", complete, `{"challenge_id":"x"}`, 400, "MALFORMED"},
		{"a null credential", "POST", complete, `{"credential":null,"challenge_id":"x"}`, 400, "MALFORMED"},
		{"a credential that is text", "POST", complete, `{"credential":"x"}`, 400, "MALFORMED"},
		{"a registration without challenge_id", "POST", "/api/webauthn/registration/complete", `{"credential":{}}`, 400, "MALFORMED"},
		{"a challenge nobody issued", "POST", complete, `{"credential":{},"challenge_id":"nobody"}`, 400, "EXPIRED_CHALLENGE"},
		{"a challenge of 300 characters", "POST", complete, `{"credential":{},"challenge_id":"` + strings.Repeat("x", 300) + `"}`, 400,
			"EXPIRED_CHALLENGE"},
		{"an empty name", "POST", "/api/webauthn/passkeys/add/begin", `{"name":"  "}`, 400, "INVALID_FIELD"},
		{"a name of 101 characters", "POST", "/api/webauthn/passkeys/add/begin", `{"name":"` + strings.Repeat("ü", 101) + `"}`, 400,
			"INVALID_FIELD"},
		{"somebody else's address", "POST", "/api/webauthn/registration/begin", `{"email":"bob@example.org"}`, 403, "NOT_YOUR_ACCOUNT"},
		{"an address that nobody has", "POST", "/api/webauthn/authentication/begin", `{"username":"nobody@example.org"}`, 404,
			"INVALID_CREDENTIALS"},
		{"a passkey that is not there", "DELETE", "/api/webauthn/passkeys/nothing", ``, 404, "NOT_FOUND"},
		{"a rename of nothing", "PUT", "/api/webauthn/passkeys/nothing/rename", `{"name":"x"}`, 404, "NOT_FOUND"},
		{"a session that is not there", "DELETE", "/api/auth/sessions/nothing", ``, 404, "NOT_FOUND"},
		{"an address that is taken", "POST", "/api/auth/register", `{"email":"ANN@example.org ","password":"correct horse battery"}`, 409,
			"EMAIL_TAKEN"},
		{"a short password", "POST", "/api/auth/register", `{"email":"new@example.org","password":"short"}`, 400, "INVALID_FIELD"},
		{"no password", "POST", "/api/auth/register", `{"email":"new@example.org"}`, 400, "INVALID_FIELD"},
		{"no address", "POST", "/api/auth/register", `{"password":"correct horse battery"}`, 400, "INVALID_FIELD"},
		{"no such address", "POST", "/api/auth/register", `{"email":"not an address","password":"correct horse battery"}`, 400, "INVALID_FIELD"},
		{"traits that contradict", "POST", "/api/auth/register",
			`{"email":"new@example.org","password":"correct horse battery","traits":{"email":"x@example.org"}}`, 400, "INVALID_FIELD"},
		{"a wrong password", "POST", "/api/auth/login", `{"email":"ann@example.org","password":"wrong wrong"}`, 401, "INVALID_CREDENTIALS"},
		{"an unknown person", "POST", "/api/auth/login", `{"email":"nobody@example.org","password":"wrong wrong"}`, 401, "INVALID_CREDENTIALS"},
		{"no such route", "GET", "/api/webauthn/nothing", ``, 404, "NOT_FOUND"},
		{"the wrong method", "GET", "/api/auth/login", ``, 405, "METHOD"},
		{"help that is not there", "GET", "/api/help/NO_SUCH_CODE", ``, 404, "NOT_FOUND"},
	} {
		refused(t, c.what, b.Do(c.method, c.path, c.body), c.status, c.code)
	}
	if a := b.Do("PATCH", "/api/webauthn/passkeys/x", ""); a.Header.Get("Allow") != "DELETE" {
		t.Errorf("Allow of a passkey is %q", a.Header.Get("Allow"))
	}
	if lab.Dump(t) != before {
		t.Error("something was stored")
	}
}

// The sentences that clients compare stay to the letter.
func TestSentencesStayToTheLetter(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	nobody := b.Do("POST", "/api/webauthn/registration/begin", nil)
	b.Register("ann@example.org")
	sentence := map[string]labtest.Answer{
		"Authentication required": nobody,
		"Registration session expired or invalid": b.Do("POST", "/api/webauthn/registration/complete",
			`{"credential":{},"challenge_id":"x"}`),
		"No authentication session found or session expired": b.Do("POST", "/api/webauthn/authentication/complete",
			`{"credential":{},"challenge_id":"x"}`),
		"No passkeys found for this account. Please register a passkey first.": b.Do("POST", "/api/webauthn/authentication/begin",
			`{"username":"ann@example.org"}`),
		"Invalid credentials or no passkeys found.": b.Do("POST", "/api/webauthn/authentication/begin", `{"username":"nobody@example.org"}`),
		"Credential data is required":               b.Do("POST", "/api/webauthn/authentication/complete", `{}`),
		"Challenge ID is required":                  b.Do("POST", "/api/webauthn/registration/complete", `{"credential":{}}`),
		"Passkey name must be 1-100 characters":     b.Do("POST", "/api/webauthn/passkeys/add/begin", `{"name":""}`),
		"Passkey not found":                         b.Do("DELETE", "/api/webauthn/passkeys/x", nil),
	}
	for want, a := range sentence {
		if got := a.Text("error"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAForgedAnswerLeavesNothing(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	b.Must("POST", "/api/auth/logout", nil)
	before := lab.Dump(t)
	for _, f := range softkey.Faults() {
		if !f.SignIn {
			continue
		}
		begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
		credential, err := b.Key.Get(begun.Member("publicKey"), b.Origin, f.Mutation)
		if err != nil {
			t.Fatal(err)
		}
		a := b.Do("POST", "/api/webauthn/authentication/complete",
			fmt.Sprintf(`{"credential": %s, "challenge_id": %q}`, credential, begun.Text("challenge_id")))
		if a.Status != 400 || a.Text("ceremony_id") == "" && json.Valid(credential) { // no JSON, no ceremony
			t.Errorf("%s: %d %s", f.Says, a.Status, a.Body)
		}
		if a.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: a cookie is set", f.Says)
		}
		if me := b.Do("GET", "/api/auth/me", nil); me.Status != 401 {
			t.Fatalf("%s: somebody is signed in", f.Says)
		}
	}
	if lab.Dump(t) != before {
		t.Error("something was stored")
	}
}

func TestAnswersOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	ann, bob := lab.Browser(), lab.Browser()
	ann.Register("ann@example.org")
	ann.AddPasskey()
	bob.Register("bob@example.org")

	begun := ann.Must("POST", "/api/webauthn/authentication/begin", nil)
	refused(t, "another browser's challenge", bob.Do("POST", "/api/webauthn/authentication/complete", ann.Get(begun)), 400,
		"EXPIRED_CHALLENGE")

	begun = ann.Must("POST", "/api/webauthn/authentication/begin", nil)
	answer := ann.Get(begun)
	ann.Must("POST", "/api/webauthn/authentication/complete", answer)
	refused(t, "the same answer twice", ann.Do("POST", "/api/webauthn/authentication/complete", answer), 400, "EXPIRED_CHALLENGE")

	var keys api.Passkeys
	ann.Do("GET", "/api/webauthn/passkeys", nil).Into(t, &keys)
	id := keys.Passkeys[0].ID
	refused(t, "removing another person's passkey", bob.Do("DELETE", "/api/webauthn/passkeys/"+id, nil), 404, "NOT_FOUND")
	refused(t, "renaming another person's passkey", bob.Do("PUT", "/api/webauthn/passkeys/"+id+"/rename", map[string]any{"name": "mine"}),
		404, "NOT_FOUND")
	session := ann.Do("GET", "/api/auth/me", nil).Text("session_id")
	refused(t, "ending another person's session", bob.Do("DELETE", "/api/auth/sessions/"+session, nil), 404, "NOT_FOUND")

	begun = ann.Must("POST", "/api/webauthn/authentication/begin", nil)
	answer = ann.Get(begun)
	ann.Must("DELETE", "/api/webauthn/passkeys/"+id, nil)
	a := ann.Do("POST", "/api/webauthn/authentication/complete", answer)
	refused(t, "a removed passkey", a, 400, "REMOVED_CREDENTIAL")
	if a.Text("error") != "Passkey not found or revoked" {
		t.Errorf("a removed passkey: %s", a.Body)
	}
	if record, err := lab.Ceremony(t.Context(), a.Text("ceremony_id")); err != nil || record.Email != "ann@example.org" ||
		record.Fault != "REMOVED_CREDENTIAL" {
		t.Errorf("the record of a removed passkey doesn't say whose it was: %+v, %v", record.CeremonySummary, err)
	}
}

// Without the challenge_id the client data's challenge counts, in the browser
// that began it.
func TestAnAnswerWithoutChallengeIDIsRecognised(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b, other := lab.Browser(), lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	answer := b.Get(begun)
	delete(answer, "challenge_id")
	refused(t, "in another browser", other.Do("POST", "/api/webauthn/authentication/complete", answer), 400, "EXPIRED_CHALLENGE")
	if a := b.Do("POST", "/api/webauthn/authentication/complete", answer); a.Status != http.StatusOK {
		t.Errorf("in its own browser: %d %s", a.Status, a.Body)
	}
}

// THREATS T10: known and unknown addresses can't be told apart.
func TestAddressesCantBeGuessedWhenThatIsMitigated(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "security: {account_enumeration: {mitigate: true}}\n")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	shape := func(email string) string {
		a := b.Do("POST", "/api/webauthn/authentication/begin", map[string]any{"username": email})
		var o struct {
			PublicKey map[string]any `json:"publicKey"`
		}
		a.Into(t, &o)
		keys, err := json.Marshal(o.PublicKey["allowCredentials"])
		if err != nil || a.Status != 200 {
			t.Fatalf("%s: %d %s", email, a.Status, a.Body)
		}
		return fmt.Sprint(len(o.PublicKey), strings.Count(string(keys), `"id"`))
	}
	if known, unknown := shape("ann@example.org"), shape("nobody@example.org"); known != unknown {
		t.Errorf("a known address answers %s, an unknown one %s", known, unknown)
	}
	made := func() string {
		a := b.Must("POST", "/api/webauthn/authentication/begin", map[string]any{"username": "nobody@example.org"})
		var o struct {
			PublicKey struct {
				AllowCredentials json.RawMessage `json:"allowCredentials"`
			} `json:"publicKey"`
		}
		a.Into(t, &o)
		return string(o.PublicKey.AllowCredentials)
	}
	first := made()
	lab.Restart()
	if again := made(); again != first || first == "" {
		t.Errorf("the made-up credentials are %s, then %s", first, again)
	}
}

// What the browser refused before the server saw anything leaves a record too.
func TestAReportOfTheBrowserEndsTheCeremony(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b, other := lab.Browser(), lab.Browser()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	report := map[string]any{"challenge_id": begun.Text("challenge_id"), "name": "NotAllowedError", "message": "timed out",
		"elapsed_ms": 60_001}
	a := b.Must("POST", "/api/webauthn/report", report)
	refused(t, "the same report twice", b.Do("POST", "/api/webauthn/report", report), 400, "EXPIRED_CHALLENGE")
	begun = b.Must("POST", "/api/webauthn/authentication/begin", nil)
	report["challenge_id"] = begun.Text("challenge_id")
	refused(t, "another browser's report", other.Do("POST", "/api/webauthn/report", report), 400, "EXPIRED_CHALLENGE")
	list, err := lab.Ceremonies(t.Context(), api.CeremonyQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list.Items {
		if c.ID == a.Text("ceremony_id") && c.State == "rejected" && c.Fault == "REFUSED_IN_BROWSER" {
			return
		}
	}
	t.Errorf("no record of %s in %+v", a.Text("ceremony_id"), list.Items)
}
