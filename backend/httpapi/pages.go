package httpapi

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"sting/backend/loopback"
	"sting/backend/origin"
	"sting/backend/session"
)

const noPages = `<!doctype html><html lang="en"><meta charset="utf-8"><title>STING Companion</title>
<h1>This build has no pages</h1>
<p>The program was compiled without its frontend. Build it with <code>build/run</code>, or run
<code>npm ci</code> and <code>npm run build</code> in the folder <code>frontend</code> and compile again.</p>`

// pages serves the built frontend: one document for all pages, and the files
// that it names.
func (s *Site) pages() http.Handler {
	document, err := fs.ReadFile(s.Pages, "browser.html")
	assets := loopback.Compressed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.asset(w, r, document, err) }))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.ofFront(r):
			s.handOn(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			s.answerer().fail(w, r, errMethod)
		case isPage(r.URL.Path):
			if s.sentToLogin(w, r) {
				return
			}
			status := http.StatusOK
			if err != nil {
				document, status = []byte(noPages), http.StatusServiceUnavailable
			}
			writePage(w, r, document, status)
		default:
			assets.ServeHTTP(w, r)
		}
	})
}

func isPage(path string) bool {
	_, is := origin.PageAt(path)
	return is
}

// sentToLogin sends a person without a session from the dashboard to the
// sign-in page. A Kratos that can't be asked doesn't: the page says so itself.
func (s *Site) sentToLogin(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/dashboard" && r.URL.Path != "/settings" {
		return false
	}
	var seen session.Seen // asked for once: Kratos may be slow
	if r.URL.Path == "/dashboard" {
		seen = s.seenOrMock(r)
	} else {
		seen = s.seen(r.Context(), r)
	}
	if _, err := seen.Who(); err == nil || len(seen.Unsure) > 0 {
		return false
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/login?return_to="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
	return true
}

func writePage(w http.ResponseWriter, r *http.Request, document []byte, status int) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(document)
	}
}

// asset serves a file of the build. Their names carry a hash, so a browser may
// keep them.
func (s *Site) asset(w http.ResponseWriter, r *http.Request, document []byte, noDocument error) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	body, err := fs.ReadFile(s.Pages, name)
	if err != nil || strings.HasSuffix(name, ".html") || strings.HasPrefix(path.Base(name), ".") {
		if noDocument != nil || strings.HasPrefix(name, "assets/") {
			s.answerer().fail(w, r, errNoRoute)
			return
		}
		writePage(w, r, document, http.StatusNotFound) // the page says what is missing
		return
	}
	if strings.HasPrefix(name, "assets/") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}
