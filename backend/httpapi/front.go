package httpapi

import (
	"errors"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"strings"

	"sting/backend/fault"
)

// ofFront reports whether a request is for the front end that somebody works on.
// What the lab's own pages load stays the lab's.
func (s *Site) ofFront(r *http.Request) bool {
	if !s.Front.End().Takes(r.URL.Path) {
		return false
	}
	name, ours := strings.CutPrefix(r.URL.Path, "/assets/")
	if ours {
		_, err := fs.Stat(s.Pages, "assets/"+name)
		ours = err == nil
	}
	return !ours
}

// handOn lets the server of that front end answer. Who opens a page of one that is down
// is told so by a page, which looks again by itself.
func (s *Site) handOn(w http.ResponseWriter, r *http.Request) {
	err := s.Front.Serve(w, r)
	switch {
	case err == nil:
	case opensPage(r):
		why := fault.From(err)
		writePage(w, r, fmt.Appendf(nil, frontDown, html.EscapeString(why.Message), html.EscapeString(why.Hint),
			html.EscapeString(innermost(why.Err))), http.StatusServiceUnavailable)
	default:
		s.answerer().fail(w, r, err)
	}
}

// frontDown is what stands instead of a page of a front end that is down.
const frontDown = `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>The front end ` +
	`doesn't answer</title>
<h1>The front end doesn't answer</h1>
<p>%s The lab hands on to it what is not its own (<code>front.url</code> in <code>sting.yml</code>).</p>
<p>%s This page looks again every three seconds.</p>
<p>What was said: <code>%s</code></p>
<p>The lab itself runs: <a href="/login">sign in</a>, <a href="/help/FRONT_DOWN">help</a>.</p>`

// opensPage reports whether a browser is going to show the answer.
func opensPage(r *http.Request) bool {
	if dest := r.Header.Get("Sec-Fetch-Dest"); dest != "" {
		return dest == "document" || dest == "iframe"
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// innermost is the text of the error that an error began with.
func innermost(err error) string {
	if err == nil {
		return "nothing"
	}
	if inner := errors.Unwrap(err); inner != nil {
		return innermost(inner)
	}
	return err.Error()
}
