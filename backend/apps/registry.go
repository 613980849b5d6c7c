package apps

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sting/backend/fault"
	"sting/backend/origin"
)

// Registry is the apps of a configuration, by name. It is a value: another
// configuration is another Registry.
type Registry []App

// The faults of this package.
var (
	ErrUnknown = fault.New(fault.NotFound, "APP_UNKNOWN", "There is no app of this name.",
		"`sting app` lists them; `sting app add NAME URL` makes one.").Running("sting app")
	ErrExists = fault.New(fault.Conflict, "APP_EXISTS", "There is an app of this name already.",
		"Take another name, or remove that one first: `sting app remove NAME`.")
	// ErrElsewhere means that a page is neither on this machine nor named by the person.
	ErrElsewhere = fault.New(fault.Forbidden, "APP_ELSEWHERE", "The lab opens pages of this machine, and of apps that sting.yml names.",
		"If the app is yours, name it: `sting app add NAME URL`.")
)

// All returns every app.
func (r Registry) All() []App { return r }

// ByName returns the app of a name; ErrUnknown.
func (r Registry) ByName(name string) (App, error) {
	n := slices.IndexFunc(r, func(a App) bool { return a.Name == name })
	if n < 0 {
		return App{}, ErrUnknown.Saying("There is no app %q.", name)
	}
	return r[n], nil
}

// ByOrigin returns the app whose pages are at a canonical origin, and whether there is
// one.
func (r Registry) ByOrigin(at string) (App, bool) {
	n := slices.IndexFunc(r, func(a App) bool { return a.Origin() == at && at != "" })
	if n < 0 {
		return App{}, false
	}
	return r[n], true
}

// Of returns the app that a page belongs to: that of its origin, else one that maps
// its host.
func (r Registry) Of(page origin.Origin) (App, bool) {
	if a, ok := r.ByOrigin(page.String()); ok {
		return a, true
	}
	n := slices.IndexFunc(r, func(a App) bool { _, ok := a.mapped(page); return ok })
	if n < 0 {
		return App{}, false
	}
	return r[n], true
}

// mapped returns where the lab browser finds a page whose host the app maps.
func (a App) mapped(page origin.Origin) (to string, ok bool) {
	for _, name := range []string{page.Host + ":" + strconv.Itoa(page.Port), page.Host} {
		if to, ok = a.Hosts[name]; ok {
			return to, true
		}
	}
	return "", false
}

// Address is host and port at which the app's page is asked for, with its Hosts.
func (a App) Address(page origin.Origin) string {
	port := ":" + strconv.Itoa(page.Port)
	to, ok := a.mapped(page)
	switch {
	case !ok:
		return page.Host + port
	case strings.HasSuffix(to, "]") || !strings.Contains(to, ":"):
		return to + port
	}
	return to
}

// May tells whether the lab may open and watch a page: one at a loopback address, at
// localhost or a name under it, at a host that an app leads to this machine, or at the
// host of an app. It returns the page's origin; ErrElsewhere, and ErrNoPage for what is
// no web page.
func (r Registry) May(page string) (origin.Origin, error) {
	u, err := url.Parse(page)
	if err != nil || u.User != nil || u.Opaque != "" || len(page) > longestAddress ||
		strings.ContainsFunc(page, func(c rune) bool { return c <= ' ' || c == 0x7f || c == '\\' }) {
		return origin.Origin{}, notAPage(page)
	}
	at, err := origin.Parse(u.Scheme + "://" + u.Host)
	if err != nil {
		return at, notAPage(page)
	}
	named := slices.ContainsFunc(r, func(a App) bool {
		its, err := origin.Parse(a.Origin())
		return err == nil && its.Host == at.Host
	})
	if _, known := r.Of(at); known || named || at.IsLoopback() {
		return at, nil
	}
	return at, ErrElsewhere.Saying("%s is neither on this machine nor an app of sting.yml.", at)
}

// longestAddress is what every browser takes.
const longestAddress = 2000

func notAPage(page string) error {
	return ErrNoPage.Saying("%q is not the address of a page.", page).Hinting("Write an address such as http://localhost:3000/login.")
}
