// Package apps is the web apps of the person, each of which has a relying party of
// its own: what they are called, where they are, and where the lab may go for them.
//
// Its one invariant: a page that May allows is on this machine, or its host is one
// that the person named in the configuration.
package apps

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"sting/backend/fault"
	"sting/backend/origin"
)

// App is somebody's web app.
type App struct {
	Name     string
	URL      string            // of its first page: http or https, with a path or without
	Login    string            // the page to sign in at, a path; "": the first page
	Register string            // the page to register at, likewise
	Hosts    map[string]string // where the lab browser finds names: bank.test, or bank.test:443, to an address of this machine
}

// Lab is the name of the lab's own site, which is no app of the configuration.
const Lab = "lab"

// reserved are words that stand where the name of an app does.
func reserved() []string { return append(origin.PageNames(), Lab, "open") }

var nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// Examine returns everything that is wrong with an app, by member.
func (a App) Examine() fault.Problems {
	var ps fault.Problems
	switch {
	case !nameShape.MatchString(a.Name):
		ps.Add("name", "Write up to 32 small letters, digits and dashes, such as shop.", "%q is no name of an app.", a.Name)
	case slices.Contains(reserved(), a.Name):
		ps.Add("name", "Choose another one, such as my-"+a.Name+".", "%s is a page of the lab, or the lab itself.", a.Name)
	}
	if _, err := a.base(); err != nil {
		ps.Add("url", err.Fix, "%s", err.Meaning)
	}
	for _, page := range []struct{ member, path string }{{"login", a.Login}, {"register", a.Register}} {
		if page.path != "" && !isPath(page.path) {
			ps.Add(page.member, "Write the path alone, such as /"+page.member+".", "%q is not a path of the app.", page.path)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Hosts)) {
		where := "hosts." + name
		if host, _, _ := strings.Cut(name, ":"); !isName(host) || !portOf(name) {
			ps.Add(where, "Write a name, or a name and a port: bank.test, or bank.test:443.", "%q is not a host name.", name)
		}
		if !leadsHere(a.Hosts[name]) {
			ps.Add(where, "Write 127.0.0.1, [::1] or localhost, with a port or without: 127.0.0.1:8443.",
				"%q is not an address of this machine, and the lab browser is led nowhere else.", a.Hosts[name])
		}
	}
	return ps
}

// base is the URL taken apart.
func (a App) base() (*url.URL, *origin.Error) {
	wrong := func(meaning, fix string) (*url.URL, *origin.Error) {
		return nil, &origin.Error{Value: a.URL, Meaning: meaning, Fix: fix}
	}
	const shape = "Write scheme, host and port, such as http://localhost:3000."
	u, err := url.Parse(a.URL)
	switch {
	case a.URL == "":
		return wrong("An app has a url, and this one names none.", shape)
	case err != nil || strings.ContainsFunc(a.URL, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }):
		return wrong("This is not the URL of a page.", shape)
	case u.User != nil || u.Opaque != "" || u.RawQuery != "" || u.Fragment != "":
		return wrong("The URL of an app has scheme, host, port and path, and nothing else.", shape)
	}
	if _, err := origin.Parse(u.Scheme + "://" + u.Host); err != nil {
		why := err.(*origin.Error)
		return wrong(why.Meaning, why.Fix)
	}
	return u, nil
}

// Origin is where its pages are, "" for an app that Examine finds wrong.
func (a App) Origin() string {
	u, wrong := a.base()
	if wrong != nil {
		return ""
	}
	canonical, err := origin.Canonical(u.Scheme + "://" + u.Host)
	if err != nil {
		return ""
	}
	return canonical
}

// ErrNoPage means that an app has no such page to open.
var ErrNoPage = fault.New(fault.Invalid, "INVALID_FIELD", "There is no such page of the app.",
	"Write login, register, or a path that begins with a slash.").In("page")

// Page is the address of a page: "" for the first, "login", "register", or a path. Its
// error is ErrNoPage.
func (a App) Page(page string) (string, error) {
	path := page
	switch page {
	case "":
		return a.URL, nil
	case "login":
		path = a.Login
	case "register":
		path = a.Register
	}
	if path == "" { // the app doesn't say where
		return a.URL, nil
	}
	if !isPath(path) {
		return "", ErrNoPage.Saying("%q is not a page of %s.", page, a.Name)
	}
	return a.Origin() + path, nil
}

// isPath tells whether a text can follow an origin without changing it.
func isPath(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Host == "" && u.Scheme == "" &&
		!strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' })
}

func isName(host string) bool {
	o, err := origin.Parse("https://" + host)
	return err == nil && !o.IsAddress() && o.Host == host
}

// portOf tells whether what follows a name is nothing or a port.
func portOf(name string) bool {
	_, err := origin.Parse("https://" + name)
	return err == nil
}

// leadsHere tells whether an address, with a port or without, is one of this machine's
// own names for itself.
func leadsHere(to string) bool {
	o, err := origin.Parse("http://" + to)
	return err == nil && o.IsLoopback()
}

// HostRules are Hosts as the flag --host-resolver-rules of Chromium takes them.
func (a App) HostRules() string {
	var rules []string
	for _, name := range slices.Sorted(maps.Keys(a.Hosts)) {
		rules = append(rules, fmt.Sprintf("MAP %s %s", name, a.Hosts[name]))
	}
	return strings.Join(rules, ", ")
}
