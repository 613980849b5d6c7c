// Package front is the front end that a developer works on, on the lab's API: what of
// the site it has, and how the lab hands requests on to its server, so that browsers
// find both at one origin and the lab's cookies travel.
//
// Its one invariant: what is handed on stays on this machine, and no cookie of the lab
// goes to that server or comes from it.
package front

import (
	"net/url"
	"slices"
	"strings"

	"sting/backend/fault"
	"sting/backend/origin"
)

// End is a front end and what it has of the site. The zero value is none.
type End struct {
	URL   string   // of its server, a canonical origin of this machine: http://localhost:5173; "": there is none
	Paths []string // the lab's pages that it has instead
}

// pages are those that a front end can have instead; kept are the lab's own whatever it
// takes over, with what lies below them: pages of single records and of the help too.
var pages, kept = func() (pages, kept []string) {
	kept = []string{"/api", "/.ory", "/watch.js"}
	for _, p := range origin.Pages() {
		if below, several := p.Below(); several {
			kept = append(kept, strings.TrimSuffix(below, "/"))
		} else {
			pages = append(pages, p.Path)
		}
	}
	slices.Sort(pages)
	return pages, kept
}()

func isPage(path string) bool { return slices.Contains(pages, path) }

func isKept(path string) bool {
	return slices.ContainsFunc(kept, func(own string) bool { return path == own || strings.HasPrefix(path, own+"/") })
}

// Takes reports whether a request for a path is the front end's. Pages of the lab stay
// the lab's unless Paths names them.
func (e End) Takes(path string) bool {
	switch {
	case e.URL == "" || isKept(path):
		return false
	case isPage(path):
		return slices.Contains(e.Paths, path)
	}
	return true
}

// Parse returns where the server of a front end is. Its error is an *origin.Error.
func Parse(raw string) (origin.Origin, error) {
	wrong := func(meaning string) (origin.Origin, error) {
		return origin.Origin{}, &origin.Error{Value: raw, Meaning: meaning,
			Fix: "Write scheme, host and port of its development server, such as http://localhost:5173."}
	}
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Opaque != "" || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return wrong("This is not the address of a server: it has scheme, host and port, and nothing else.")
	}
	o, err := origin.Parse(u.Scheme + "://" + u.Host)
	if err != nil {
		return o, err
	}
	if !o.IsLoopback() {
		return wrong(o.Host + " is not this machine, and the lab hands nothing on to another one.")
	}
	return o, nil
}

// Problems returns what is wrong with the paths, each in the place of itself.
func (e End) Problems() fault.Problems {
	var ps fault.Problems
	for _, p := range e.Paths {
		switch {
		case isKept(p):
			ps.Add(p, "Take it out: pages and API of the lab itself are under "+strings.Join(kept, ", ")+".",
				"%s stays the lab's, and is left out.", p)
		case !isPage(p):
			ps.Add(p, "Take it out, or name one of "+strings.Join(pages, ", ")+".",
				"%q is no page of the lab, so the front end has it without being named.", p)
		}
	}
	return ps
}
