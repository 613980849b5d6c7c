package host

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/apps"
	"sting/backend/browser/virtual"
	"sting/backend/config"
	"sting/backend/fault"
	"sting/backend/origin"
	"sting/backend/settings"
)

// ErrCertificate means that a person has to look at an app's certificate first.
var ErrCertificate = fault.New(fault.Conflict, "APP_CERTIFICATE",
	"Browsers don't trust the app's certificate, and nobody has accepted it yet.",
	"Look at its names, issuer and expiry: `sting open APP` shows them and asks once. --yes accepts them without a question.")

// Apps are the person's own apps, as the admin verbs use them. All fields are required.
type Apps struct {
	Live     *settings.Live
	Virtual  *virtual.Virtual
	Pin      func() string // of the lab's own certificate
	Accepted *Accepted
	Now      func() time.Time // the machine's: what of a certificate is written down outlives a moved clock
	Log      *slog.Logger

	editing sync.Mutex
}

var _ admin.Apps = (*Apps)(nil)

// Registry implements admin.Apps.
func (a *Apps) Registry() apps.Registry { return apps.Registry(a.Live.Config().Apps) }

// AddApp implements admin.Apps.
func (a *Apps) AddApp(app apps.App) error {
	a.editing.Lock()
	defer a.editing.Unlock()
	if err := config.AddApp(a.Live.Home, app); err != nil {
		return err
	}
	return a.Live.Again()
}

// RemoveApp implements admin.Apps. What the app's browser kept is thrown away; its keys
// stay in virtual.json, as those of a person stay in a phone.
func (a *Apps) RemoveApp(name string) error {
	a.editing.Lock()
	defer a.editing.Unlock()
	left, err := removeApp(a.Live.Home, name, a.Registry(), a.Virtual.Forget, a.Accepted)
	if err != nil {
		return err
	}
	if left != nil {
		a.Log.Warn("something of an app that was removed is left", "app", name, "err", left)
	}
	return a.Live.Again()
}

// removeApp takes an app out of the file of a home folder, and throws away what the lab
// browser kept for it: its profiles, which forget does, and the certificates that were
// accepted for any origin of it. left is what of that could not go.
func removeApp(home, name string, known apps.Registry, forget func(app string) error, accepted *Accepted) (left, err error) {
	if err := config.RemoveApp(home, name); err != nil {
		return nil, err
	}
	its := func(at string) bool {
		o, err := origin.Parse(at)
		app, ok := known.Of(o)
		return err == nil && ok && app.Name == name
	}
	return errors.Join(forget(name), accepted.forget(its)), nil
}

// Look implements admin.Apps.
func (a *Apps) Look(ctx context.Context, app apps.App) api.AppAnswer {
	seen := app.Reach(ctx, app.URL)
	out := api.AppAnswer{
		Answers: seen.Answers, Status: seen.Status, TookMS: float64(seen.Took.Microseconds()) / 1000, Says: seen.Says, Fix: seen.Fix,
	}
	out.Certificate, _ = a.judged(app.Origin(), seen.Certificate)
	return out
}

// judged is a certificate with what the person said of it.
func (a *Apps) judged(at string, c *apps.Certificate) (*api.AppCertificate, error) {
	out := admin.CertificateOf(c)
	if out == nil {
		return nil, nil
	}
	pin, err := a.Accepted.pin(at)
	own := c.SPKI == a.Pin() // the lab's, whichever of its relying parties the page belongs to
	out.Accepted, out.Changed = own || pin == c.SPKI, !own && pin != "" && pin != c.SPKI
	return out, err
}

// Visit implements admin.Apps.
func (a *Apps) Visit(ctx context.Context, v admin.AppVisit) (*api.AppCertificate, error) {
	w := virtual.Visit{
		URL: v.URL, On: (*virtual.Desktop)(v.On), App: v.App.Name, New: v.New, Real: v.Real,
		HostRules: v.App.HostRules(), Pins: []string{a.Pin()},
	}
	var shown *api.AppCertificate
	known, err := a.Accepted.pins(func(at string) bool { return a.belongs(v, at) })
	if err != nil {
		return nil, err
	}
	w.Pins = append(w.Pins, known...)
	if v.At.Scheme == "https" {
		if shown, err = a.judged(v.At.String(), v.App.Certificate(ctx, v.At)); err != nil {
			return nil, err
		}
		if err := a.accept(v, shown); err != nil {
			return shown, err
		}
		if shown != nil && shown.Accepted {
			w.Pins = append(w.Pins, shown.SPKI)
		}
	}
	err = a.Virtual.Visit(ctx, w)
	if errors.Is(err, virtual.ErrUntrusted) && shown != nil && !shown.Accepted {
		shown.Why = "The browser doesn't trust it: " + fault.From(err).Err.Error() + "."
		err = ErrCertificate.Because(err)
	}
	if err != nil {
		a.Log.Warn("the page is not shown in the lab browser", "app", v.App.Name, "err", err) // the faces get no cause
	}
	return shown, err
}

// belongs tells whether an origin is the page's own, or of the same app.
func (a *Apps) belongs(v admin.AppVisit, at string) bool {
	o, err := origin.Parse(at)
	if err != nil || at == v.At.String() {
		return err == nil
	}
	app, ok := a.Registry().Of(o)
	return ok && app.Name == v.App.Name
}

// accept keeps a certificate that the person has accepted, and refuses one that nobody
// has and browsers don't trust. An app that doesn't answer has none to look at.
func (a *Apps) accept(v admin.AppVisit, shown *api.AppCertificate) error {
	switch {
	case shown == nil || shown.Accepted || shown.Why == "" && v.Trust == "":
		return nil
	case v.Trust != shown.SPKI:
		f := ErrCertificate
		if shown.Changed {
			f = f.Saying("The app shows another certificate than the one that was accepted.")
		}
		return f
	}
	shown.Accepted = true
	return a.Accepted.keep(acceptance{
		Origin: v.At.String(), SPKI: shown.SPKI, Names: shown.Names, Issuer: shown.Issuer, NotAfter: shown.NotAfter,
		AcceptedAt: a.Now().UTC().Format(time.RFC3339),
	})
}
