package virtual_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/browser/virtual"
	"sting/backend/fault"
	"sting/backend/labtest"
)

// desk is a lab, and a browser with a virtual authenticator that trusts it.
type desk struct {
	*virtual.Virtual
	t    *testing.T
	lab  *labtest.Lab
	dir  string
	news chan struct{} // holds one
	end  context.CancelFunc
	done chan struct{}
}

// sit runs a lab with a trusted certificate and a browser without a window.
func sit(t *testing.T, config string) *desk {
	t.Helper()
	chromium := os.Getenv("STING_CHROMIUM")
	if chromium == "" {
		t.Skip("STING_CHROMIUM names no browser to drive: build/test runs this with one")
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("XDG_CONFIG_HOME", "")
	d := &desk{t: t, lab: labtest.Start(t, config), dir: t.TempDir(), news: make(chan struct{}, 1)}
	report, err := d.lab.Trust(t.Context(), api.TrustRequest{Browsers: true})
	if err != nil || len(report.Stores) == 0 {
		t.Fatalf("the certificate could not be trusted: %+v, %v", report, err)
	}
	d.run(chromium)
	t.Cleanup(func() { d.stop() })
	return d
}

func (d *desk) run(chromium string) {
	d.Virtual = virtual.New(virtual.Options{
		Dir: d.dir, Path: chromium, Headless: true, Changed: d.hear, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(d.t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	ctx, end := context.WithCancel(context.Background())
	d.end, d.done = end, make(chan struct{})
	v := d.Virtual
	go func() { defer close(d.done); v.Run(ctx) }()
}

func (d *desk) hear() {
	select {
	case d.news <- struct{}{}:
	default:
	}
}

func (d *desk) stop() {
	d.end()
	<-d.done
}

func (d *desk) open(page string) {
	d.t.Helper()
	if err := d.Open(d.t.Context(), d.lab.Origin+page); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) apply(c virtual.Change) {
	d.t.Helper()
	if err := d.Apply(d.t.Context(), c); err != nil {
		d.t.Fatalf("%+v: %v", c, err)
	}
}

func (d *desk) state() virtual.State {
	d.t.Helper()
	st, err := d.State()
	if err != nil {
		d.t.Fatal(err)
	}
	return st
}

// ceremonies is what a page does: begin, ask the authenticator, complete.
const ceremonies = `
const post = async (path, body) => {
  const r = await fetch(path, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body ?? {})});
  return {status: r.status, ...await r.json()};
};
const ask = async (verb, options) => {
  const signal = AbortSignal.timeout(3000);
  try { return await navigator.credentials[verb]({publicKey: options, signal}); } catch (e) { return {refused: e.name}; }
};
const register = async () => {
  const o = await post("/api/webauthn/registration/begin");
  if (!o.publicKey) return o;
  const c = await ask("create", PublicKeyCredential.parseCreationOptionsFromJSON(o.publicKey));
  return c.refused ? c : post("/api/webauthn/registration/complete", {credential: c.toJSON(), challenge_id: o.challenge_id, name: ` +
	`"virtual"});
};
const signIn = async () => {
  const o = await post("/api/webauthn/authentication/begin");
  const c = await ask("get", PublicKeyCredential.parseRequestOptionsFromJSON(o.publicKey));
  return c.refused ? c : post("/api/webauthn/authentication/complete", {credential: c.toJSON(), challenge_id: o.challenge_id});
};
`

// outcome is what came of a ceremony.
type outcome struct {
	Verified bool        `json:"verified"`
	Code     string      `json:"error_code"`
	Refused  string      `json:"refused"` // name of the DOMException
	Passkey  api.Passkey `json:"passkey"`
}

func (d *desk) page(do string) (o outcome) {
	d.t.Helper()
	raw, err := d.Evaluate(d.t.Context(), "(async () => {"+ceremonies+"return "+do+"})()")
	if err != nil {
		d.t.Fatalf("%s: %v", do, err)
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		d.t.Fatalf("%s: %s: %v", do, raw, err)
	}
	return o
}

// registered sits down and registers a passkey.
func registered(t *testing.T, config string) (*desk, outcome) {
	t.Helper()
	d := sit(t, config)
	d.open("/register")
	if o := d.page(fmt.Sprintf(`post("/api/auth/register", {email: "ada@example.org", password: %q})`, labtest.Password)); o.Code != "" {
		t.Fatalf("no account: %s", o.Code)
	}
	o := d.page("register()")
	if !o.Verified {
		t.Fatalf("no passkey: %+v", o)
	}
	return d, o
}

func TestAPersonWithoutAKeyHasAPasskeyAndSignsInWithIt(t *testing.T) {
	d, o := registered(t, "")
	if o.Passkey.AAGUID != "01020304-0506-0708-0102-030405060708" {
		t.Errorf("the AAGUID is %s, which doesn't say virtual", o.Passkey.AAGUID)
	}
	if got := d.page("signIn()"); !got.Verified {
		t.Errorf("the sign-in: %+v", got)
	}
	owned, err := d.lab.Passkey(t.Context(), o.Passkey.ID)
	if err != nil || !owned.Virtual || owned.Authenticator != "Chromium's virtual authenticator" {
		t.Errorf("the lab doesn't say virtual: %+v, %v", owned, err)
	}
	told, err := d.lab.Ceremonies(t.Context(), api.CeremonyQuery{})
	if err != nil || len(told.Items) != 2 || !told.Items[0].Virtual || !told.Items[1].Virtual {
		t.Errorf("the records don't say virtual: %+v, %v", told.Items, err)
	}
	st := d.state()
	if !st.Running || st.Pages != 1 || len(st.Keys) != 1 || st.Keys[0].ID() != o.Passkey.CredentialID || st.Keys[0].RPID != "localhost" {
		t.Errorf("the state is %+v", st)
	}
}

func TestAPasskeyIsThereTheNextTime(t *testing.T) {
	d, _ := registered(t, "")
	d.stop()
	if info, err := os.Stat(filepath.Join(d.dir, "virtual.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("virtual.json: %v, %v", info, err)
	}
	before := d.state().Keys[0].SignCount
	d.run(os.Getenv("STING_CHROMIUM"))
	d.open("/login")
	if got := d.page("signIn()"); !got.Verified {
		t.Errorf("the sign-in in the next browser: %+v", got)
	}
	d.stop()
	if after := d.state().Keys[0].SignCount; after <= before {
		t.Errorf("the counter went from %d to %d", before, after)
	}
}

func TestEveryFaultOnPurposeIsSeenForWhatItIs(t *testing.T) {
	d, o := registered(t, "webauthn: {user_verification: required}\n")
	key := o.Passkey.CredentialID
	cases := []struct {
		name   string
		breaks virtual.Change
		want   string // error_code, or "!" and the name of the DOMException
		mend   virtual.Change
	}{
		{"another backup eligibility", virtual.Change{Do: virtual.FlipBE, Key: key}, "BE_CHANGED", virtual.Change{Do: virtual.FlipBE, Key: key}},
		{"backed up and not eligible", virtual.Change{Do: virtual.FlipBS, Key: key}, "BS_WITHOUT_BE",
			virtual.Change{Do: virtual.FlipBS, Key: key}},
		{"a counter that goes back", virtual.Change{Do: virtual.SetCounter, Key: key[:8]}, "COUNTER_REGRESSED",
			virtual.Change{Do: virtual.SetCounter, Key: key, Counter: 100}},
		{"no user verification flag", virtual.Change{Do: virtual.SetUserVerification, To: virtual.Off}, "UV_REQUIRED",
			virtual.Change{Do: virtual.SetUserVerification, To: virtual.On}},
		{"a refused user verification", virtual.Change{Do: virtual.SetUserVerification, To: virtual.Refuse}, "!NotAllowedError",
			virtual.Change{Do: virtual.SetUserVerification, To: virtual.On}},
		{"no user presence flag", virtual.Change{Do: virtual.SetUserPresence, To: virtual.Off}, "UP_MISSING",
			virtual.Change{Do: virtual.SetUserPresence, To: virtual.On}},
		{"nobody touches", virtual.Change{Do: virtual.SetUserPresence, To: virtual.Refuse}, "!TimeoutError",
			virtual.Change{Do: virtual.SetUserPresence, To: virtual.On}},
		{"a bad signature", virtual.Change{Do: virtual.SetSignature, To: virtual.Bad}, "BAD_SIGNATURE",
			virtual.Change{Do: virtual.SetSignature, To: virtual.Good}},
	}
	if got := d.page("signIn()"); !got.Verified { // the server has seen a counter
		t.Fatalf("before anything: %+v", got)
	}
	for _, c := range cases {
		d.apply(c.breaks)
		o := d.page("signIn()")
		if got := o.Code; got != c.want && "!"+o.Refused != c.want {
			t.Errorf("%s: got %+v, want %s", c.name, o, c.want)
		}
		d.apply(c.mend)
		if got := d.page("signIn()"); !got.Verified {
			t.Errorf("after %s was mended: %+v", c.name, got)
		}
	}
	told, err := d.lab.Ceremonies(t.Context(), api.CeremonyQuery{Q: "BAD_SIGNATURE"})
	if err != nil || len(told.Items) != 1 || !told.Items[0].Virtual {
		t.Errorf("the record of a refusal doesn't say virtual: %+v, %v", told.Items, err)
	}
	d.apply(virtual.Change{Do: virtual.Forget, Key: key})
	if o := d.page("signIn()"); o.Refused != "NotAllowedError" || len(d.state().Keys) != 0 {
		t.Errorf("after the key was forgotten: %+v, %d keys", o, len(d.state().Keys))
	}
}

func TestEveryTabHasTheSameKeysAndCounters(t *testing.T) {
	d, _ := registered(t, "")
	d.open("/login")
	if st := d.state(); st.Pages != 2 {
		t.Fatalf("%d pages, want 2", st.Pages)
	}
	for range 2 {
		if got := d.page("signIn()"); !got.Verified {
			t.Errorf("in the second tab: %+v", got)
		}
	}
	if err := d.CloseTab(t.Context()); err != nil {
		t.Fatal(err)
	}
	for d.state().Pages > 1 {
		<-d.news
	}
	if got := d.page("signIn()"); !got.Verified {
		t.Errorf("in the first tab afterwards: %+v", got)
	}
}

func TestNothingIsLeftOfAClosedBrowser(t *testing.T) {
	for name, end := range map[string]func(*desk) error{
		"its last tab is closed": func(d *desk) error { return d.CloseTab(t.Context()) },
		"it is told to close":    func(d *desk) error { return d.Apply(t.Context(), virtual.Change{Do: virtual.Close}) },
		"the lab ends":           func(d *desk) error { d.stop(); return nil },
		"it is killed": func(d *desk) error {
			p, err := os.FindProcess(d.state().PID)
			return errors.Join(err, p.Kill())
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := sit(t, "")
			d.open("/login")
			pid, ended := d.state().PID, d.Ended()
			if err := end(d); err != nil {
				t.Fatal(err)
			}
			<-ended
			if left := processesWith(t, filepath.Join(d.dir, "virtual-profile")); len(left) > 0 {
				t.Errorf("processes are left: %v", left)
			}
			if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); err == nil {
				t.Errorf("process %d is left, as a zombie at least", pid)
			}
			if entries, err := os.ReadDir(d.dir); err != nil || len(entries) > 0 {
				t.Errorf("files are left: %v, %v", entries, err)
			}
			if st := d.state(); st.Running {
				t.Errorf("it is said to run: %+v", st)
			}
		})
	}
}

// processesWith returns the command lines that hold a text.
func processesWith(t *testing.T, text string) (out []string) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range lines {
		if raw, err := os.ReadFile(f); err == nil && strings.Contains(string(raw), text) {
			out = append(out, strings.ReplaceAll(string(raw), "\x00", " "))
		}
	}
	return out
}

func TestTheLabsOwnBrowserOpensChangesAndEndsWithTheLab(t *testing.T) {
	d := sit(t, "")
	if _, err := d.lab.OpenVirtual(t.Context(), "../etc/passwd", nil); !fault.HasCode(err, "INVALID_FIELD") {
		t.Errorf("a page that is none: %v", err)
	}
	for range 2 {
		if o, err := d.lab.OpenVirtual(t.Context(), "register", nil); err != nil || !o.Opened || o.Error != nil ||
			o.URL != d.lab.Origin+"/register" {
			t.Fatalf("OpenVirtual = %+v, %v", o, err)
		}
	}
	v, err := d.lab.ChangeVirtual(t.Context(), api.VirtualChange{Do: "user_presence", To: "refuse"})
	if err != nil || !v.Running || v.Pages != 2 || v.UserPresence != "refuse" || v.UserVerification != "on" || v.Signature != "good" {
		t.Errorf("after a change: %+v, %v", v, err)
	}
	d.lab.Stop()
	if left := processesWith(t, d.lab.Home); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	if _, err := os.Stat(filepath.Join(d.lab.Home, "virtual-profile")); err == nil {
		t.Error("the profile is left")
	}
}

func TestAnUntrustedCertificateIsNotIgnored(t *testing.T) {
	d := sit(t, "")
	t.Setenv("HOME", t.TempDir()) // nobody has trusted anything here
	if err := d.Open(t.Context(), d.lab.Origin+"/login"); !errors.Is(err, virtual.ErrUntrusted) {
		t.Errorf("got %v, want the certificate's fault", err)
	}
	if st := d.state(); !st.Running || !strings.Contains(st.Note, "sting trust") {
		t.Errorf("the state is %+v", st)
	}
}
