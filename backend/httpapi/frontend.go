package httpapi

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"sting/backend/fault"
	"sting/backend/loopback"
	"sting/backend/origin"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/visitors"
)

// Blame returns a refusal that names the mistake of a front end where the request
// shows one, and why as it is where it shows none.
func (s *Site) Blame(r *http.Request, why *fault.Error) *fault.Error {
	var m visitors.Mistake
	switch {
	case errors.Is(why, loopback.ErrHost):
		m = s.foreignHost(r)
	case errors.Is(why, loopback.ErrCrossOrigin):
		m = s.notListed(r)
	case errors.Is(why, session.ErrNone), errors.Is(why, passkey.ErrExpiredChallenge), errors.Is(why, passkey.ErrExpiredRegistration):
		return s.cookieless(r, why)
	}
	if m.Says == "" {
		return why
	}
	s.notice(m)
	return why.Saying("%s", m.Says).Hinting("%s", m.Fix)
}

func (s *Site) notice(m visitors.Mistake) {
	if m.From != "" {
		s.Visitors.Mistook(m)
	}
}

// longestHost is how much of a Host that isn't ours is repeated.
const longestHost = 100

// foreignHost is about a proxy or a tunnel that hands a request on as it came.
func (s *Site) foreignHost(r *http.Request) visitors.Mistake {
	own := net.JoinHostPort("localhost", strconv.Itoa(loopback.Port(r)))
	if o, err := origin.Parse(s.Origin(rpOf(r))); err == nil && o.IsLocal() && o.Port == loopback.Port(r) {
		own = net.JoinHostPort(o.Host, strconv.Itoa(o.Port))
	}
	came := strings.ToValidUTF8(r.Host[:min(len(r.Host), longestHost)], "?")
	m := visitors.Mistake{Kind: visitors.ForeignHost,
		Says: fmt.Sprintf("The request is for the host %q, and this server answers for %s.", came, own)}
	m.Fix = fmt.Sprintf("Use the host %s. If a proxy or a tunnel is in front, let it send the Host %s: Vite `changeOrigin: true` in "+
		"server.proxy (Next.js rewrites do so by themselves), "+
		"nginx `proxy_set_header Host %s;`, Caddy `header_up Host %s`, ngrok `--host-header=%s`.", own, own, own, own, own)
	at, ok := loopback.Asked(r)
	if !ok {
		return m
	}
	m.From = cmp.Or(came, "nothing")
	if !at.IsLocal() && !at.IsAddress() {
		m.Fix += fmt.Sprintf(" Passkeys at https://%s need it as the relying party: webauthn.config.rp.id: %s and `%s`; then that Host is "+
			"taken as it comes.",
			at.Host, at.Host, origin.Listed([]string{"https://" + at.Host}))
	}
	return m
}

// notListed is about a page whose origin nobody put on the list.
func (s *Site) notListed(r *http.Request) visitors.Mistake {
	sent := r.Header["Origin"]
	if len(sent) != 1 {
		return visitors.Mistake{}
	}
	page, err := origin.Parse(sent[0])
	rp, accepted := rpOf(r), s.origins()
	if err != nil || page.String() != sent[0] || slices.Contains(accepted, sent[0]) {
		return visitors.Mistake{}
	}
	m := visitors.Mistake{Kind: visitors.NotListed,
		Says: fmt.Sprintf("A page at %s asked, and this lab takes requests from pages of %s only.", page, strings.Join(accepted, ", "))}
	if why, bad := errors.AsType[*origin.Error](origin.Suits(rp.ID, sent[0])); bad {
		m.Fix = "It could not be added: " + why.Meaning + " " + why.Fix
		return m
	}
	m.From = sent[0]
	list := rp.Origins
	own, err := origin.Parse(s.Origin(rp))
	if err == nil && origin.Suits(rp.ID, own.String()) == nil {
		list = append(slices.Clone(list), own.String())
	}
	m.Fix = origin.Whole(rp.OriginsLine, list, sent[0])
	if r.Header.Get("Sec-Fetch-Site") != "same-origin" && err == nil && origin.Apart(page, own) != "" {
		m.Fix += " That alone won't do. " + origin.Apart(page, own) + " " + origin.Together(page, own)
	}
	return m
}

// cookieless is about a page of the list whose request has no cookie of ours: it
// counts as nobody, whoever signed in there. What is said to the person stays, since
// clients compare it.
func (s *Site) cookieless(r *http.Request, why *fault.Error) *fault.Error {
	m := s.lost(r)
	began := !errors.Is(why, session.ErrNone) // a challenge goes with a cookie, so one was kept back
	if m.Says == "" {
		return why
	}
	if m.Kind == visitors.AnotherSite || began || s.given.has(m.From) {
		s.notice(m)
	}
	return why.Hinting("%s %s", m.Says, m.Fix).Because(errors.Join(errors.New(m.Says), why.Err))
}

// lost says why a request of a listed page has none of our cookies; the zero visitors.Mistake
// for one that has some, and for one that is no such page's.
func (s *Site) lost(r *http.Request) visitors.Mistake {
	page, ok := s.elsewhere(r)
	if !ok || r.Header.Get("Sec-Fetch-Site") == "same-origin" || slices.ContainsFunc(r.Cookies(), func(c *http.Cookie) bool {
		return IsOurs(c.Name)
	}) {
		return visitors.Mistake{}
	}
	at, _ := loopback.Asked(r)
	m := visitors.Mistake{From: page.String(), Kind: visitors.AnotherSite, Says: origin.Apart(page, at), Fix: origin.Together(page, at)}
	if m.Says == "" {
		m.Kind, m.Says = visitors.NoCredentials,
			fmt.Sprintf("The request of the page at %s came without the lab's cookies, so it is nobody's.", page)
		m.Fix = "If somebody signed in there, fetch with `credentials: 'include'`, every request and the first one too (axios: " +
			"`withCredentials: true`)."
	}
	return m
}

// elsewhere returns the page of a request where it is one of the list and not the
// site's own.
func (s *Site) elsewhere(r *http.Request) (page origin.Origin, ok bool) {
	from := r.Header.Get("Origin")
	if from == "" || from == loopback.Itself(r) || !slices.Contains(s.origins(), from) {
		return origin.Origin{}, false
	}
	page, err := origin.Parse(from)
	return page, err == nil
}

// followed notes which pages elsewhere were given cookies and which show them, so
// that one who was never signed in isn't blamed.
func (s *Site) followed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := s.elsewhere(r)
		if ok && slices.ContainsFunc(r.Cookies(), func(c *http.Cookie) bool { return IsOurs(c.Name) }) {
			s.given.drop(page.String())
			s.Visitors.Mended(page.String())
		}
		next.ServeHTTP(w, r)
		if ok && len(w.Header()["Set-Cookie"]) > 0 {
			s.given.add(page.String())
		}
	})
}

// few is a small set of texts: the oldest goes first.
type few struct {
	mu   sync.Mutex
	list []string
}

const mostFew = 32

func (f *few) add(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.Contains(f.list, text) {
		return
	}
	f.list = append(f.list[max(0, len(f.list)-mostFew+1):], text)
}

func (f *few) drop(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = slices.DeleteFunc(f.list, func(t string) bool { return t == text })
}

func (f *few) has(text string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Contains(f.list, text)
}
