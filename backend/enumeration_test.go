package backend_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/labtest"
	"sting/backend/passkey/softkey"
)

// THREATS T10: with enumeration mitigated, an address that the lab knows can't be
// told from one that it doesn't, by any answer.

// The addresses have one length, so that no answer differs by it.
const (
	knownAddress    = "known@example.org"
	bareAddress     = "bare1@example.org" // a person without a passkey
	inactiveAddress = "idle1@example.org" // a person with one, who may not sign in
	unknownAddress  = "nobod@example.org"
)

var addresses = []string{knownAddress, bareAddress, inactiveAddress, unknownAddress}

// differs is what of an answer is drawn anew or a moment in time.
var differs = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+Z|` +
	`[A-Za-z0-9_+/-]{20,}={0,2}|"request_id":"[^"]*"`)

// looks is everything of an answer that could tell one address from another.
func looks(a labtest.Answer, address string) string {
	body := strings.ReplaceAll(string(a.Body), address, "ADDRESS")
	header := a.Header.Clone()
	for _, name := range []string{"Date", "X-Request-Id", "Content-Length"} {
		header.Del(name)
	}
	var out strings.Builder
	fmt.Fprintln(&out, a.Status, differs.ReplaceAllString(body, "DRAWN"))
	for _, name := range slices.Sorted(maps.Keys(header)) {
		fmt.Fprintln(&out, name, differs.ReplaceAllString(strings.Join(header[name], "; "), "DRAWN"))
	}
	return out.String()
}

// mitigated is a lab in which enumeration is mitigated, with everybody of addresses
// that there is.
type mitigated struct {
	*labtest.Lab
	key           *softkey.Authenticator // the passkey of the known one
	public, admin string                 // where Kratos' two APIs are
}

func mitigating(t *testing.T) *mitigated {
	t.Helper()
	public, admin := labtest.FreePort(t), labtest.FreePort(t)
	lab := &mitigated{
		Lab: labtest.Start(t, fmt.Sprintf("ports: {kratos_public: %d, kratos_admin: %d}\nsecurity: {account_enumeration: {mitigate: true}}\n",
			public, admin)),
		public: fmt.Sprintf("http://127.0.0.1:%d", public), admin: fmt.Sprintf("http://127.0.0.1:%d", admin),
	}
	known, bare, idle := lab.Browser(), lab.Browser(), lab.Browser()
	known.Key, idle.Key = softkey.New(softkey.Synced()), softkey.New(softkey.Synced()) // of the shape that is made up
	known.Register(knownAddress)
	known.AddPasskey()
	bare.Register(bareAddress)
	var user struct{ ID string }
	if err := json.Unmarshal(idle.Register(inactiveAddress).Member("user"), &user); err != nil {
		t.Fatal(err)
	}
	idle.AddPasskey()
	patch := []map[string]any{{"op": "replace", "path": "/state", "value": "inactive"}}
	if a := lab.native(t, "PATCH", lab.admin+"/admin/identities/"+user.ID, patch); a.Status != http.StatusOK {
		t.Fatalf("deactivate: %d %s", a.Status, a.Body)
	}
	lab.key = known.Key
	return lab
}

// native sends a request as an app without cookies does.
func (l *mitigated) native(t *testing.T, method, url string, body any, header ...string) labtest.Answer {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := l.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if raw, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	return labtest.Answer{Status: resp.StatusCode, Header: resp.Header, Body: raw}
}

// flow begins a flow of Kratos and submits forms to it, and returns the last answer.
func (l *mitigated) flow(t *testing.T, kind string, forms ...map[string]any) labtest.Answer {
	t.Helper()
	last := l.native(t, "GET", l.public+"/self-service/"+kind+"/api", nil)
	at := l.public + "/self-service/" + kind + "?flow=" + last.Text("id")
	for _, form := range forms {
		last = l.native(t, "POST", at, form)
	}
	return last
}

// stranger begins a sign-in with an address and answers it with a passkey of its
// own that claims an ID of the options.
func stranger(t *testing.T, lab *mitigated, address string, as ...softkey.Mutation) (labtest.Answer, labtest.Answer) {
	t.Helper()
	b := lab.Browser()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", map[string]any{"username": address})
	var options map[string]any
	if err := json.Unmarshal(begun.Member("publicKey"), &options); err != nil {
		t.Fatal(err)
	}
	var allowed []struct{ ID string }
	raw, _ := json.Marshal(options["allowCredentials"])
	if err := json.Unmarshal(raw, &allowed); err != nil || len(allowed) == 0 {
		t.Fatalf("%s gets no credentials: %s", address, begun.Body)
	}
	b.Key = forged(t, lab.Lab)
	delete(options, "allowCredentials")
	raw, _ = json.Marshal(options)
	credential, err := b.Key.Get(raw, b.Origin, append([]softkey.Mutation{softkey.WithCredentialID(bytesOf(t, allowed[0].ID))}, as...)...)
	if err != nil {
		t.Fatal(err)
	}
	refused := b.Do("POST", "/api/webauthn/authentication/complete", map[string]any{
		"challenge_id": begun.Text("challenge_id"), "credential": json.RawMessage(credential),
	})
	return refused, b.Do("GET", "/api/ceremonies/"+refused.Text("ceremony_id"), nil)
}

func TestNoAnswerToASignInTellsAKnownAddressFromAnUnknownOne(t *testing.T) {
	lab := mitigating(t)
	answers := map[string][]softkey.Mutation{
		"an answer that is right but for its key":    nil,
		"a user handle of somebody":                  {softkey.WithUserHandle([]byte("somebody"))},
		"no user handle":                             {softkey.WithUserHandle(nil)},
		"a signature that is none":                   {softkey.BadSignature()},
		"no user verification":                       {softkey.WithFlags(0, softkey.FlagUV)},
		"no user presence":                           {softkey.WithFlags(0, softkey.FlagUP)},
		"the other backup eligibility":               {softkey.WithFlags(0, softkey.FlagBE|softkey.FlagBS)},
		"a counter of zero":                          {softkey.WithCounter(0)},
		"a counter far ahead":                        {softkey.WithCounter(1 << 30)},
		"another page":                               {softkey.WithOrigin("https://localhost:1")},
		"another relying party":                      {softkey.WithRPID("example.org")},
		"another challenge":                          {softkey.WithChallenge([]byte("another challenge, of 32 bytes..."))},
		"padded base64, which is malformed":          {softkey.Padded()},
		"the answer of a registration":               {softkey.WithType("webauthn.create")},
		"a credential that was not among the listed": {softkey.WithCredentialID([]byte("a credential id of thirty-two by"))},
	}
	codes := map[string]bool{}
	for claim, as := range answers {
		want, wantRecord := "", ""
		for _, address := range addresses {
			refused, record := stranger(t, lab, address, as...)
			codes[refused.Code()] = true
			if want == "" {
				want, wantRecord = looks(refused, address), looks(record, address)
			}
			if diff := cmp.Diff(want, looks(refused, address)); diff != "" {
				t.Errorf("%s: %s can be told from %s (-known +this):\n%s", claim, address, knownAddress, diff)
			}
			if diff := cmp.Diff(wantRecord, looks(record, address)); diff != "" || record.Status != 404 {
				t.Errorf("%s: the record of %s tells it (%d):\n%s", claim, address, record.Status, diff)
			}
		}
	}
	if len(codes) != 1 || !codes["UNKNOWN_CREDENTIAL"] {
		t.Errorf("the outside is told %v", codes)
	}
	b := lab.Browser()
	b.Key = lab.key
	b.SignIn()
}

func TestTheRecordSaysWhatTheOutsideIsNotTold(t *testing.T) {
	lab := mitigating(t)
	for want, as := range map[string]softkey.Mutation{
		"USER_HANDLE_MISMATCH": softkey.WithUserHandle([]byte("somebody")),
		"BAD_SIGNATURE":        softkey.WithUserHandle(nil),
		"ORIGIN_MISMATCH":      softkey.WithOrigin("https://localhost:1"),
	} {
		more := []softkey.Mutation{as}
		if want == "ORIGIN_MISMATCH" {
			more = append(more, softkey.WithUserHandle(nil))
		}
		refused, _ := stranger(t, lab, knownAddress, more...)
		if refused.Code() != "UNKNOWN_CREDENTIAL" || string(refused.Member("withheld")) != "true" ||
			!strings.Contains(refused.Text("hint"), "sting ceremonies") {
			t.Errorf("the outside is told %s", refused.Body)
		}
		c, err := lab.Ceremony(t.Context(), refused.Text("ceremony_id"))
		if err != nil || c.Fault != want {
			t.Errorf("the record says %s (%v), want %s", c.Fault, err, want)
		}
	}
}

// The person who holds the key is told in the record why it was refused.
func TestWhoHoldsThePasskeyReadsWhyItWasRefused(t *testing.T) {
	lab := mitigating(t)
	b := lab.Browser()
	b.Key = lab.key
	id := refusedSignIn(t, b, softkey.WithOrigin("https://localhost:1"))
	if a := b.Do("GET", "/api/ceremonies/"+id, nil); a.Status != 200 || a.Text("fault") != "ORIGIN_MISMATCH" {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

func TestARemovedPasskeyIsAnsweredAsOneThatNeverWas(t *testing.T) {
	lab := mitigating(t)
	ann := lab.Browser()
	ann.Must("POST", "/api/auth/login", map[string]any{"email": knownAddress, "password": labtest.Password})
	var keys struct{ Passkeys []struct{ ID string } }
	ann.Must("GET", "/api/webauthn/passkeys", nil).Into(t, &keys)
	ann.Must("DELETE", "/api/webauthn/passkeys/"+keys.Passkeys[0].ID, nil)
	discoverable := func(k *softkey.Authenticator) string {
		b := lab.Browser()
		b.Key = k
		begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
		return looks(b.Do("POST", "/api/webauthn/authentication/complete", b.Get(begun)), "-")
	}
	if diff := cmp.Diff(discoverable(forged(t, lab.Lab)), discoverable(lab.key)); diff != "" {
		t.Errorf("a removed passkey can be told from one that never was (-never +removed):\n%s", diff)
	}
}

// Whoever may register passkeys of their own can't find out by it which of the
// listed IDs are real.
func TestNoListedIDCanBeRegistered(t *testing.T) {
	lab := mitigating(t)
	eve := lab.Browser()
	eve.Register("eve@example.org")
	for _, address := range addresses {
		begun := lab.Browser().Must("POST", "/api/webauthn/authentication/begin", map[string]any{"username": address})
		var options struct{ AllowCredentials []struct{ ID string } }
		if err := json.Unmarshal(begun.Member("publicKey"), &options); err != nil {
			t.Fatal(err)
		}
		id := bytesOf(t, options.AllowCredentials[0].ID)
		eve.Key = softkey.New()
		mine := eve.Must("POST", "/api/webauthn/registration/begin", nil)
		a := eve.Do("POST", "/api/webauthn/registration/complete", eve.Create(mine, softkey.WithAttestedID(id), softkey.WithCredentialID(id)))
		if a.Code() != "CREDENTIAL_KNOWN" {
			t.Errorf("the ID listed for %s: %d %s", address, a.Status, a.Body)
		}
	}
}

func TestNoOtherEntranceTellsAKnownAddressFromAnUnknownOne(t *testing.T) {
	lab := mitigating(t)
	entrances := map[string]func(t *testing.T, address string) labtest.Answer{
		"begin": func(t *testing.T, address string) labtest.Answer {
			return lab.Browser().Do("POST", "/api/webauthn/authentication/begin", map[string]any{"username": address})
		},
		"a wrong password": func(t *testing.T, address string) labtest.Answer {
			return lab.Browser().Do("POST", "/api/auth/login", map[string]any{"email": address, "password": "not the password"})
		},
		"a wrong password at Kratos": func(t *testing.T, address string) labtest.Answer {
			return lab.flow(t, "login", map[string]any{"method": "password", "identifier": address, "password": "not the password"})
		},
		"a recovery": func(t *testing.T, address string) labtest.Answer {
			return lab.flow(t, "recovery", map[string]any{"method": "code", "email": address})
		},
		"a recovery with a wrong code": func(t *testing.T, address string) labtest.Answer {
			return lab.flow(t, "recovery", map[string]any{"method": "code", "email": address}, map[string]any{"method": "code", "code": "xxxxxx"})
		},
		"a verification": func(t *testing.T, address string) labtest.Answer {
			return lab.flow(t, "verification", map[string]any{"method": "code", "email": address})
		},
		"a verification with a wrong code": func(t *testing.T, address string) labtest.Answer {
			return lab.flow(t, "verification", map[string]any{"method": "code", "email": address},
				map[string]any{"method": "code", "code": "xxxxxx"})
		},
		"the first step of a registration": func(t *testing.T, address string) labtest.Answer {
			return lab.flow(t, "registration", map[string]any{"method": "profile", "traits": map[string]any{"email": address}})
		},
	}
	for claim, enter := range entrances {
		t.Run(claim, func(t *testing.T) {
			want := looks(enter(t, knownAddress), knownAddress)
			for _, address := range addresses[1:] {
				if diff := cmp.Diff(want, looks(enter(t, address), address)); diff != "" {
					t.Errorf("%s can be told from %s (-known +this):\n%s", address, knownAddress, diff)
				}
			}
		})
	}
}

// A registration says that an address is taken, as a real Kratos does whatever
// security.account_enumeration.mitigate says: the README has it.
func TestARegistrationSaysThatAnAddressIsTaken(t *testing.T) {
	lab := mitigating(t)
	a := lab.Browser().Do("POST", "/api/auth/register", map[string]any{"email": knownAddress, "password": labtest.Password})
	if a.Status != 409 || a.Code() != "EMAIL_TAKEN" {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

// forged is a passkey of somebody who never registered it here: it was made at a
// lab of its own.
func forged(t *testing.T, lab *labtest.Lab) *softkey.Authenticator {
	t.Helper()
	k := softkey.New(softkey.Synced())
	options := `{"rp":{"id":"localhost","name":"x"},"user":{"id":"AAAA","name":"x","displayName":"x"},` +
		`"challenge":"AAAAAAAAAAAAAAAAAAAAAA","pubKeyCredParams":[{"type":"public-key","alg":-7}]}`
	if _, err := k.Create([]byte(options), lab.Origin); err != nil {
		t.Fatal(err)
	}
	return k
}

func bytesOf(t *testing.T, base64url string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(base64url)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
