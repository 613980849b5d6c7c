package admin

import (
	"context"
	"crypto/x509"
	"net/url"
	"strings"
	"time"

	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/list"
	"sting/backend/origin"
	"sting/backend/passkey"
	"sting/backend/relyingparty"
	"sting/backend/service"
	"sting/backend/session"
	"sting/backend/tape"
	"sting/backend/wire"
)

// Lab answers the verbs in the process of the lab. All fields are required.
type Lab struct {
	People      identity.Store
	Credentials passkey.Credentials
	Verifying   *passkey.Ceremonies
	Issued      *session.Sessions
	Records     Records
	Running     *service.Group
	Ring        *service.LogRing
	Moving      *clock.Clock
	Bus         *events.Bus
	Wire        wire.Translator
	Host        Host
	Roots       []*x509.Certificate // of attestations, for the explainer alone
	Mailbox                         // what was caught
	Doctor                          // the checks
	Mocking                         // the mock user
	State                           // snapshots, reset, export and import
	Bridge      VirtualBridge
	Apps        Apps
	Damage      Damages // what can't be read any more
}

// Records are the recorded ceremonies.
type Records interface {
	Records(ctx context.Context, before string, limit int) ([]tape.Record, error)
	Record(ctx context.Context, id string) (tape.Record, error)
}

// Host is what the verbs ask of the machine that the lab runs on.
type Host interface {
	Facts() Facts
	Stop()
	// Open opens a page of the site in the person's browser; an error says why
	// it didn't.
	Open(ctx context.Context, url string) error
	Certificate(ctx context.Context) (api.Certificate, error)
	Trust(ctx context.Context, r api.TrustRequest) (api.TrustReport, error)
	Config(ctx context.Context) (api.ConfigReport, error)
}

// Facts are what the lab is, at this moment.
type Facts struct {
	Version, Home, Origin, KratosMode string
	Mailbox                           string // https://localhost:8025, "" when its port is off
	PID                               int
	StartedAt                         time.Time
	MockUser                          bool
	Parties                           relyingparty.Registry
	Warnings                          []string
	Mended                            []string // what this start set right in the home folder
}

// Limits of lists.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// emailOf returns the address of a person, or "" for one who is gone.
func (l *Lab) emailOf(ctx context.Context, id identity.ID) string {
	i, err := l.People.Identity(ctx, id)
	if err != nil {
		return ""
	}
	return i.Email()
}

// Status tells what runs and whether it does its work.
func (l *Lab) Status(ctx context.Context) (api.Status, error) {
	f := l.Host.Facts()
	rp := f.Parties.Default()
	out := api.Status{
		Version: f.Version, PID: f.PID, Home: f.Home, Origin: f.Origin, RPID: rp.ID,
		Problem: rp.Problem, Fix: rp.ProblemFix, KratosMode: f.KratosMode, StartedAt: l.Wire.Time(f.StartedAt),
		Ready: l.Running.Ready(),
		Now:   l.Wire.Time(l.Moving.Now()), ClockOffsetSeconds: int64(l.Moving.Offset() / time.Second),
		MockUser: f.MockUser, Services: []api.Service{}, Warnings: append([]string{}, f.Warnings...),
		Mended: f.Mended,
	}
	out.Damaged = l.damaged(ctx, "")
	out.Warnings = append(out.Warnings, damageWarnings(out.Damaged)...)
	for _, st := range l.Running.Status() {
		out.Services = append(out.Services, l.service(st))
	}
	l.count(ctx, &out)
	return out, nil
}

func (l *Lab) service(st service.Status) api.Service {
	out := api.Service{
		Name: st.Name, State: api.State(st.State), URL: st.URL, Detail: st.Detail, CheckedAt: l.Wire.Time(st.CheckedAt),
		TookMS: float64(st.Took.Microseconds()) / 1000, Since: l.Wire.Time(st.Since), Evidence: []api.Evidence{},
		Restarts: st.Restarts,
	}
	if st.Last.Err != nil {
		out.LastComplaint = &api.Complaint{At: l.Wire.Time(st.Last.At), Error: Fault(st.Last.Err)}
	}
	for _, e := range st.Evidence {
		out.Evidence = append(out.Evidence, api.Evidence{What: e.What, Seen: e.Seen})
	}
	if st.Err != nil {
		e, f := Fault(st.Err), fault.From(st.Err)
		out.Error = &e
		if f.Err != nil && out.Detail == "" {
			out.Detail = f.Err.Error()
		}
	}
	return out
}

// count fills in how much there is. A store that can't be read is said by its
// service; the rest of the status is still worth having.
func (l *Lab) count(ctx context.Context, out *api.Status) {
	people, err := l.People.ListIdentities(ctx, list.Newest, "", 0)
	if err != nil {
		return
	}
	out.Users = people.Total
	credentials, err := l.Credentials.Credentials(ctx, "", maxCounted)
	if err != nil {
		return
	}
	for _, c := range credentials {
		if c.Active() {
			out.Passkeys++
		}
	}
	sessions, err := l.Issued.Store.Sessions(ctx, "", maxCounted)
	if err != nil {
		return
	}
	now, policy := l.Moving.Now(), l.Issued.Policy()
	for _, s := range sessions {
		if s.Alive(now, policy) {
			out.Sessions++
		}
	}
}

// maxCounted is where counting ends: a status must not read a whole large store.
const maxCounted = 10_000

// Stop ends the lab.
func (l *Lab) Stop(context.Context) error {
	l.Host.Stop()
	return nil
}

var errNoPage = fault.New(fault.Invalid, "INVALID_FIELD", "There is no such page to open.",
	"Open one of: "+strings.Join(origin.PageNames(), ", ")+", or an address of the site.").In("page")

// Open opens a page of the site in the person's browser.
func (l *Lab) Open(ctx context.Context, page string) (api.Opened, error) {
	url, err := l.pageURL(page)
	if err != nil {
		return api.Opened{}, err
	}
	out := api.Opened{URL: url, Opened: true}
	if err := l.Host.Open(ctx, out.URL); err != nil {
		e := Fault(err)
		out.Opened, out.Error = false, &e
	}
	return out, nil
}

func (l *Lab) pageURL(page string) (string, error) {
	f := l.Host.Facts()
	return PageURL(page, f.Origin, f.Mailbox)
}

// PageURL returns the address of a page that can be opened: one with a name, or
// an address of the site itself. mailbox is "" when its port
// is off.
func PageURL(page, site, mailbox string) (string, error) {
	named, ok := origin.PageNamed(page)
	switch {
	case ok:
		return site + named.Path, nil
	case page == origin.Mailbox && mailbox == "":
		return "", errNoPage.Saying("The mailbox's port is off.").Hinting("Give ports.mail a number in sting.yml.")
	case page == origin.Mailbox:
		return mailbox, nil
	case onSite(site, page):
		return page, nil
	}
	return "", errNoPage
}

// onSite tells whether an address is one of the site at origin. Nothing else may
// come out of a mail into the person's browser by a button: a beginning that
// looks like the origin isn't one ("https://localhost:8443@elsewhere").
func onSite(origin, address string) bool {
	u, err := url.Parse(address)
	return err == nil && origin != "" && u.User == nil && u.Opaque == "" && u.Scheme+"://"+u.Host == origin &&
		!strings.ContainsFunc(address, unprintable)
}

func unprintable(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }
