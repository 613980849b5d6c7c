package config

import (
	"fmt"

	"sting/backend/apps/front"
	"sting/backend/origin"
)

const (
	frontKey      = "front.url"
	frontPathsKey = "front.paths"
)

// server says what keeps a text from being the server of a front end.
func server(raw string) (meaning, fix string) {
	if raw == "" {
		return "", ""
	}
	if _, err := front.Parse(raw); err != nil {
		why := reason(err)
		return why.Meaning, why.Fix
	}
	return "", ""
}

// front looks at the front end that the site hands on to.
func (x *examiner) front() {
	f := &x.c.Front
	if at, err := front.Parse(f.URL); err == nil {
		f.URL = at.String()
		for _, p := range x.c.Ports.all() {
			if p.port.Open() && Port(at.Port) == *p.port {
				x.say(frontKey, Error, fmt.Sprintf("%s is the lab's own port (ports.%s): it would ask itself. Nothing is handed on.", f.URL, p.name),
					"Write the port of the front end's development server.")
				f.URL = ""
				break
			}
		}
	}
	good := x.each(frontPathsKey, func(path string, say func(Severity, string, string)) (string, bool) {
		for _, p := range (front.End{Paths: []string{path}}).Problems() {
			say(Warning, p.What, p.Fix)
			return "", false
		}
		return path, true
	})
	if x.given[frontPathsKey] {
		f.Paths = unique(good)
	}
}

// beside is the lab's own origin at the host of a page.
func (c Config) beside(page origin.Origin) origin.Origin {
	return origin.Origin{Scheme: "https", Host: page.Host, Port: int(c.Ports.Site)}
}

// together says how a page elsewhere gets into one site with the lab.
func (c Config) together(page origin.Origin) string {
	if c.Front.URL == page.String() {
		return fmt.Sprintf("Open %s instead: front.url hands on to this one already. Then take it off the list.", c.beside(page))
	}
	return origin.Together(page, c.beside(page))
}
