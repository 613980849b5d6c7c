package origin

import "strings"

// Page is a page of the lab's site.
type Page struct {
	Path  string // "/login"; with a name in braces for what differs: "/help/{code}"
	Name  string // what opens it: `sting open login`, a button of the window; "": nothing opens it by name
	About string // what it is for, in the window's palette; "" without a Name
}

// Mailbox is the name that opens the mailbox, which has an address of its own.
const Mailbox = "mail"

// Pages returns every page of the site, in the order in which they are offered. Whoever serves, opens, draws or reserves
// one takes it from here; build/typescript writes them for the pages and the window.
func Pages() []Page {
	return []Page{
		{Path: "/"},
		{Path: "/login", Name: "login", About: "Sign in with a passkey or a password"},
		{Path: "/register", Name: "register", About: "Make an account and its first passkey"},
		{Path: "/dashboard", Name: "dashboard", About: "What a person sees who is signed in"},
		{Path: "/settings", Name: "settings", About: "One's own passkeys and sessions"},
		{Path: "/browser-check", Name: "browser-check", About: "What this browser and device can do"},
		{Path: "/recovery"},
		{Path: "/verification"},
		{Path: "/error"},
		{Path: "/help/{code}"},
		{Path: "/ceremonies/{id}"},
	}
}

// PageNames returns what opens a page, the mailbox last.
func PageNames() []string {
	var names []string
	for _, p := range Pages() {
		if p.Name != "" {
			names = append(names, p.Name)
		}
	}
	return append(names, Mailbox)
}

// PageNamed returns the page that a name opens.
func PageNamed(name string) (Page, bool) {
	for _, p := range Pages() {
		if name != "" && p.Name == name {
			return p, true
		}
	}
	return Page{}, false
}

// PageAt returns the page that is at a path.
func PageAt(path string) (Page, bool) {
	for _, p := range Pages() {
		below, several := p.Below()
		rest, is := strings.CutPrefix(path, below)
		if path == p.Path && !several || several && is && rest != "" && !strings.Contains(rest, "/") {
			return p, true
		}
	}
	return Page{}, false
}

// Below returns the folder of a page that is there for each of many things, "/help/", and whether it is one.
func (p Page) Below() (string, bool) {
	below, _, several := strings.Cut(p.Path, "{")
	return below, several
}
