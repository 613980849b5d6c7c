package origin

import (
	"fmt"

	"golang.org/x/net/publicsuffix"
)

// SameSite reports whether two origins are one site to browsers (HTML, §7.1.1.1,
// schemeful): the scheme and the registrable domain agree, the port doesn't count.
// Cookies with SameSite travel within a site only.
func SameSite(a, b Origin) bool {
	return a.Scheme == b.Scheme && (a.Host == b.Host || domain(a.Host) != "" && domain(a.Host) == domain(b.Host))
}

// domain is the registrable domain of a host, "" where it has none.
func domain(host string) string {
	if isAddress(host) {
		return ""
	}
	d, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	return d
}

// Apart says why the cookies of a lab at own never come along when a page elsewhere
// fetches from it; "" where they do, if the page asks for it.
func Apart(page, own Origin) string {
	switch {
	case SameSite(page, own):
		return ""
	case page.Scheme != own.Scheme:
		return fmt.Sprintf("To browsers %s is another site than %s, since the scheme belongs to the site: the lab's cookies (SameSite=Lax) are "+
			"neither kept from its fetches nor sent with them, so after a sign-in the next request is nobody's.", page, own)
	}
	return fmt.Sprintf("To browsers %s is another site than %s: the lab's cookies (SameSite=Lax) are neither kept from its fetches nor sent "+
		"with them, so after a sign-in the next request is nobody's.", page, own)
}

// Together says how a front end of one's own gets into one site with a lab at own: the
// lab hands on to it, where it is on this machine, or its server hands the lab's paths
// on, and the page fetches them from where it is.
func Together(page, own Origin) string {
	other := fmt.Sprintf("et the server of %s hand /api and /.ory on to %s, and fetch them as /api/... without a host; in Vite: "+
		"`server: {proxy: {'/api': {target: '%s', changeOrigin: true, secure: false}, '/.ory': {target: '%s', changeOrigin: true, secure: "+
		"false}}}`.",
		page, own, own, own)
	if !page.IsLoopback() {
		return "L" + other
	}
	return fmt.Sprintf("Let the lab hand on to it: `front: {url: %s}` in sting.yml; then open %s, where both are one origin, hot reload "+
		"included. Or l%s",
		page, own, other)
}
