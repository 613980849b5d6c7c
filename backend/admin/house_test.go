package admin_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/health"
	"sting/backend/identity"
	"sting/backend/mail"
	"sting/backend/passkey"
	"sting/backend/relyingparty"
	"sting/backend/service"
	"sting/backend/session"
	"sting/backend/store"
	"sting/backend/store/storetest"
	"sting/backend/tape"
	"sting/backend/wire"
)

const siteOrigin = "https://localhost:8443"

// began is when the machine of a house believes it is.
var began = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)

var errBroken = fault.New(fault.Unavailable, "BROKEN", "It is broken.", "Mend it.")

// house is a lab over a real store, whose machine is the test's.
type house struct {
	*admin.Lab
	door    admin.Door
	store   *store.Store
	box     *mail.Mailbox
	machine *machine
}

// machine is what the verbs reach beyond the data. It notes what it was asked
// for, and fails with err.
type machine struct {
	facts  admin.Facts
	asked  []string
	err    error
	keys   []api.VirtualKey
	damage []health.Damage
}

func (m *machine) note(format string, args ...any) error {
	m.asked = append(m.asked, fmt.Sprintf(format, args...))
	return m.err
}

func (m *machine) Facts() admin.Facts                       { return m.facts }
func (m *machine) Stop()                                    { _ = m.note("stop") }
func (m *machine) Open(_ context.Context, url string) error { return m.note("open %s", url) }

func (m *machine) Certificate(context.Context) (api.Certificate, error) {
	return api.Certificate{CASubject: "STING"}, m.note("certificate")
}

func (m *machine) Trust(_ context.Context, r api.TrustRequest) (api.TrustReport, error) {
	return api.TrustReport{}, m.note("trust system=%v", r.System)
}

func (m *machine) Config(context.Context) (api.ConfigReport, error) {
	return api.ConfigReport{Path: "sting.yml"}, m.note("config")
}

func (m *machine) Examine(_ context.Context, check string, found func(api.Finding)) (api.DoctorReport, error) {
	f := api.Finding{ID: "SV-01", Verdict: "ok"}
	if found != nil {
		found(f)
	}
	return api.DoctorReport{Well: true, Findings: []api.Finding{f}}, m.note("examine %s", check)
}

func (m *machine) Repair(_ context.Context, check string) (api.DoctorReport, error) {
	return api.DoctorReport{Changed: []string{check}}, m.note("repair %s", check)
}

func (m *machine) Browsers(context.Context) ([]api.BrowserPassport, error) {
	return nil, m.note("browsers")
}

func (m *machine) Mock(_ context.Context, r api.MockRequest) (api.MockRequest, error) {
	return r, m.note("mock %v", r.On)
}

func (m *machine) Snapshots(context.Context) ([]api.Snapshot, error) { return nil, m.note("snapshots") }

func (m *machine) SaveSnapshot(_ context.Context, name string) (api.Snapshot, error) {
	return api.Snapshot{Name: name}, m.note("save %s", name)
}

func (m *machine) RestoreSnapshot(_ context.Context, name string) (api.StateChanged, error) {
	return api.StateChanged{Undo: "before"}, m.note("restore %s", name)
}

func (m *machine) RemoveSnapshot(_ context.Context, name string) error {
	return m.note("remove %s", name)
}

func (m *machine) Reset(_ context.Context, r api.ResetRequest) (api.StateChanged, error) {
	return api.StateChanged{}, m.note("reset ca=%v", r.CA)
}

func (m *machine) Export(_ context.Context, format string) (json.RawMessage, error) {
	return json.RawMessage(`{}`), m.note("export %s", format)
}

func (m *machine) Import(_ context.Context, raw json.RawMessage) (api.Imported, error) {
	return api.Imported{Identities: 1}, m.note("import %s", raw)
}

func (m *machine) Damages(context.Context) ([]health.Damage, error) { return m.damage, m.err }

// bridge is the machine's browser with a virtual authenticator.
type bridge struct{ *machine }

func (b bridge) Show(_ context.Context, url string, _ *api.Desktop) error {
	return b.note("show %s", url)
}

func (b bridge) State(context.Context) (api.Virtual, error) {
	return api.Virtual{Running: true, Keys: append([]api.VirtualKey{}, b.keys...)}, nil
}

func (b bridge) Change(_ context.Context, c api.VirtualChange) error {
	return b.note("change %s %s", c.Do, c.Key)
}

func newHouse(t *testing.T) *house {
	t.Helper()
	st, bus, log := storetest.New(t), &events.Bus{}, slog.New(slog.DiscardHandler)
	moving := clock.New(func() time.Time { return began })
	rp := passkey.RelyingParty{
		ID: "localhost", Name: "STING", Origins: []string{siteOrigin}, UserVerification: "preferred", Timeout: time.Minute,
	}
	h := &house{store: st, machine: &machine{facts: admin.Facts{
		Version: "v1", Home: "/home/ada/sting", Origin: siteOrigin, Mailbox: "https://localhost:8025", KratosMode: "embedded", PID: 7,
		Parties: relyingparty.Registry{rp},
	}}}
	translator := wire.Translator{Authenticator: func(string) string { return "Softkey" }}
	h.box = &mail.Mailbox{Store: st, Bounds: func() mail.Bounds { return mail.Bounds{Count: 100, Bytes: 1 << 20} }, Bus: bus, Now: moving.Now}
	h.Lab = &admin.Lab{
		People: st, Credentials: st, Records: st, Moving: moving, Bus: bus, Wire: translator,
		Verifying: &passkey.Ceremonies{
			Credentials: st, Challenges: st, People: st, Now: moving.Now, Bus: bus, Log: log,
		},
		Issued: &session.Sessions{Store: st, Now: moving.Now, Bus: bus, Policy: func() session.Policy {
			return session.Policy{Lifespan: time.Hour, PrivilegedAge: time.Hour}
		}},
		Running: &service.Group{Bus: bus, Log: log, Now: moving.Machine, Every: time.Hour, Pause: time.Second},
		Ring:    service.NewLogRing(slog.DiscardHandler),
		Host:    h.machine, Doctor: h.machine, Mocking: h.machine, State: h.machine, Damage: h.machine, Bridge: bridge{h.machine},
		Mailbox: &admin.CaughtMails{Box: h.box, Bus: bus, Wire: translator, Origin: func() string { return siteOrigin }},
	}
	h.door = h.Lab.Door()
	return h
}

// person makes an account with a passkey and a session, whose ids are what its
// address begins with.
func (h *house) person(t *testing.T, email string) (identity.Identity, passkey.Credential, session.Session) {
	t.Helper()
	i := identity.New(began, "default", json.RawMessage(fmt.Sprintf(`{"email":%q}`, email)), email)
	c := passkey.Credential{
		ID: "key-" + email, CredentialID: []byte("credential of " + email), IdentityID: i.ID, UserHandle: i.UserHandle, RPID: "localhost",
		Name: "Laptop", PublicKey: []byte{0xa0}, AAGUID: make([]byte, 16), CreatedAt: began, UpdatedAt: began,
	}
	token := sha256.Sum256([]byte(email))
	s := session.Session{
		ID: session.ID("session-" + email), IdentityID: i.ID, AAL: "aal1", PasskeyToken: token[:],
		Methods:  []session.Proof{{Method: session.Passkey, AAL: "aal1", At: began, CredentialID: c.ID}},
		IssuedAt: began, AuthenticatedAt: began, SeenAt: began, ExpiresAt: began.Add(time.Hour), Device: session.Device{UserAgent: "curl"},
	}
	ctx := t.Context()
	if err := errors.Join(h.store.CreateIdentity(ctx, i), h.store.AddCredential(ctx, c), h.store.CreateSession(ctx, s)); err != nil {
		t.Fatal(err)
	}
	return i, c, s
}

func (h *house) record(t *testing.T, r tape.Record) {
	t.Helper()
	if err := h.store.PutRecords(t.Context(), []tape.Record{r}, tape.Bounds{Count: 100, Bytes: 1 << 20}); err != nil {
		t.Fatal(err)
	}
}
