package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"

	"sting/backend/loopback"
)

// PageWatch takes up what pages of the person's own apps tell of themselves.
type PageWatch interface {
	// Origins are those of the pages that may.
	Origins() []string
	// Script is what such a page includes; apps.ErrUnknown for an app that isn't configured.
	Script(app string) (string, error)
	// Take takes up one ceremony of a page; apps.ErrUnknown for a page of no app.
	Take(ctx context.Context, origin, agent string, record []byte) error
}

// maxWatched is how many bytes a page's record of a ceremony may have.
const maxWatched = 64 << 10

const (
	watchScript = "/watch.js"
	watchPosts  = "/api/watch"
)

// watchRule lets any page load the script, which says nothing of anybody, and the pages
// of apps post.
func (s *Site) watchRule(path string) (rule loopback.Rule, ok bool) {
	switch path {
	case watchScript:
		return loopback.Rule{Links: true, Scripts: true}, true
	case watchPosts:
		return loopback.Rule{Origins: s.Watching.Origins}, true
	}
	return loopback.Rule{}, false
}

func (s *Site) watchScript(w http.ResponseWriter, r *http.Request) error {
	script, err := s.Watching.Script(r.URL.Query().Get("app"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	_, err = io.WriteString(w, script)
	return err
}

func (s *Site) watched(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWatched))
	var larger *http.MaxBytesError
	if errors.As(err, &larger) {
		return errTooLarge.Saying("The record is larger than 64 KiB.").Hinting("Shorten the options of the ceremony: none needs as much.")
	}
	if err != nil {
		return err
	}
	if err := s.Watching.Take(r.Context(), r.Header.Get("Origin"), device(r).UserAgent, body); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
