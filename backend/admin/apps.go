package admin

import (
	"cmp"
	"context"
	"slices"
	"time"

	"sting/backend/api"
	"sting/backend/apps"
	"sting/backend/events"
	"sting/backend/origin"
)

// Apps are what the verbs about apps ask of the machine.
type Apps interface {
	// Registry is that of sting.yml as it is now.
	Registry() apps.Registry
	// AddApp and RemoveApp change sting.yml; Registry knows of it when they return.
	AddApp(a apps.App) error
	RemoveApp(name string) error
	// Look asks an app for its first page.
	Look(ctx context.Context, a apps.App) api.AppAnswer
	// Visit opens a page in the lab browser. With the fault APP_CERTIFICATE nothing is
	// open, and the certificate is what a person has to accept.
	Visit(ctx context.Context, v AppVisit) (*api.AppCertificate, error)
}

// AppVisit is a page for the lab browser.
type AppVisit struct {
	App       apps.App // the zero value for a page that is no app's
	At        origin.Origin
	URL       string
	Real, New bool
	Trust     string
	On        *api.Desktop
}

// AppsChanged is published when the apps of sting.yml are not as they were.
type AppsChanged struct{}

// AppOf is an app as the wire has it.
func AppOf(a apps.App) api.App {
	hosts := a.Hosts
	if hosts == nil {
		hosts = map[string]string{}
	}
	return api.App{Name: a.Name, URL: a.URL, Origin: a.Origin(), Login: a.Login, Register: a.Register, Hosts: hosts}
}

// AppsOf are the apps of a registry as the wire has them.
func AppsOf(r apps.Registry) api.Page[api.App] {
	out := api.Page[api.App]{Items: []api.App{}}
	for _, a := range r.All() {
		out.Items = append(out.Items, AppOf(a))
	}
	return out
}

// AppFrom is what somebody wants an app to be.
func AppFrom(in api.NewApp) apps.App {
	return apps.App{Name: in.Name, URL: in.URL, Login: in.Login, Register: in.Register, Hosts: in.Hosts}
}

// PageOf is the address of the page that somebody wants to open, as the verb OpenApp
// finds it among the apps.
func PageOf(list []api.App, in api.OpenApp) (string, error) {
	if in.URL != "" {
		return in.URL, nil
	}
	var all apps.Registry
	for _, a := range list {
		all = append(all, apps.App{Name: a.Name, URL: a.URL, Login: a.Login, Register: a.Register})
	}
	a, err := all.ByName(in.App)
	if err != nil {
		return "", err
	}
	return a.Page(in.Page)
}

// ListApps lists the apps.
func (l *Lab) ListApps(context.Context, none) (api.Page[api.App], error) {
	return AppsOf(l.Apps.Registry()), nil
}

// AddApp writes one more into sting.yml.
func (l *Lab) AddApp(_ context.Context, in api.NewApp) (api.App, error) {
	a := AppFrom(in)
	if err := l.Apps.AddApp(a); err != nil {
		return api.App{}, err
	}
	events.Publish(l.Bus, AppsChanged{})
	return AppOf(a), nil
}

// RemoveApp takes one out of sting.yml, and throws its profile away.
func (l *Lab) RemoveApp(_ context.Context, in api.AppNamed) error {
	if err := l.Apps.RemoveApp(in.Name); err != nil {
		return err
	}
	events.Publish(l.Bus, AppsChanged{})
	return nil
}

// ShowApp tells all that is known of an app.
func (l *Lab) ShowApp(ctx context.Context, in api.AppNamed) (api.AppPage, error) {
	a, err := l.Apps.Registry().ByName(in.Name)
	if err != nil {
		return api.AppPage{}, err
	}
	out := api.AppPage{App: AppOf(a), Answer: l.Apps.Look(ctx, a), RPIDs: []string{}, Keys: []api.VirtualKey{}}
	if out.Ceremonies, out.RPIDs, err = l.heldAt(ctx, a.Origin()); err != nil {
		return out, err
	}
	browser, err := l.Virtual(ctx)
	if err != nil {
		return out, err
	}
	for _, k := range browser.Keys {
		if origin.Suits(k.RPID, a.Origin()) == nil {
			out.Keys = append(out.Keys, k)
			out.RPIDs = append(out.RPIDs, k.RPID)
		}
	}
	at, err := origin.Parse(a.Origin())
	if err != nil {
		return out, err
	}
	if out.RPIDs = distinct(out.RPIDs); len(out.RPIDs) == 0 {
		out.RPIDs = []string{at.Host}
	}
	out.Preflight, err = foresee(api.PreflightRequest{URL: a.URL, RPID: out.RPIDs[0]}, origin.Party{})
	return out, err
}

// How many ceremonies are looked through for those of one app, and how many are shown.
const (
	lookedThrough = 1000
	shownOfApp    = 10
)

// heldAt returns the latest ceremonies that pages of an origin held, and their RP IDs.
func (l *Lab) heldAt(ctx context.Context, at string) ([]api.CeremonySummary, []string, error) {
	list, ids := []api.CeremonySummary{}, []string{}
	records, err := l.Records.Records(ctx, "", lookedThrough)
	for _, r := range records {
		if r.Origin != at || len(list) == shownOfApp {
			continue
		}
		list = append(list, l.summary(ctx, r))
		if r.RPID != "" {
			ids = append(ids, r.RPID)
		}
	}
	return list, ids, err
}

func distinct(in []string) []string {
	var out []string
	for _, s := range in {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// OpenApp opens a page in the lab browser. Opened with an Error: it is open, and shows
// something else.
func (l *Lab) OpenApp(ctx context.Context, in api.OpenApp) (api.AppOpened, error) {
	v, err := l.visitOf(in)
	if err != nil {
		return api.AppOpened{}, err
	}
	out := api.AppOpened{Opened: api.Opened{URL: v.URL, Opened: true}}
	if out.Certificate, err = l.Apps.Visit(ctx, v); err != nil {
		e := Fault(err)
		out.Error, out.Opened.Opened = &e, e.ErrorCode == "VIRTUAL_UNTRUSTED" || e.ErrorCode == "VIRTUAL_NOT_SHOWN"
	}
	return out, nil
}

// visitOf finds the page that is meant.
func (l *Lab) visitOf(in api.OpenApp) (AppVisit, error) {
	v := AppVisit{URL: in.URL, Real: in.Real, New: in.New, Trust: in.Trust, On: in.Desktop}
	registry, err := l.Apps.Registry(), error(nil)
	switch {
	case in.URL != "":
	case in.App == apps.Lab:
		f := l.Host.Facts()
		if v.URL, err = PageURL(cmp.Or(in.Page, "login"), f.Origin, f.Mailbox); err != nil {
			return v, err
		}
		v.At, err = origin.Parse(f.Origin)
		return v, err
	default:
		if v.App, err = registry.ByName(in.App); err != nil {
			return v, err
		}
		if v.URL, err = v.App.Page(in.Page); err != nil {
			return v, err
		}
	}
	if v.At, err = registry.May(v.URL); err != nil {
		return v, err
	}
	v.App, _ = registry.Of(v.At)
	return v, nil
}

// CertificateOf is a certificate as the wire has it; nil for none.
func CertificateOf(c *apps.Certificate) *api.AppCertificate {
	if c == nil {
		return nil
	}
	return &api.AppCertificate{
		Names: append([]string{}, c.Names...), Issuer: c.Issuer, SPKI: c.SPKI, Why: c.Why,
		NotBefore: c.NotBefore.UTC().Format(time.RFC3339), NotAfter: c.NotAfter.UTC().Format(time.RFC3339),
	}
}
