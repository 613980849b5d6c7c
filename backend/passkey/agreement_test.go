package passkey_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/inspect"
	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
)

// The server and the explainer share no line of code, and judge the same answers:
// a record that says "refused" beside an explanation that says "accepted" helps
// nobody. Here both are asked.

// code is the fault of a server's verdict, "" for an acceptance.
func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.From(err).Code
}

// agrees reports whether an explanation says what the server said. What the
// explainer leaves unverified the server has to refuse, in whichever words.
func agrees(server string, x api.Explanation) bool {
	if x.Verdict == inspect.Unverified {
		return server != ""
	}
	return x.Fault == server
}

// asRecorded is a ceremony as the recorder writes it down.
func asRecorded(t *testing.T, cer passkey.Ceremony, before *passkey.Credential, raw []byte) []byte {
	t.Helper()
	var session webauthn.SessionData
	if err := json.Unmarshal(cer.Session, &session); err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	file := map[string]any{
		"kind": cer.Kind, "rp_id": cer.RP.ID, "origins": cer.RP.Origins, "top_origins": []string{}, "challenge": cer.Challenge,
		"user_verification": cer.RP.UserVerification,
	}
	if len(cer.Options) > 0 {
		file["options"] = cer.Options
	}
	var offered []int
	for _, p := range session.CredParams {
		offered = append(offered, int(p.Algorithm))
	}
	if offered != nil {
		file["algorithms"] = offered
	}
	if before != nil {
		stored := map[string]any{"public_key": b64(before.PublicKey), "sign_count": before.SignCount,
			"backup_eligible": before.BackupEligible, "backup_state": before.BackupState}
		if len(before.UserHandle) > 0 {
			stored["user_handle"] = b64(before.UserHandle)
		}
		file["stored"] = stored
	}
	if !json.Valid(raw) { // what is no JSON never gets past the site's door
		t.Fatalf("the answer is no JSON: %s", raw)
	}
	file["credential"] = json.RawMessage(raw)
	out, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func explained(t *testing.T, file []byte) api.Explanation {
	t.Helper()
	x, err := inspect.Explain(file, inspect.Options{Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// trial is an answer with what the server knows.
type trial struct {
	name      string
	kind      passkey.Kind
	rp        passkey.RelyingParty
	challenge string
	stored    passkey.Credential
	raw       []byte
}

// judged asks both.
func (v trial) judged(t *testing.T) (server string, x api.Explanation, why error) {
	t.Helper()
	person := identity.Identity{ID: "p", UserHandle: v.stored.UserHandle}
	if len(person.UserHandle) == 0 {
		person.UserHandle = []byte("the vectors name no user handle")
	}
	cer, err := passkey.BegunWith(v.kind, v.rp, person, []passkey.Credential{v.stored}, v.challenge)
	if err != nil {
		t.Fatalf("%s: %v", v.name, err)
	}
	var before *passkey.Credential
	if v.kind == passkey.Authentication {
		before = &v.stored
		_, why = passkey.VerifySignIn(cer, person, v.stored, v.raw)
	} else {
		_, why = passkey.VerifyAnswerOf(cer, person, v.raw)
	}
	return code(why), explained(t, asRecorded(t, cer, before, v.raw)), why
}

// peerTrials are the ceremonies of other projects, written as CONTRACT section 11
// has them.
func peerTrials(t *testing.T) (list []trial) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "inspect", "testdata", "peers.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			ID, Kind string
			Ceremony struct {
				RPID             string          `json:"rp_id"`
				Origins          []string        `json:"origins"`
				Challenge        string          `json:"challenge"`
				UserVerification string          `json:"user_verification"`
				Credential       json.RawMessage `json:"credential"`
				Stored           struct {
					PublicKey      binaryText `json:"public_key"`
					SignCount      uint32     `json:"sign_count"`
					BackupEligible *bool      `json:"backup_eligible"`
					BackupState    bool       `json:"backup_state"`
				} `json:"stored"`
			}
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Vectors {
		c := v.Ceremony
		if c.RPID == "" || len(c.Origins) == 0 || len(c.Challenge) == 0 {
			continue
		}
		tr := trial{name: v.ID, kind: passkey.Kind(v.Kind), raw: c.Credential, challenge: c.Challenge,
			rp: passkey.RelyingParty{ID: c.RPID, Name: "x", Origins: c.Origins, UserVerification: c.UserVerification}}
		if tr.kind == passkey.Authentication {
			tr.stored = passkey.Credential{ID: "c", IdentityID: "p", RPID: c.RPID, PublicKey: c.Stored.PublicKey, SignCount: c.Stored.SignCount,
				BackupState: c.Stored.BackupState, CredentialID: rawIDOf(t, c.Credential)}
			tr.stored.BackupEligible = eligible(t, c.Credential)
			if c.Stored.BackupEligible != nil {
				tr.stored.BackupEligible = *c.Stored.BackupEligible
			}
		}
		list = append(list, tr)
	}
	return list
}

func rawIDOf(t *testing.T, credential []byte) []byte {
	t.Helper()
	var c struct{ RawID string }
	if err := json.Unmarshal(credential, &c); err != nil {
		t.Fatal(err)
	}
	b, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(c.RawID, "="))
	return b
}

// eligible reads BE where a vector does not say what it was.
func eligible(t *testing.T, credential []byte) bool {
	t.Helper()
	var c struct {
		Response struct{ AuthenticatorData string }
	}
	if err := json.Unmarshal(credential, &c); err != nil {
		t.Fatal(err)
	}
	b, _ := base64.RawURLEncoding.DecodeString(c.Response.AuthenticatorData)
	return len(b) > 32 && b[32]&8 != 0
}

func bodyTrials(t *testing.T) (list []trial) {
	t.Helper()
	var file struct {
		RPID, Origin                                      string
		RegistrationChallenge, AuthenticationChallenge    string
		UserHandle, CredentialID, CredentialPublicKeyCose binaryText
		Cases                                             []struct {
			ID, Kind, UserVerification, Body string
			StoredSignCount                  uint32
		}
	}
	readVectors(t, "bodies.json", &file)
	for _, c := range file.Cases {
		tr := trial{name: c.ID, kind: passkey.Kind(c.Kind), raw: []byte(c.Body), challenge: file.RegistrationChallenge,
			rp: passkey.RelyingParty{ID: file.RPID, Name: "x", Origins: []string{file.Origin}, UserVerification: c.UserVerification}}
		if tr.kind == passkey.Authentication {
			tr.challenge = file.AuthenticationChallenge
		}
		tr.stored = passkey.Credential{ID: "c", IdentityID: "p", UserHandle: file.UserHandle, RPID: file.RPID, CredentialID: file.CredentialID,
			PublicKey: file.CredentialPublicKeyCose, SignCount: c.StoredSignCount}
		list = append(list, tr)
	}
	return list
}

// disagreements are where the two may differ over a vector, and why: there the
// server is the stricter one. weighsTheChain is the one kind in which it is not.
func disagreements() map[string]string {
	const (
		roots     = "go-webauthn pins the vendors' roots, section 8.4 does not ask who signed: the explainer warns of a root that nobody knows"
		tpm       = "go-webauthn does not know a structure in this TPM's statement, which the explainer reads"
		challenge = "go-webauthn refuses a ceremony whose challenge has fewer than 16 bytes: the server issues 32, so none such is ever open"
	)
	return map[string]string{
		"r048-fido2-android-key": roots, "r055-fido2-android-key": roots, "r078-webauthn-server-android-key": roots,
		"w3c-l3cr-android-key":     roots,
		"r082-webauthn-server-tpm": tpm, "r091-webauthn-fido-u2f": challenge, "a090-webauthn": challenge,
	}
}

func TestServerAndExplainerAgreeOverAllVectors(t *testing.T) {
	all := slices.Concat(bodyTrials(t), peerTrials(t))
	if len(all) < 200 {
		t.Fatalf("only %d vectors were read", len(all))
	}
	known := disagreements()
	for _, v := range all {
		server, x, why := v.judged(t)
		switch reason := known[v.name]; {
		case reason == "" && !agrees(server, x):
			t.Errorf("%s: the server says %q (%v), the explainer %s %s (%s)", v.name, server, why, x.Verdict, x.Fault, x.Cause)
		case reason != "" && (agrees(server, x) || server == ""):
			t.Errorf("%s is no disagreement any more: %s", v.name, reason)
		}
		delete(known, v.name)
	}
	for name := range known {
		t.Errorf("there is no vector %s", name)
	}
}

// Every byte of an answer that is changed is refused by both, or by neither.
func TestServerAndExplainerAgreeOverChangedBytes(t *testing.T) {
	members := []string{"clientDataJSON", "attestationObject", "authenticatorData", "signature"}
	flips := 0
	for _, v := range slices.Concat(bodyTrials(t), peerTrials(t)) {
		if server, x, _ := v.judged(t); server != "" || x.Verdict != inspect.Accepted {
			continue
		}
		for _, member := range members {
			for at := 3; ; at += 61 {
				changed, ok := flipped(t, v, member, at)
				if !ok {
					break
				}
				flips++
				server, x, why := changed.judged(t)
				if (server == "") != (x.Verdict == inspect.Accepted) && !(server == "" && weighsTheChain(x)) {
					t.Errorf("%s, byte %d of %s: the server says %q (%v), the explainer %s %s (%s)", v.name, at, member, server, why, x.Verdict, x.Fault,
						x.Cause)
				}
			}
		}
	}
	if flips < 1000 {
		t.Errorf("only %d bytes were changed", flips)
	}
}

// weighsTheChain reports whether the explainer refused an attestation for a
// certificate above the one that signed. Whether a chain is worth anything is the
// relying party's policy (steps 7.1.23 and 24); the lab asks for attestation "none"
// and weighs no chain, the explainer says where one is broken.
func weighsTheChain(x api.Explanation) bool {
	first, _ := x.FirstFailed()
	return first.ID == "7.1.24" || strings.Contains(x.Cause, "certificate 2 of x5c can't be read") ||
		strings.Contains(x.Cause, "certificate 3 of x5c can't be read")
}

// flipped returns v with a bit of a byte changed; ok is false behind the end.
func flipped(t *testing.T, v trial, member string, at int) (changed trial, ok bool) {
	t.Helper()
	var whole, response map[string]json.RawMessage
	if err := json.Unmarshal(v.raw, &whole); err != nil {
		t.Fatal(err)
	}
	if json.Unmarshal(whole["response"], &response) != nil {
		return v, false
	}
	var b binaryText
	if json.Unmarshal(response[member], &b) != nil || at >= len(b) {
		return v, false
	}
	b[at] ^= 1 << (at % 8)
	response[member], _ = json.Marshal(base64.RawURLEncoding.EncodeToString(b)) // a text always encodes
	whole["response"], _ = json.Marshal(response)                               // and so does JSON
	v.raw, _ = json.Marshal(whole)
	return v, true
}

// oddAnswers are faults of which the specification says little, and two programs
// easily say two things.
func oddAnswers(t *testing.T) (registrations, both []check) {
	key := func(m map[int]any) check { return check{muts: with(softkey.WithRawKey(canonical(m)))} }
	raw := func(b ...[]byte) check { return check{muts: with(softkey.WithRawKey(slices.Concat(b...)))} }
	point := softkeyPoint(t)
	good := ec(-7, 1, point[:32], point[32:])
	encodedKey := canonical(good)
	long := slices.Clone(encodedKey)
	long = slices.Concat(long[:2], []byte{0x18, 0x02}, long[2:]) // kty in two bytes, behind its label
	long = slices.Delete(long, 4, 5)
	dup := slices.Concat([]byte{encodedKey[0] + 1}, encodedKey[1:], []byte{0x03, 0x26})
	open := slices.Concat([]byte{0xbf}, encodedKey[1:], []byte{0xff})
	name := func(name string, c check) check { c.name = name; return c }
	registrations = []check{
		name("RSA of 16384 bits", key(rsaKey(-257, bits(16384), []byte{1, 0, 1}))),
		name("RSA of 16385 bits", key(rsaKey(-257, bits(16385), []byte{1, 0, 1}))),
		name("RSA of 2047 bits", key(rsaKey(-257, bits(2047), []byte{1, 0, 1}))),
		name("an exponent of 8 bytes, 65537", key(rsaKey(-257, bits(2048), []byte{0, 0, 0, 0, 0, 1, 0, 1}))),
		name("an exponent of 4 bytes, 65537", key(rsaKey(-257, bits(2048), []byte{0, 1, 0, 1}))),
		name("an exponent of 8 bytes", key(rsaKey(-257, bits(2048), []byte{1, 0, 0, 0, 0, 0, 0, 1}))),
		name("an exponent of 9 bytes", key(rsaKey(-257, bits(2048), []byte{1, 0, 0, 0, 0, 0, 0, 0, 1}))),
		name("an exponent of 33 bits", key(rsaKey(-257, bits(2048), []byte{1, 0, 0, 0, 1}))),
		name("an exponent of 32 bits", key(rsaKey(-257, bits(2048), []byte{0x80, 0, 0, 1}))),
		name("an even exponent", key(rsaKey(-257, bits(2048), []byte{1, 0, 2}))),
		name("an exponent of 3", key(rsaKey(-257, bits(2048), []byte{3}))),
		name("no exponent", key(rsaKey(-257, bits(2048), nil))),
		name("a modulus with a leading zero", key(map[int]any{kty: 3, alg: -257, rsaN: append([]byte{0}, bits(2048).Bytes()...),
			rsaE: []byte{1, 0, 1}})),
		name("a label twice", raw(dup)),
		name("a tag before the key", raw([]byte{0xc1}, encodedKey)),
		name("a key of open length", raw(open)),
		name("a number written too long", raw(long)),
		name("an array in place of a key", raw([]byte{0x80})),
		name("no algorithm", key(changed(good, alg, nil))),
		name("no key type", key(changed(good, kty, nil))),
		name("no curve", key(changed(good, crv, nil))),
		name("no y", key(changed(good, y, nil))),
		name("y as a sign", key(changed(good, y, true))),
		name("an algorithm that is a text", key(changed(good, alg, "ES256"))),
		name("ES256K", key(ec(-47, 8, point[:32], point[32:]))),
		name("ES256 on secp256k1", key(changed(good, crv, 8))),
		name("ESP256", key(changed(good, alg, -9))),
		name("RS1", key(rsaKey(-65535, bits(2048), []byte{1, 0, 1}))),
		name("ML-DSA-44", key(map[int]any{kty: 7, alg: -48, -1: make([]byte, 1312)})),
		name("ML-DSA-87, too short", key(map[int]any{kty: 7, alg: -50, -1: make([]byte, 12)})),
		name("an algorithm that nobody knows", key(changed(good, alg, -999))),
		name("a key type that nobody knows", key(changed(good, kty, 99))),
		name("an empty format", check{muts: with(softkey.WithFormat(""))}),
		name("a format in capitals", check{muts: with(softkey.WithFormat("None"))}),
		name("no statement", check{muts: with(object(map[string]any{"fmt": "none"}))}),
		name("a statement that is null", check{muts: with(object(map[string]any{"fmt": "none", "attStmt": nil}))}),
		name("a statement that is a list", check{muts: with(object(map[string]any{"fmt": "none", "attStmt": []any{}}))}),
		name("no format", check{muts: with(object(map[string]any{"attStmt": map[string]any{}}))}),
		name("a member that nobody knows", check{muts: with(object(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "x": 1}))}),
		name("a compound of none", check{muts: with(object(map[string]any{"fmt": "compound", "attStmt": []any{}}))}),
		name("a compound that is a map", check{muts: with(object(map[string]any{"fmt": "compound", "attStmt": map[string]any{}}))}),
		name("an appidExclude nobody asked for", check{muts: with(softkey.WithExtensionOutput("appidExclude", true))}),
	}
	member := func(name string, v any) check { return check{muts: with(softkey.WithMember(name, v))} }
	framed := func(top string) check { return check{muts: with(softkey.InFrame(top))} }
	both = []check{
		name("a token binding of null", member("tokenBinding", nil)),
		name("a token binding without an id", member("tokenBinding", map[string]any{"status": "present"})),
		name("a token binding with an id", member("tokenBinding", map[string]any{"status": "present", "id": "x"})),
		name("a token binding whose id is a number", member("tokenBinding", map[string]any{"status": "present", "id": 1})),
		name("a token binding that is empty", member("tokenBinding", map[string]any{})),
		name("a frame of nobody", framed("")), name("a frame of another", framed("https://evil.example")),
		name("a frame of our own", framed(origin)),
		name("topOrigin of null", member("topOrigin", nil)), name("topOrigin that is a number", member("topOrigin", 7)),
		name("topOrigin that is empty", member("topOrigin", "")),
		name("crossOrigin of null", crossed("null")), name("crossOrigin of 1", crossed("1")), name("crossOrigin of a list", crossed("[]")),
		name("the origin of an app", check{muts: with(softkey.WithOrigin("android:apk-key-hash:Vbj-mPe9x0NEiHDGG3EOi04ETGT5SIoEc3f2zpc7qC8"))}),
		name("the origin of an app that is listed", check{rp: withApp, muts: with(softkey.WithOrigin(appOrigin))}),
		name("the origin of an app in another case", check{rp: withApp, muts: with(softkey.WithOrigin(strings.ToUpper(appOrigin)))}),
		name("an appid nobody asked for", check{muts: with(softkey.WithExtensionOutput("appid", true))}),
		name("the hash of an appid nobody asked for", check{muts: with(softkey.WithExtensionOutput("appid", true), softkey.WithRPID(origin))}),
		name("an appid that is a text", check{muts: with(softkey.WithExtensionOutput("appid", "yes"))}),
		name("signed outputs that are a list", check{muts: with(softkey.WithAuthDataTrailing(0x80), softkey.WithFlags(softkey.FlagED, 0))}),
		name("signed outputs named by numbers",
			check{muts: with(softkey.WithAuthDataTrailing(0xa1, 1, 1), softkey.WithFlags(softkey.FlagED, 0))}),
		name("signed outputs written too long",
			check{muts: with(softkey.WithAuthDataTrailing(0xa1, 0x61, 'a', 0x18, 1), softkey.WithFlags(softkey.FlagED, 0))}),
		name("signed outputs with a tag", check{muts: with(softkey.WithAuthDataTrailing(0xa1, 0x61, 'a', 0xc1, 1),
			softkey.WithFlags(softkey.FlagED, 0))}),
		name("a signed output twice", check{muts: with(softkey.WithAuthDataTrailing(0xa2, 0x61, 'a', 1, 0x61, 'a', 1),
			softkey.WithFlags(softkey.FlagED, 0))}),
		name("flags that are reserved", check{muts: with(softkey.WithFlags(0x22, 0))}),
		name("an empty user handle", check{edit: setIn("userHandle", "")}),
		name("results that are a list", check{edit: set("clientExtensionResults", []any{})}),
		name("results that are null", check{edit: set("clientExtensionResults", nil)}),
		name("no results", check{edit: drop("clientExtensionResults")}),
		name("an attachment that is a number", check{edit: set("authenticatorAttachment", 7)}),
		name("transports that are a text", check{edit: setIn("transports", "usb")}),
		name("transports that nobody knows", check{edit: setIn("transports", []string{"carrier-pigeon"})}),
	}
	return registrations, both
}

const appOrigin = "android:apk-key-hash:gx7sq_pxhxhrIQdLyfG0pxKwiJ7hOk2DJQ4xvKd438Q"

func withApp(rp *passkey.RelyingParty) { rp.Origins = append(slices.Clone(rp.Origins), appOrigin) }

// crossed writes crossOrigin as a value.
func crossed(value string) check {
	return check{muts: with(func(d *softkey.Draft) {
		raw, err := d.ClientData.JSON()
		d.Err = err
		d.ClientData.Raw = []byte(strings.Replace(string(raw), `"crossOrigin":false`, `"crossOrigin":`+value, 1))
	})}
}

// object is an attestation object of these members beside the authenticator data.
func object(m map[string]any) softkey.Mutation {
	return softkey.AfterSigning(func(a *softkey.Answer) {
		m["authData"] = a.AuthData
		a.AttestationObject = canonical(m)
	})
}

func softkeyPoint(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return point[1:]
}

func TestServerAndExplainerAgreeOverOddAnswers(t *testing.T) {
	registrations, both := oddAnswers(t)
	for _, c := range slices.Concat(registrationChecks(), registrations, both) {
		t.Run("registration: "+c.name, func(t *testing.T) { c.compared(t, passkey.Registration) })
	}
	for _, c := range slices.Concat(authenticationChecks(), both) {
		t.Run("sign-in: "+c.name, func(t *testing.T) { c.compared(t, passkey.Authentication) })
	}
}

// compared holds a whole ceremony at a lab, and explains its record.
func (c check) compared(t *testing.T, kind passkey.Kind) {
	l, k := newLab(t), softkey.New()
	ada := l.person("ada@example.test")
	if c.key != nil {
		c.key(k)
	}
	if kind == passkey.Authentication {
		l.registered(ada, k)
	}
	if c.rp != nil {
		c.rp(&l.rp)
	}
	var err error
	if kind == passkey.Registration {
		b := l.beginRegistration(ada)
		_, err = l.finishRegistration(ada, b.ChallengeID, c.edited(t, l.create(k, b, c.muts...)))
	} else {
		b := l.beginSignIn("")
		_, err = l.finishSignIn(b.ChallengeID, c.edited(t, l.get(k, b, c.muts...)))
	}
	e := l.entries.last(t)
	if len(e.Ceremony.Session) == 0 || !json.Valid(e.Credential) {
		return // refused at the door: there is no ceremony to explain
	}
	server := code(err)
	if server == "UNKNOWN_CREDENTIAL" {
		return // who has which passkey is in no file
	}
	if x := explained(t, asRecorded(t, e.Ceremony, e.Before, e.Credential)); !agrees(server, x) {
		t.Errorf("the server says %q (%v), the explainer %s %s (%s)", server, err, x.Verdict, x.Fault, x.Cause)
	}
}

// Web Authentication Level 3, section 10.1.1. The lab asks for no AppID; a
// ceremony that did is judged by it.
func TestAnAppIDThatWasAskedForIsTheOneThatCounts(t *testing.T) {
	const app = "https://localhost:8443/app-id.json"
	for name, c := range map[string]struct {
		hashed string
		output any
		asked  bool
		code   string
	}{
		"asked for and used":             {app, true, true, ""},
		"asked for, and the RP ID used":  {"localhost", false, true, ""},
		"said to be used, the RP ID was": {"localhost", true, true, "RPID_MISMATCH"},
		"used, and not said":             {app, false, true, "RPID_MISMATCH"},
		"not asked for":                  {app, true, false, "RPID_MISMATCH"},
	} {
		l, k := newLab(t), softkey.New()
		l.registered(l.person("ada@example.test"), k)
		b := l.beginSignIn("")
		raw := l.get(k, b, softkey.WithRPID(c.hashed), softkey.WithExtensionOutput("appid", c.output))
		cer, err := l.store.TakeCeremony(t.Context(), b.ChallengeID)
		l.must(err)
		if c.asked {
			cer = asking(t, cer, app)
		}
		stored, err := l.store.CredentialByCredentialID(t.Context(), rawIDOf(t, raw))
		l.must(err)
		person, err := l.store.Identity(t.Context(), stored.IdentityID)
		l.must(err)
		_, err = passkey.VerifySignIn(cer, person, stored, raw)
		if code(err) != c.code {
			t.Errorf("%s: got %v, want %q", name, err, c.code)
		}
		if x := explained(t, asRecorded(t, cer, &stored, raw)); !agrees(c.code, x) {
			t.Errorf("%s: the explainer says %s %s (%s)", name, x.Verdict, x.Fault, x.Cause)
		}
	}
}

// asking is a ceremony whose options ask for an AppID.
func asking(t *testing.T, cer passkey.Ceremony, app string) passkey.Ceremony {
	t.Helper()
	var session webauthn.SessionData
	var options map[string]any
	if err := errors.Join(json.Unmarshal(cer.Session, &session), json.Unmarshal(cer.Options, &options)); err != nil {
		t.Fatal(err)
	}
	session.Extensions.AppID = app
	options["extensions"] = map[string]any{"appid": app}
	var errs [2]error
	cer.Session, errs[0] = json.Marshal(session)
	cer.Options, errs[1] = json.Marshal(options)
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return cer
}
