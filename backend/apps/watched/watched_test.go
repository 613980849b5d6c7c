package watched_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sting/backend/apps/watched"
	"sting/backend/events"
	"sting/backend/passkey/softkey"
	"sting/backend/store/storetest"
	"sting/backend/tape"
)

const page = "http://localhost:3000"

// What signs somebody in, in every place where an app may have it.
const (
	token    = "eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoidG9rZW4ifQ.cGxhbnRlZA"
	password = "planted password 4242"
	opaque   = "6f1c2a9be0d74d5f8a3b9c1d2e4f6a7b"
)

// app is somebody's app as the recorder hears of it.
type app struct {
	t    *testing.T
	tape *tape.Tape
	keys watched.Keys
	rec  *watched.Recorder
	key  *softkey.Authenticator
	n    int
}

func newApp(t *testing.T) *app {
	t.Helper()
	s := storetest.New(t)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	a := &app{t: t, keys: s, key: softkey.New()}
	a.tape = &tape.Tape{Store: s, Bounds: func() tape.Bounds {
		return tape.Bounds{Count: 1000, Bytes: 1 << 26}
	}, Bus: new(events.Bus), Log: log}
	a.rec = &watched.Recorder{Tape: a.tape, Keys: s, Log: log, Source: func(origin string) (string, bool) { return "shop", origin == page }}
	return a
}

// exchange is a request that was answered.
func exchange(path string, status int) *tape.Exchange {
	return &tape.Exchange{Method: "POST", URL: page + path, Status: status, Type: "application/json", Encoding: "base64url"}
}

// ceremony is one of which everything was seen. said is the server's answer.
func (a *app) ceremony(kind string, status int, said string, muts ...softkey.Mutation) watched.Ceremony {
	a.t.Helper()
	a.n++
	challenge := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "a challenge, the %032d", a.n))
	options := fmt.Sprintf(`{"challenge":%q,"rpId":"localhost"}`, challenge)
	make := a.key.Get
	if kind == "registration" {
		make = a.key.Create
		options = fmt.Sprintf(`{"challenge":%q,"rp":{"id":"localhost","name":"Shop"},"user":{"id":"AAECAwQFBgcICQoLDA0ODw",`+
			`"name":"ada@example.org",`+
			`"displayName":"Ada"},"pubKeyCredParams":[{"type":"public-key","alg":-7},{"type":"public-key","alg":-257}]}`, challenge)
	}
	answer, err := make([]byte(options), page, muts...)
	if err != nil {
		a.t.Fatal(err)
	}
	return watched.Ceremony{
		ID: fmt.Sprint("c", a.n), Kind: kind, Page: page + "/login?token=" + token + "#" + token, Origin: page, TopOrigin: page, Secure: true,
		Options: json.RawMessage(options), Credential: answer, BeganAt: time.Date(2026, 11, 30, 12, 0, a.n, 0, time.UTC),
		Network: true, Begin: exchange("/begin", 200), Complete: exchange("/complete", status), Answer: []byte(said), Done: true,
	}
}

// seen is what the tape has of a ceremony.
func (a *app) seen(c watched.Ceremony) tape.Record {
	a.t.Helper()
	a.rec.Seen(a.t.Context(), c)
	list, err := a.tape.Records(a.t.Context(), "", 1)
	if err != nil || len(list) != 1 {
		a.t.Fatalf("the tape has %d records: %v", len(list), err)
	}
	return list[0]
}

func (a *app) registered() {
	a.t.Helper()
	if r := a.seen(a.ceremony("registration", 200, `{"verified":true}`)); r.State != tape.Verified || r.Source != "shop" {
		a.t.Fatalf("the registration is %+v: %+v", r, r.Watched.Verdict)
	}
}

func TestOursStandsBesideTheServers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		said   string
		muts   []softkey.Mutation

		state        tape.State
		ours, server string
		fault, says  string
	}{
		"both agree that it is right": {200, `{"verified":true}`, nil, tape.Verified, "accepted", "accepted", "", "Both agree"},
		"both refuse it": {400, `{"error":"no"}`, []softkey.Mutation{softkey.WithOrigin("https://evil.example")},
			tape.Rejected, "rejected", "refused", "ORIGIN_MISMATCH", "Both agree"},
		"the server lets a foreign origin in": {200, `{"verified":true}`, []softkey.Mutation{softkey.WithOrigin("https://evil.example")},
			tape.Verified, "rejected", "accepted", "APP_ACCEPTED", "Your server accepted what step 7.2.12 refuses"},
		"the server refuses what is right": {400, `{"error":"Unexpected origin \"http://localhost:3000\""}`, nil,
			tape.Rejected, "accepted", "refused", "APP_REFUSED", "the server expects another origin"},
		"a 200 that says no":      {200, `{"verified":false}`, nil, tape.Rejected, "accepted", "refused", "APP_REFUSED", "verified: false"},
		"the server breaks":       {500, "panic", nil, tape.Rejected, "accepted", "failed", "APP_FAILED", "Your server broke"},
		"a redirect says nothing": {302, "", nil, tape.Verified, "accepted", "unknown", "", "isn't known"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t)
			a.registered()
			r := a.seen(a.ceremony("authentication", c.status, c.said, c.muts...))
			v := r.Watched.Verdict
			if r.State != c.state || v.Ours != c.ours || v.Server != c.server || r.Fault != c.fault || !strings.Contains(v.Says, c.says) {
				t.Errorf("state %s, fault %q, verdict %+v", r.State, r.Fault, v)
			}
			if c.fault == "APP_ACCEPTED" && (v.Gains == "" || v.Fix == "") {
				t.Errorf("what an attacker gains and how it is checked is not said: %+v", v)
			}
		})
	}
}

func TestALaterSignInIsVerifiedWithTheRememberedKey(t *testing.T) {
	a := newApp(t)
	first := a.ceremony("registration", 200, `{"ok":true}`)
	signIn := a.ceremony
	if r := a.seen(first); r.After == nil {
		t.Fatalf("the key of the registration is not kept: %+v", r.Watched.Verdict)
	}
	if r := a.seen(signIn("authentication", 200, `{}`)); r.Stored == nil || r.Watched.Verdict.Ours != "accepted" {
		t.Errorf("the sign-in is %+v", r.Watched.Verdict)
	}
	forged := softkey.AfterSigning(func(x *softkey.Answer) { x.Signature[len(x.Signature)-1] ^= 1 })
	if r := a.seen(signIn("authentication", 200, `{}`, forged)); r.Fault != "APP_ACCEPTED" ||
		!strings.Contains(r.Watched.Verdict.Says, "7.2.21") {
		t.Errorf("a forged signature that the server takes is %q: %+v", r.Fault, r.Watched.Verdict)
	}
}

func TestWithoutTheKeyTheSignatureIsNotGuessed(t *testing.T) {
	a := newApp(t)
	_ = a.ceremony("registration", 200, `{}`) // nobody looked on
	r := a.seen(a.ceremony("authentication", 200, `{}`))
	if v := r.Watched.Verdict; v.Ours != "unverified" || v.Server != "accepted" || r.Fault != "" {
		t.Errorf("fault %q, verdict %+v", r.Fault, v)
	}
}

func TestNothingThatSignsSomebodyInIsKept(t *testing.T) {
	a := newApp(t)
	c := a.ceremony("registration", 200, fmt.Sprintf(
		`{"verified":true,"access_token":%q,"id":%q,"user":{"password":%q,"pin":4242},"cookie":"sid=planted; HttpOnly",`+
			`"recoveryCodes":["k3f9-x2m1"],"verificationCode":482913,`+
			`"authorization":"Token ab12cd34","note":"Bearer %s"}`,
		token, opaque, password, token))
	c.Credential = with(t, c.Credential, `{"prf":{"enabled":true,"results":{"first":"cGxhbnRlZCBwcmYgb3V0cHV0"}},`+
		`"largeBlob":{"blob":"cGxhbnRlZCBibG9i"}}`)
	r := a.seen(c)
	kept, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{token, opaque, password, "4242", "planted", "k3f9-x2m1", "482913", "ab12cd34", "cGxhbnRlZCBwcmYgb3V0cHV0",
		"cGxhbnRlZCBibG9i"} {
		if strings.Contains(string(kept), secret) {
			t.Errorf("%q is in the record:\n%s", secret, kept)
		}
	}
	if !strings.Contains(r.Watched.Complete.Body, `"verified":true`) {
		t.Errorf("what harms nobody is gone too: %s", r.Watched.Complete.Body)
	}
	if want := page + "/login?token=*"; r.Watched.Page != want {
		t.Errorf("the page is %s, not %s", r.Watched.Page, want)
	}
}

// with puts extension results into an answer.
func with(t *testing.T, credential json.RawMessage, results string) json.RawMessage {
	t.Helper()
	var o map[string]json.RawMessage
	if err := json.Unmarshal(credential, &o); err != nil {
		t.Fatal(err)
	}
	o["clientExtensionResults"] = json.RawMessage(results)
	out, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheServersOwnWordsComeBeforeWhatIsInferred(t *testing.T) {
	for said, want := range map[string]string{
		`{"error":"User verification was required"}`: "demands user verification",
		`{"error":"Unexpected RP ID hash"}`:          "another RP ID",
		`{"error":"Something failed"}`:               "the session was lost",
		`{"error":"No challenge in this session"}`:   "the session was lost",
	} {
		a := newApp(t)
		a.registered()
		c := a.ceremony("authentication", 400, said)
		c.Lost = []string{"sid"}
		if r := a.seen(c); !strings.Contains(r.Watched.Verdict.Says, want) {
			t.Errorf("%s: %s", said, r.Watched.Verdict.Says)
		}
	}
}

func TestTheOptionsAreJudgedBeforeAnybodyAnswers(t *testing.T) {
	a := newApp(t)
	a.registered()
	c := watched.Ceremony{
		ID: "poor", Kind: "registration", Page: page, Origin: page, TopOrigin: page, BeganAt: time.Date(2026, 11, 30, 12, 1, 0, 0, time.UTC),
		Options: json.RawMessage(`{"challenge":"c2hvcnQ","rp":{"id":"other.example"},"user":{"id":"YWRhQGV4YW1wbGUub3Jn","name":"ada"},` +
			`"pubKeyCredParams":[{"type":"public-key","alg":-7}],"timeout":1000,"attestation":"direct","extensions":{"nonsense":true}}`),
	}
	r := a.seen(c)
	var found []string
	for _, n := range r.Watched.Options {
		if n.Why == "" || n.Write == "" {
			t.Errorf("%s: no why, or nothing to write instead", n.Option)
		}
		found = append(found, n.Option)
	}
	for _, want := range []string{"challenge", "rp.id", "user.id", "timeout", "userVerification", "extensions.nonsense", "pubKeyCredParams",
		"authenticatorSelection.residentKey", "attestation"} {
		if !strings.Contains(strings.Join(found, " "), want) {
			t.Errorf("%s is not judged; found %v", want, found)
		}
	}
}

// As browsers do: a name that nobody owns may be claimed by its own host alone.
func TestAnRPIDIsJudgedAsBrowsersJudgeIt(t *testing.T) {
	a := newApp(t)
	a.rec.Source = func(string) (string, bool) { return "shop", true }
	for at, ids := range map[string]map[string]string{
		"https://shop.co.uk": {
			"shop.co.uk": "", "co.uk": "is a public suffix", "uk": "is a public suffix", "bank.co.uk": "nor a name under it",
			"https://shop.co.uk": "no host name", "": "left to the default",
		},
		"https://a.shop.example.com:8000": {"shop.example.com": "", "example.com": "", "com": "is a public suffix"},
		"https://github.io":               {"github.io": ""},
		"http://localhost:3000":           {"localhost": ""},
		"http://shop.localhost:3000":      {"localhost": "is a public suffix", "shop.localhost": ""},
	} {
		for id, want := range ids {
			a.n++
			r := a.seen(watched.Ceremony{
				ID: at + " " + id, Kind: "registration", Page: at, Origin: at, TopOrigin: at,
				BeganAt: time.Date(2026, 11, 30, 12, 1, a.n, 0, time.UTC),
				Options: json.RawMessage(`{"challenge":"` + strings.Repeat("A", 43) + `","rp":{"id":"` + id + `"},"user":{"id":"AAAA","name":"ada"}}`),
			})
			got := ""
			for _, n := range r.Watched.Options {
				if n.Option == "rp.id" {
					got += n.Why
				}
			}
			if want == "" && got != "" || !strings.Contains(got, want) {
				t.Errorf("%s claims %q: %q, want %q", at, id, got, want)
			}
		}
	}
}

func TestTheLabsOwnCeremoniesAreNotWatched(t *testing.T) {
	a := newApp(t)
	c := a.ceremony("registration", 200, `{}`)
	c.Origin = "https://localhost:8443"
	a.rec.Seen(t.Context(), c)
	if list, err := a.tape.Records(t.Context(), "", 1); err != nil || len(list) != 0 {
		t.Errorf("the tape has %v, %v", list, err)
	}
}

func TestACeremonyThatItsBrowserTellsOfIsNotTakenFromItsPageToo(t *testing.T) {
	a := newApp(t)
	c := a.ceremony("registration", 200, `{}`)
	a.seen(c)
	again := c
	again.ID, again.Network, again.Begin, again.Complete = "of the page", false, nil, nil
	a.rec.Seen(t.Context(), again)
	alone := a.ceremony("authentication", 0, "")
	alone.Network, alone.Begin, alone.Complete = false, nil, nil
	a.rec.Seen(t.Context(), alone)
	list, err := a.tape.Records(t.Context(), "", 5)
	if err != nil || len(list) != 2 {
		t.Fatalf("the tape has %d records: %v", len(list), err)
	}
	if v := list[0].Watched.Verdict; v.Server != watched.Unknown || !strings.Contains(v.Says, "from inside the page") {
		t.Errorf("of a page alone: %+v", v)
	}
}
