// Package loopback is the door frame of every HTTP listener of the lab: the names
// it answers to, whose requests come in, and how much of them is read.
//
// Its one invariant: a page of another origin changes nothing and reads nothing,
// whichever port of the lab it asks. Programs that are no browsers meet the
// content type alone.
package loopback

import (
	"maps"
	"net/http"
	"net/url"
	"strings"

	"sting/backend/fault"
	"sting/backend/origin"
)

// The refusals of the frame.
var (
	ErrHost = fault.New(fault.Misdirected, "HOST", "This server does not answer for that host.",
		"Use the address that `sting status` shows.").Running("sting status")
	ErrCrossOrigin = fault.New(fault.Forbidden, "CROSS_ORIGIN", "Another site tried to use this one.",
		"Send the request from a page of this site, or add the page's origin to webauthn.config.rp.origins.")
	ErrMediaType = fault.New(fault.MediaType, "MEDIA_TYPE", "Only JSON is read here.",
		"Send the header Content-Type: application/json.")
	ErrTarget = fault.ErrMalformed.Saying("The request names no address of this server.").
			Hinting("Ask for a path that begins with a slash.")
)

// Status returns the HTTP status of one of them.
func Status(why *fault.Error) int {
	switch why.Kind {
	case fault.Misdirected:
		return http.StatusMisdirectedRequest
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.MediaType:
		return http.StatusUnsupportedMediaType
	}
	return http.StatusBadRequest
}

// Frame stands before a handler. Rule, Most and Refuse are required.
type Frame struct {
	// Answers says whether a request for the origin at is for this listener; nil:
	// Here does.
	Answers func(r *http.Request, at origin.Origin) bool
	// Rule says who comes in.
	Rule func(r *http.Request) Rule
	// Headers are set before anything else, on refusals too, besides those that
	// every listener sends.
	Headers map[string]string
	// Most is how many bytes of a body are ever taken.
	Most int64
	// Refuse answers instead of the handler.
	Refuse func(w http.ResponseWriter, r *http.Request, why *fault.Error)
}

// Guarded is a handler in a frame: the only kind that the lab serves.
type Guarded struct{ http.Handler }

// Wrap puts the frame before a handler.
func (f Frame) Wrap(next http.Handler) Guarded {
	headers := map[string][]string{
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"X-Content-Type-Options":       {"nosniff"},
	}
	for name, value := range f.Headers {
		headers[http.CanonicalHeaderKey(name)] = []string{value}
	}
	return Guarded{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), headers) // nobody writes into a value: Set and Add make another
		if why := f.judge(r); why != nil {
			f.Refuse(w, r, why)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, f.Most)
		next.ServeHTTP(w, inOriginForm(r))
	})}
}

// judge returns why a request doesn't come in, nil where it does.
func (f Frame) judge(r *http.Request) *fault.Error {
	if !targeted(r) {
		return ErrTarget
	}
	at, ok := Asked(r)
	if !ok {
		return ErrHost
	}
	answers := f.Answers
	if answers == nil {
		answers = Here
	}
	if !answers(r, at) {
		return ErrHost
	}
	return f.Rule(r).judge(r, at)
}

// targeted reports whether the target of a request is a path, or a URL of a site
// with one (RFC 9112, section 3.2). What else Go reads into a URL, such as the
// opaque "x:@host/" or a user name, becomes another host once it stands in a
// redirect.
func targeted(r *http.Request) bool {
	u := r.URL
	plain := u.Opaque == "" && u.User == nil && strings.HasPrefix(u.Path, "/")
	switch u.Scheme {
	case "":
		return plain && u.Host == ""
	case "http", "https":
		return plain // Go took the host for that of the request
	}
	return false
}

// inOriginForm returns the request with a target that is a path alone, so that no
// handler can send anybody to a host that stood in it.
func inOriginForm(r *http.Request) *http.Request {
	if r.URL.Scheme == "" && r.URL.Host == "" {
		return r
	}
	own := new(http.Request)
	*own = *r
	own.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery, ForceQuery: r.URL.ForceQuery}
	own.RequestURI = own.URL.RequestURI()
	return own
}
