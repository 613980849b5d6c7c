package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sting/backend/origin"
)

// examiner looks at values that can be read and asks whether they can work
// together.
type examiner struct {
	c      *Config
	r      *Report
	given  map[string]bool
	pinned bool // of a running program: what waits for a restart was examined before
}

// all examines everything; for a running program only what can change while
// it runs.
func (x *examiner) all() {
	if !x.pinned {
		x.ports()
	}
	x.relyingParty()
	x.additional()
	x.apps()
	x.front()
	x.ceremonies()
	x.returnURLs()
	x.session()
	if !x.pinned {
		x.kratos()
		x.courier()
		x.hosts()
		x.schema()
	}
}

// say adds a problem at the place where a key stands, or at its default.
func (x *examiner) say(path string, s Severity, meaning, fix string) {
	if l, ok := x.r.input.doc.leaves[path]; ok && x.given[path] {
		x.r.at(path, l)(l.node, "", s, meaning, fix)
		return
	}
	x.r.Problems = append(x.r.Problems, Problem{Severity: s, Path: path, Meaning: meaning, Fix: fix})
}

// each calls see for every item of a list of the file, with a way to complain
// about it, and returns those that see keeps.
func (x *examiner) each(path string, see func(value string, say func(s Severity, meaning, fix string)) (string, bool)) []string {
	l, ok := x.r.input.doc.leaves[path]
	if !ok || !x.given[path] {
		return nil
	}
	said := x.r.at(path, l)
	values, nodes, _ := items(l.node, func(*yaml.Node, string, Severity, string, string) {})
	var kept []string
	for i, v := range values {
		say := func(s Severity, meaning, fix string) { said(nodes[i], fmt.Sprintf("[%d]", i), s, meaning, fix) }
		if out, ok := see(v, say); ok {
			kept = append(kept, out)
		}
	}
	return kept
}

// ports closes the second of two listeners that want the same port.
func (x *examiner) ports() {
	ports := x.c.Ports.all()
	for i, p := range ports {
		for _, q := range ports[:i] {
			if !p.port.Open() || *p.port != *q.port {
				continue
			}
			if x.given["ports."+q.name] && !x.given["ports."+p.name] {
				x.say("ports."+q.name, Error,
					fmt.Sprintf("%s is the port of %s already, by default; %s stays closed.", q.port, p.name, p.name),
					fmt.Sprintf("Give ports.%s another number, or ports.%s.", q.name, p.name))
			} else {
				x.say("ports."+p.name, Error,
					fmt.Sprintf("Two listeners can't share a port: %s is that of %s, and %s stays closed.", q.port, q.name, p.name),
					fmt.Sprintf("Give ports.%s another number, or 0 for any free one.", p.name))
			}
			*p.port = Off
		}
	}
	if key, meaning, fix := x.c.RefusedByBrowsers(); key != "" {
		x.say(key, Warning, meaning, fix)
	}
	if x.c.Ports.Site == Off {
		x.say("ports.site", Warning, "The site is off: there are no pages and no passkeys.", "Write 8443, or 0 for any free port.")
	}
}

// ceremonies looks at what browsers are told.
func (x *examiner) ceremonies() {
	w := x.c.WebAuthn
	if w.Timeout > SignInChallengeLife {
		x.say("webauthn.timeout", Warning,
			fmt.Sprintf("Browsers would wait %s, and the challenge of a sign-in lives %s.", short(w.Timeout), short(SignInChallengeLife)),
			fmt.Sprintf("Write %s or less.", short(SignInChallengeLife)))
	}
	if !w.Passwordless {
		x.say("webauthn.config.passwordless", Warning,
			"To Kratos, false makes a passkey a second factor only. In this lab a passkey signs in by itself, whatever stands here.",
			"Write true, so that the file says what happens; webauthn.enabled: false takes passkeys away.")
	}
}

func (x *examiner) session() {
	s := x.c.Session
	if s.PrivilegedAge > s.Lifespan {
		x.say("session.privileged_age", Warning, "A session ends before it is this old, so no fresh proof is ever asked for.",
			fmt.Sprintf("Write less than session.lifespan, which is %s.", short(s.Lifespan)))
	}
	if s.Idle > s.Lifespan {
		x.say("session.idle", Warning, "A session ends before it can be idle for so long.",
			fmt.Sprintf("Write less than session.lifespan, which is %s, or 0s.", short(s.Lifespan)))
	}
}

// hosts looks at the names of the certificate.
func (x *examiner) hosts() {
	good := x.each("tls.hosts", func(v string, say func(Severity, string, string)) (string, bool) {
		o, err := origin.Parse("https://" + v)
		switch {
		case err != nil || o.Port != 443 || strings.HasSuffix(v, ":443"):
			say(Error, fmt.Sprintf("%q is not a host name, and is left out.", v), "Write the name alone, such as app.localhost.")
			return "", false
		case o.IsAddress():
			say(Error, "The loopback addresses are in the certificate already, and the lab is not reachable at others; this one is left out.",
				"Take it out, or write a name.")
			return "", false
		}
		return o.Host, true
	})
	if x.given["tls.hosts"] {
		x.c.TLS.Hosts = unique(good)
	}
	outside := x.c.HostsOutsideLocalhost()
	if len(outside) == 0 {
		return
	}
	x.say(x.nameSource(), Warning,
		fmt.Sprintf("The lab's certificate authority signs for localhost and names under it only; %s lies outside, and so needs a new one. "+
			"Each name must lead to this machine, too.",
			strings.Join(outside, ", ")),
		FixAuthority)
}

// FixAuthority is the fix of names that lie outside of the first authority. It is
// done where the home folder has one for them.
const FixAuthority = "Run `sting trust`: it makes a new authority and replaces the old one in every store that has it."

// nameSource returns the key that brings a name outside of localhost.
func (x *examiner) nameSource() string {
	if x.c.WebAuthn.RP.Problem == nil && !origin.IsLocalName(x.c.WebAuthn.RP.ID) {
		return "webauthn.config.rp.id"
	}
	outside := func(rp RelyingParty) bool { return !origin.IsLocalName(rp.ID) }
	if slices.ContainsFunc(x.c.WebAuthn.Additional, outside) {
		return additionalKey
	}
	return "tls.hosts"
}
