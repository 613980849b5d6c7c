package loopback_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"sting/backend/fault"
	"sting/backend/loopback"
	"sting/backend/origin"
)

func TestAHostThatNoBrowserSendsIsNoOrigin(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost:8443": true, "LOCALHOST": true, "[::1]:1": true,
		"a..b": false, "localhost.": false, "user@localhost": false, "::1": false, "": false, "b\u00fccher.localhost": false,
		"localhos\uff54": false, "localhost:x": false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		if at, ok := loopback.Asked(r); ok != want || !ok && at != (origin.Origin{}) {
			t.Errorf("%q: %+v, %v", host, at, ok)
		}
	}
}

// Whoever is refused gets the headers too, and no listener's own list of hosts lets
// in what is no host.
func TestTheFrameAsksItsListenerAndSetsItsHeaders(t *testing.T) {
	answer := func(at bool, host string, header ...string) *httptest.ResponseRecorder {
		f := loopback.Frame{
			Answers: func(*http.Request, origin.Origin) bool { return at },
			Rule:    func(*http.Request) loopback.Rule { return loopback.Rule{} },
			Headers: map[string]string{"X-Own": "yes"}, Most: 1,
			Refuse: func(w http.ResponseWriter, _ *http.Request, why *fault.Error) { w.WriteHeader(loopback.Status(why)) },
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		f.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(299) })).ServeHTTP(w, r)
		return w
	}
	for claim, c := range map[string]struct {
		got  *httptest.ResponseRecorder
		want int
	}{
		"a host that the listener has":      {answer(true, "evil.example"), 299},
		"one that it hasn't":                {answer(false, "localhost"), 421},
		"what is no host":                   {answer(true, "a..b"), 421},
		"an address that a person typed":    {answer(true, "localhost", "Sec-Fetch-Site", "none"), 299},
		"what a page at another port reads": {answer(true, "localhost", "Sec-Fetch-Site", "same-site"), 403},
	} {
		if c.got.Code != c.want {
			t.Errorf("%s: %d", claim, c.got.Code)
		}
		for name, value := range map[string]string{"X-Own": "yes", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Resource-Policy": "same-origin"} {
			if got := c.got.Header().Get(name); got != value {
				t.Errorf("%s: %s is %q", claim, name, got)
			}
		}
	}
}
