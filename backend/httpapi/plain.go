package httpapi

import (
	"fmt"
	"html"
	"net"
	"net/http"
	"strconv"
	"strings"

	"sting/backend/fault"
	"sting/backend/loopback"
)

// errPlain is for a request that came over http to the port where the site speaks
// https.
var errPlain = fault.New(fault.Invalid, "HTTPS_ONLY", "This address speaks https, and the request came over http.",
	"Write https:// instead of http://.")

// plain answers what came without TLS: a page is sent to https at the same name,
// anything else is told. It stands in a frame, so the name is one of ours.
func (s *Site) plain() loopback.Guarded {
	frame := s.frame()
	frame.Rule = func(*http.Request) loopback.Rule {
		return loopback.Rule{Origins: s.origins, Links: true, Forms: true, Types: func(string) bool { return true }}
	}
	return frame.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, _ := loopback.Asked(r) // the frame has read it
		at.Scheme = "https"
		switch {
		case handedOn(r) || at.Port != loopback.Port(r): // a redirect would lead back to the same proxy
			s.answerer().fail(w, r, errPlain.Hinting("A proxy in front of the lab speaks http to it: let it go to https://%s.",
				net.JoinHostPort("localhost", strconv.Itoa(loopback.Port(r)))))
		case isAPI(r) || loopback.Changes(r.Method):
			s.answerer().fail(w, r, errPlain.Hinting("Ask %s%s.", at, r.URL.EscapedPath()))
		default:
			w.Header().Set("Cache-Control", "no-store") // another program may have the port tomorrow
			http.Redirect(w, r, at.String()+r.URL.RequestURI(), http.StatusTemporaryRedirect)
		}
	}))
}

// handedOn reports whether a proxy says that it hands a request on.
func handedOn(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// isAPI reports whether a program reads the answer, not a person.
func isAPI(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/.ory/")
}

// refuse answers for the frame: with a page where a person opens one.
func (s *Site) refuse(w http.ResponseWriter, r *http.Request, why *fault.Error) {
	if why.Kind != fault.Misdirected || isAPI(r) || loopback.Changes(r.Method) || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		s.answerer().fail(w, r, why)
		return
	}
	f := s.Blame(r, why)
	s.answerer().note(r, f)
	writePage(w, r, []byte(fmt.Sprintf(refusedPage, html.EscapeString(f.Message), html.EscapeString(f.Hint), f.Code)),
		http.StatusMisdirectedRequest)
}

const refusedPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Not a host of the lab</title>
<h1>STING Companion doesn't answer for this host</h1>
<p>%s</p>
<p>%s</p>
<p><small>%s</small></p>`
