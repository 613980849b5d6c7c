package origin

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// The texts that the rules cite.
const (
	secureContexts = "Secure Contexts, §3.1"
	rpIDRule       = "Web Authentication Level 3, §5.1.3 step 8 and §5.1.4.1"
	domainRule     = "Web Authentication Level 3, §5.1.3 step 7 and §5.1.4.1"
	suffixRule     = "HTML, §7.1.2.1 (is a registrable domain suffix of or is equal to)"
	relatedRule    = "Web Authentication Level 3, §5.11"
	originRule     = "Web Authentication Level 3, §7.1 step 9 and §7.2 step 12"
)

// claim is a page that claims a relying party ID.
type claim struct {
	page   Origin
	id     string // as it was claimed
	folded string // in the ordinary form, where it has one
	lab    Party
	own    bool // id is the lab's
}

func (c claim) rules() []Rule {
	related := c.related()
	return []Rule{c.secure(), c.certificate(), c.name(), c.validID(), c.host(related), c.suffix(related), related, c.listed(), c.port(),
		c.signIn()}
}

func (c claim) secure() Rule {
	r := Rule{ID: "secure_context", Title: "The page is a secure context", Outcome: OK, Section: secureContexts, gets: noAPI}
	switch {
	case c.page.Scheme == "https":
		r.Says = "It is an https page."
	case !c.page.Secure():
		r.Outcome = Refused
		r.Says = fmt.Sprintf("%s is an http page, and not at localhost: browsers hide the passkey API from it.", c.page)
		r.Fix = fmt.Sprintf("Serve it over https: https://%s.", c.page.HostPort())
		if c.page.IsAddress() { // which https doesn't make a name
			r.Fix = fmt.Sprintf("Serve it over https, and open it at a name: %s.", Origin{"https", c.namedHost(), c.page.Port})
		}
	default:
		r.Says = "It is an http page at this machine itself, which Chromium and Firefox hold for secure."
		r.except = map[string]exception{"safari": {Depends,
			"Safari keeps no Secure cookies on http pages, and reports about passkeys at http://localhost contradict one another; at " +
				"https://localhost there is no doubt."}}
	}
	return r
}

func (c claim) certificate() Rule {
	r := Rule{ID: "certificate", Title: "The browser trusts the certificate", Outcome: OK,
		Section: "Chromium's own rule; the specification has none", gets: "NotAllowedError"}
	switch {
	case c.page.Scheme != "https":
		r.Says = "An http page shows no certificate."
	case c.page.IsLocal():
		r.Says = "At localhost and names under it Chromium holds ceremonies even behind a certificate warning; other browsers want the " +
			"certificate trusted."
	case c.privateName() || c.page.IsAddress():
		r.Outcome = Depends
		r.Says = fmt.Sprintf("No public authority certifies %s, so the browser has to be told to trust the one that did: behind a certificate "+
			"warning Chromium refuses every ceremony.", c.page.Host)
		r.Fix = fmt.Sprintf("Add %s to tls.hosts, and run `sting trust`; or use a name under localhost.", c.page.Host)
		unsure := exception{Depends, fmt.Sprintf("No public authority certifies %s, and what this family does behind a certificate warning was "+
			"not tried: make it trust the certificate.", c.page.Host)}
		r.except = map[string]exception{"firefox": unsure, "safari": unsure}
	default:
		r.Says = "Nobody has looked: it holds for a page that opens without a certificate warning. Behind one Chromium refuses every ceremony."
	}
	return r
}

// privateName reports whether the host ends in a name that is not of the public
// DNS: test, local, a single word.
func (c claim) privateName() bool {
	if c.page.IsLocal() || c.page.IsAddress() {
		return false
	}
	suffix, managed := publicsuffix.PublicSuffix(c.page.Host)
	return !managed && !strings.Contains(suffix, ".")
}

func (c claim) name() Rule {
	r := Rule{ID: "name", Title: "The name leads to the page", Outcome: OK, Section: "RFC 6761, §6.3"}
	switch {
	case c.page.IsAddress():
		r.Says = "It is an address, not a name."
	case c.page.Host == "localhost":
		r.Says = "localhost leads to this machine everywhere."
	case c.page.IsLocal():
		r.Says = "Chromium and Firefox take every name under localhost to this machine without asking anybody."
		r.except = map[string]exception{"safari": {Depends,
			"Safari asks the system for names under localhost, and not every system knows them; an entry in its hosts file helps."}}
	case c.privateName():
		r.Outcome = Depends
		r.Says = fmt.Sprintf("%s is no name of the public DNS: something has to take it to the page, such as a line in the hosts file.",
			c.page.Host)
		r.Fix = fmt.Sprintf("Add \"127.0.0.1 %s\" to the hosts file, or use a name under localhost.", c.page.Host)
	default:
		r.Says = "It is a name of the public DNS; nobody has asked where it leads."
	}
	return r
}

func (c claim) validID() Rule {
	r := Rule{ID: "rp_id", Title: "The relying party ID is a domain name", Outcome: OK, Section: rpIDRule, gets: securityError}
	err := wellFormed(c.id)
	if err == nil {
		r.Says = fmt.Sprintf("%s is one.", c.id)
		return r
	}
	r.Outcome, r.Says, r.Fix = Refused, err.Meaning, err.Fix
	if ascii, other := toASCII(c.id); other == nil && ascii != c.id && wellFormed(ascii) == nil {
		unsure := exception{Depends, "The specification lets a browser bring the name into its ordinary form first; whether this one does was " +
			"not tried."}
		r.except = map[string]exception{"firefox": unsure, "safari": unsure}
	}
	return r
}

// beneath reports whether the page's host is the relying party ID or ends in it.
func (c claim) beneath() bool {
	return c.page.Host == c.folded || strings.HasSuffix(c.page.Host, "."+c.folded) && !c.page.IsAddress()
}

func (c claim) host(related Rule) Rule {
	r := Rule{ID: "host", Title: "The page's host is the relying party ID, or a name under it", Outcome: OK, Section: suffixRule,
		gets: securityError}
	switch {
	case c.page.IsAddress():
		r.Outcome, r.Section = Refused, domainRule
		r.Says = fmt.Sprintf("The page is at the address %s: passkeys belong to names, so no page at an address can hold a ceremony.",
			c.page.Host)
		r.Fix = fmt.Sprintf("Open the page at a name: %s.", Origin{c.page.Scheme, c.namedHost(), c.page.Port})
	case c.page.Host == c.folded:
		r.Says = "They are the same."
	case c.beneath():
		r.Says = fmt.Sprintf("%s is a name under %s.", c.page.Host, c.id)
	default:
		r.Outcome = refusedUnless(related)
		r.Says = fmt.Sprintf("A page at %s can't claim %s: that is neither its host nor a parent of it.", c.page.Host, c.id)
		r.Fix = fmt.Sprintf("Use the relying party ID %s for this page, or open the page at %s.", c.ownID(), c.id)
	}
	return r
}

func (c claim) namedHost() string {
	if wellFormed(c.id) == nil {
		return c.id
	}
	return "localhost"
}

// ownID is the widest relying party ID that the page can claim.
func (c claim) ownID() string {
	if id, err := publicsuffix.EffectiveTLDPlusOne(c.page.Host); err == nil {
		return id
	}
	return c.page.Host
}

func (c claim) suffix(related Rule) Rule {
	r := Rule{ID: "public_suffix", Title: "The relying party ID is no public suffix", Outcome: OK,
		Section: suffixRule + "; the Public Suffix List", gets: securityError}
	switch {
	case c.page.Host == c.folded:
		r.Says = "It is the page's whole host, so this isn't asked."
	case !c.beneath():
		r.Says = "It isn't asked, since the host doesn't match."
	case IsPublicSuffix(c.folded):
		r.Outcome = refusedUnless(related)
		r.Says = fmt.Sprintf("To browsers %s is a public suffix, like com: pages at names under it can't claim it.", c.id)
		r.Fix = fmt.Sprintf("Use the relying party ID %s for this page, or open the page at %s itself.", c.ownID(), c.id)
	default:
		r.Says = fmt.Sprintf("%s can belong to somebody.", c.id)
	}
	return r
}

// refusedUnless is the outcome of a rule that related origins can overrule.
func refusedUnless(related Rule) Outcome {
	if related.Outcome == Depends {
		return Depends
	}
	return Refused
}

// related is about the file with which a relying party lets other origins use
// its passkeys. Browsers count the labels in front of public suffixes there, so
// a page whose host has none, such as localhost, is never on the list.
func (c claim) related() Rule {
	r := Rule{ID: "related_origins", Title: "No other site's permission is needed", Outcome: OK, Section: relatedRule, gets: securityError}
	_, noLabel := publicsuffix.EffectiveTLDPlusOne(c.page.Host)
	switch {
	case c.beneath() && (c.page.Host == c.folded || !IsPublicSuffix(c.folded)):
		r.Says = "The page needs none."
		return r
	case wellFormed(c.id) != nil || c.page.IsAddress():
		r.Outcome, r.Says = Refused, "No list of related origins can help here."
	case noLabel != nil:
		r.Outcome = Refused
		r.Says = fmt.Sprintf("A list of related origins can't help: browsers pass over entries for %s, which is nobody's domain.", c.page.Host)
	case c.own:
		r.Outcome, r.Says = Refused, "A list of related origins could allow it; this lab offers none."
	case IsPublicSuffix(c.id) && c.id != "localhost":
		r.Outcome, r.Says = Refused, fmt.Sprintf("Nobody can put a list of related origins at %s.", c.id)
	default:
		r.Outcome = Depends
		r.Says = fmt.Sprintf("It works only where https://%s/.well-known/webauthn, at port 443, lists %s, and the browser knows such lists: "+
			"Chromium from 128, Safari from 18, a current Firefox.", c.id, c.page)
		r.Fix = fmt.Sprintf("Serve {\"origins\": [%q]} there as application/json, or use the relying party ID %s for this page.",
			c.page.String(), c.ownID())
		return r
	}
	r.Fix = fmt.Sprintf("Use the relying party ID %s for this page.", c.ownID())
	return r
}

func (c claim) listed() Rule {
	r := Rule{ID: "lab", Title: "This lab takes answers from the page's origin", Outcome: OK, Section: originRule}
	switch {
	case !c.own:
		r.Says = fmt.Sprintf("This lab isn't asked: its relying party is %s. The server of %s needs %s on its own list of origins.", c.lab.ID,
			c.id, c.page)
	case c.lab.Problem != "":
		r.Outcome, r.Says, r.Fix, r.problem = Refused, "This lab holds no ceremonies now: "+c.lab.Problem, c.lab.Fix, c.ofLab()
	case slices.Contains(c.lab.Origins, c.page.String()):
		r.Says = fmt.Sprintf("%s is on its list.", c.page)
	default:
		r.Outcome = Refused
		r.Says = fmt.Sprintf("%s is not on its list, which has %s: the answer would be refused as ORIGIN_MISMATCH.", c.page,
			strings.Join(c.lab.Origins, ", "))
		if c.beneath() {
			r.Fix = c.whole(c.page.String())
		}
	}
	return r
}

// ofLab reports whether the page is one of the lab's, or of a front end that the lab lists: what ails the lab is nothing
// to the app of somebody else.
func (c claim) ofLab() bool {
	if slices.Contains(c.lab.Origins, c.page.String()) {
		return true
	}
	own, err := Parse(c.lab.Own)
	if err != nil || own.Port == 0 {
		return c.page.Scheme == "https" // it may be: its port isn't known yet
	}
	return c.page == own
}

// whole is how the lab's list has to stand with another entry: its own pages stay
// on it.
func (c claim) whole(add string) string {
	own, err := Parse(c.lab.Own)
	if err != nil || Suits(c.lab.ID, own.String()) != nil {
		return Whole(c.lab.Line, c.lab.Origins, add)
	}
	return Whole(c.lab.Line, c.lab.Origins, own.String(), add)
}

// signIn is about what comes after the ceremony: whether the page's requests to the
// lab carry its cookies.
func (c claim) signIn() Rule {
	r := Rule{ID: "cookies", Title: "The page stays signed in", Outcome: OK,
		Section: "HTML, §7.1.1.1 (schemefully same site); RFC 6265bis, §5.6.7",
		Says:    "It isn't asked: the page talks to another server."}
	own, err := Parse(c.lab.Own)
	if !c.own || err != nil {
		return r
	}
	if r.Says = Apart(c.page, own); r.Says != "" {
		r.Outcome, r.Fix = Depends, Together(c.page, own)
		r.Says = "It depends on how the page reaches the lab. " + r.Says
		return r
	}
	r.Says = "The lab's cookies travel: page and lab are one site."
	if c.page != own {
		r.Says += " Its fetches need credentials: 'include'."
	}
	return r
}

func (c claim) port() Rule {
	r := Rule{ID: "port", Title: "The port is no obstacle", Outcome: OK, Section: originRule,
		Says: "Browsers don't look at the port: a passkey is good for every port of its host. Servers do: an origin has one."}
	if !c.own || slices.Contains(c.lab.Origins, c.page.String()) {
		return r
	}
	for _, raw := range c.lab.Origins {
		if o, err := Parse(raw); err == nil && o.Scheme == c.page.Scheme && o.Host == c.page.Host {
			r.Outcome = Refused
			r.Says = fmt.Sprintf("The page is at port %d, the lab's list has %s: everything but the port agrees.", c.page.Port, o)
			r.Fix = fmt.Sprintf("Open %s, or add %s. %s", o, c.page, c.whole(c.page.String()))
		}
	}
	return r
}
