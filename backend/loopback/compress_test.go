package loopback_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sting/backend/loopback"
)

func TestAFileComesCompressedToWhoTakesItSo(t *testing.T) {
	script, picture := strings.Repeat("export const a = 1\n", 1000), string(bytes.Repeat([]byte{0, 1}, 5000))
	h := loopback.Compressed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := map[string]string{"/a.js": script, "/a.png": picture, "/small.js": "1"}[r.URL.Path]
		http.ServeContent(w, r, r.URL.Path, time.Time{}, strings.NewReader(body))
	}))
	for _, c := range []struct {
		path, takes string
		compressed  bool
		want        string
	}{
		{"/a.js", "gzip, deflate, br", true, script},
		{"/a.js", "", false, script},
		{"/a.js", "gzip;q=0", false, script},
		{"/a.png", "gzip", false, picture},
		{"/small.js", "gzip", false, "1"},
	} {
		r := httptest.NewRequest("GET", c.path, nil)
		if c.takes != "" {
			r.Header.Set("Accept-Encoding", c.takes)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var body io.Reader = w.Body
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != c.compressed {
			t.Errorf("%s for %q: compressed %v, want %v", c.path, c.takes, got, c.compressed)
			continue
		}
		if c.compressed {
			if w.Body.Len() > len(c.want)/10 || w.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s: %d bytes, Vary %q", c.path, w.Body.Len(), w.Header().Get("Vary"))
			}
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		if got, err := io.ReadAll(body); err != nil || string(got) != c.want {
			t.Errorf("%s for %q: %d bytes, %v", c.path, c.takes, len(got), err)
		}
	}
}
