package httpapi

import (
	"net/http"

	"sting/backend/origin"
)

// Home, Moved and Once are parts of the handler of the whole site, each alone.
func (s *Site) Home(r *http.Request, at origin.Origin) bool { return s.home(r, at) }
func (s *Site) Moved(next http.Handler) http.Handler        { return s.moved(next) }
func (s *Site) Once(next http.Handler) http.Handler         { return s.once(next) }

// BrowserOf is browserOf.
func BrowserOf(r *http.Request) []byte { return browserOf(r) }
