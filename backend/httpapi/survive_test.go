package httpapi_test

import (
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"sting/backend/api"
	"sting/backend/httpapi"
	"sting/backend/passkey"
	"sting/backend/relyingparty"
)

// THREATS F29: a panic costs its own request an answer, and nobody else theirs.
func TestAHandlerThatPanicsCostsOneAnswer(t *testing.T) {
	site := &httpapi.Site{
		Log:    slog.New(slog.DiscardHandler),
		Origin: func(passkey.RelyingParty) string { return "https://localhost:8443" },
		Parties: func() relyingparty.Registry {
			return relyingparty.Registry{{Origins: []string{"https://localhost:8443"}}}
		},
		Facts: func(passkey.RelyingParty) api.LabFacts { panic("a secret of the panic") },
		Form:  func() api.RegistrationForm { return api.RegistrationForm{} },
		Pages: fs.FS(fstest.MapFS{}),
	}
	h := site.Handler()
	ask := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "https://localhost:8443"+path, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	w := ask("/api/lab")
	id := w.Header().Get("X-Request-Id")
	if w.Code != 500 || id == "" || !strings.Contains(w.Body.String(), `"request_id":"`+id+`"`) ||
		strings.Contains(w.Body.String(), "secret") {
		t.Errorf("a panic is answered %d %s", w.Code, w.Body)
	}
	if w := ask("/api/registration/form"); w.Code != 200 {
		t.Errorf("the next request is answered %d %s", w.Code, w.Body)
	}
}
