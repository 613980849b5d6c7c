package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sting/backend/apps"
)

const appsKey = "apps"

// membersOfApp are what an app may say.
func membersOfApp() []string { return []string{"url", "login", "register", "hosts"} }

// writtenApp is an app as the file has it, with the places of what it says.
type writtenApp struct {
	app    apps.App
	name   *yaml.Node
	places map[string]*yaml.Node // by member, "hosts.bank.test" for a host
}

// readApps reads {shop: {url: http://localhost:3000, login: /login}}. An app that can't
// be used is left out and said.
func readApps(n *yaml.Node, say sink) ([]apps.App, bool) {
	const shape = "Write the name of each app and its url: {shop: {url: http://localhost:3000}}."
	r := resolve(n)
	if r.Kind == yaml.ScalarNode && r.ShortTag() == "!!null" {
		return nil, true
	}
	if r.Kind != yaml.MappingNode {
		say(n, "", Error, "The names of apps belong here.", shape)
		return nil, false
	}
	var list []apps.App
	for i := 0; i+1 < len(r.Content); i += 2 {
		w := writtenApp{name: r.Content[i], places: map[string]*yaml.Node{}}
		w.app.Name = w.name.Value
		inside := func(n *yaml.Node, sub string, s Severity, meaning, fix string) {
			say(n, "."+w.app.Name+sub, s, meaning, fix)
		}
		if resolve(r.Content[i+1]).Kind != yaml.MappingNode {
			inside(r.Content[i+1], "", Error, "An app belongs here, with a url.", shape)
			continue
		}
		if w.read(resolve(r.Content[i+1]), inside) && w.alone(list, inside) {
			list = append(list, w.app)
		}
	}
	return list, true
}

// read takes an app apart; every problem of it is said.
func (w *writtenApp) read(n *yaml.Node, say sink) bool {
	good := true
	wrong := func(n *yaml.Node, sub string, s Severity, meaning, fix string) {
		good = good && s != Error
		say(n, sub, s, meaning, fix)
	}
	texts := map[string]*string{"url": &w.app.URL, "login": &w.app.Login, "register": &w.app.Register}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i].Value, n.Content[i+1]
		inside := func(n *yaml.Node, sub string, s Severity, meaning, fix string) {
			wrong(n, "."+name+sub, s, meaning, fix)
		}
		switch at := texts[name]; {
		case w.places[name] != nil:
			inside(n.Content[i], "", Error, "This key stands twice in one app.", "Keep one of them.")
		case at != nil:
			*at, _ = scalar(value, inside, "a text")
		case name == "hosts":
			w.hosts(value, inside)
		default:
			fix := fmt.Sprintf("Write one of %s.", strings.Join(membersOfApp(), ", "))
			if best, ok := nearest(name, membersOfApp()); ok {
				fix = fmt.Sprintf("Did you mean %s?", best)
			}
			inside(n.Content[i], "", Error, "Unknown key of an app.", fix)
		}
		w.places[name] = value
	}
	for _, p := range w.app.Examine() {
		at, sub := w.places[p.Where], "."+p.Where
		if at == nil {
			at = w.name
		}
		if p.Where == "name" {
			sub = ""
		}
		wrong(at, sub, Error, p.What+" The app is left out.", p.Fix)
	}
	return good
}

func (w *writtenApp) hosts(n *yaml.Node, say sink) {
	r := resolve(n)
	if r.Kind != yaml.MappingNode {
		say(n, "", Error, "Names and where they lead belong here.", "Write {bank.test: 127.0.0.1}.")
		return
	}
	w.app.Hosts = map[string]string{}
	for i := 0; i+1 < len(r.Content); i += 2 {
		name := r.Content[i].Value
		inside := func(n *yaml.Node, _ string, s Severity, meaning, fix string) { say(n, "."+name, s, meaning, fix) }
		if to, ok := scalar(r.Content[i+1], inside, "an address"); ok {
			w.app.Hosts[name] = to
			w.places["hosts."+name] = r.Content[i+1]
		}
	}
}

// alone says where an app before this one has its name or its pages.
func (w *writtenApp) alone(before []apps.App, say sink) bool {
	for _, other := range before {
		switch {
		case other.Name == w.app.Name:
			say(w.name, "", Error, "An app of this name stands above, and this one is left out.", "Give it another name.")
			return false
		case other.Origin() == w.app.Origin():
			say(w.places["url"], ".url", Error,
				fmt.Sprintf("%s is where %s is already, and a page belongs to one app; this one is left out.", w.app.Origin(), other.Name),
				"Keep one of the two.")
			return false
		}
	}
	return true
}

// showApps shows what readApps reads.
func showApps(list []apps.App) any {
	out := make(map[string]any, len(list))
	for _, a := range list {
		members := map[string]any{"url": a.URL}
		for name, text := range map[string]string{"login": a.Login, "register": a.Register} {
			if text != "" {
				members[name] = text
			}
		}
		if len(a.Hosts) > 0 {
			members["hosts"] = a.Hosts
		}
		out[a.Name] = members
	}
	return out
}

// apps warns of one that is the lab itself.
func (x *examiner) apps() {
	for _, a := range x.c.Apps {
		own := slices.ContainsFunc(x.c.RelyingParties(), func(rp RelyingParty) bool { return x.c.at(rp.ID) == a.Origin() })
		if own && x.c.Ports.Site.Open() {
			x.say(appsKey, Warning, fmt.Sprintf("%s is at %s, which is the lab itself: its ceremonies are recorded without this.", a.Name,
				a.Origin()),
				"Take the app out; `sting open lab` opens the lab's own pages.")
		}
	}
}
