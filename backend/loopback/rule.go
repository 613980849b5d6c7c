package loopback

import (
	"mime"
	"net/http"
	"slices"

	"sting/backend/fault"
	"sting/backend/origin"
)

// Rule says whose requests come in.
type Rule struct {
	// Origins whose pages may do what the listener's own may; nil: none.
	Origins func() []string
	// Links lets a person come by a link of any page: a request that opens the
	// address at the top of a window and reads only. The page learns nothing of it.
	Links bool
	// Scripts lets any page load what is read here as a script.
	Scripts bool
	// Forms lets forms of pages at other ports of this host in, and what a program
	// between the browser and this listener hands on: for Kratos' public API, whose
	// forms prove themselves by a token and its cookie.
	Forms bool
	// Types says which content types a change may have; nil: JSON alone.
	Types func(mediaType string) bool
}

// source is where a request comes from, as far as its browser says. Pages can
// set neither Origin nor Sec-Fetch-Site (Fetch, section 2.2.2).
type source int

const (
	foreign   source = iota // a page of another site, or one that says too little
	neighbour               // a page at another port of this host, or of its site
	proxied                 // a page whose own server hands the request on
	typed                   // the person: an address bar, a bookmark
	listed                  // a page of an origin on the list
	own                     // a page of this listener
	native                  // no browser
)

func (u Rule) source(r *http.Request, at origin.Origin) source {
	from, fetched := r.Header["Origin"]
	site, sited := r.Header["Sec-Fetch-Site"]
	if len(from) > 1 || len(site) > 1 {
		return foreign
	}
	if !fetched && !sited {
		return native
	}
	same := sited && site[0] == "same-origin"
	if !fetched {
		switch site[0] {
		case "same-origin":
			return own
		case "none":
			return typed
		case "same-site":
			return neighbour
		}
		return foreign
	}
	if u.Origins != nil && slices.Contains(u.Origins(), from[0]) {
		return listed
	}
	page, err := origin.Parse(from[0])
	switch {
	case err != nil || page.String() != from[0]: // "null", a wildcard, anything that no browser sends
		return foreign
	case page == at && (same || !sited):
		return own
	case same:
		return proxied
	case page.Host == at.Host && (!sited || site[0] == "same-site"):
		return neighbour
	}
	return foreign
}

// judge returns why a request for the origin at doesn't come in, nil where it
// does. It is stricter than http.CrossOriginProtection: THREATS T02, T19, T27.
func (u Rule) judge(r *http.Request, at origin.Origin) *fault.Error {
	from := u.source(r, at)
	if !Changes(r.Method) {
		if from >= typed || from == proxied && u.Forms || u.Links && opens(r) || u.Scripts && r.Header.Get("Sec-Fetch-Dest") == "script" {
			return nil
		}
		return ErrCrossOrigin
	}
	kind, readable := mediaType(r)
	switch from {
	case native, own, listed:
	case proxied:
		if !u.Forms {
			return ErrCrossOrigin
		}
	case neighbour:
		if !u.Forms || kind != formType {
			return ErrCrossOrigin
		}
	default:
		return ErrCrossOrigin
	}
	types := u.Types
	if types == nil {
		types = JSON
	}
	if !readable || !types(kind) {
		return ErrMediaType
	}
	return nil
}

// Changes reports whether a method may change something.
func Changes(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// opens reports whether a request opens an address at the top of a window.
func opens(r *http.Request) bool {
	_, fetched := r.Header["Origin"]
	return !fetched && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// formType is what an HTML form sends unless its page says otherwise. A body of
// this type is never JSON, whatever the form holds.
const formType = "application/x-www-form-urlencoded"

// JSON takes JSON alone, also where there is no body: no form can send it.
func JSON(mediaType string) bool { return mediaType == "application/json" }

// Original takes what the originals of an API take and no form can send as JSON:
// JSON and its patches, no type at all, and what curl calls a body that nobody
// named.
func Original(mediaType string) bool {
	switch mediaType {
	case "", "application/json", "application/json-patch+json", formType:
		return true
	}
	return false
}

// mediaType returns the content type of a request without its parameters, "" for
// none. One that can't be read, and two, are not readable.
func mediaType(r *http.Request) (kind string, readable bool) {
	switch said := r.Header["Content-Type"]; len(said) {
	case 0:
		return "", true
	case 1:
		kind, _, err := mime.ParseMediaType(said[0])
		return kind, err == nil
	}
	return "", false
}
