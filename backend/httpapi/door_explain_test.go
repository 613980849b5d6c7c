package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"sting/backend/admin/admintest"
)

func TestTheDoorHandsACeremonyToTheExplainerWhole(t *testing.T) {
	lab := &admintest.Door{}
	h := newDoor(lab).Handler()
	const file = `{"kind":"registration","unknown":1,"credential":{"id":"AA","id":"AA"}}`
	if w := call(h, "POST", "/v1/explain", file, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"verdict":"accepted"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if got := lab.Calls(); !slices.Contains(got, "Explain "+file) {
		t.Errorf("the lab was asked for %q", got)
	}
	if w := call(h, "POST", "/v1/explain", strings.Repeat(" ", 2<<20), nil); code(t, w) != "TOO_LARGE" {
		t.Errorf("got %d", w.Code)
	}
	if w := call(h, "POST", "/v1/explain", file, func(r *http.Request) {
		r.Header.Set("Content-Type", "text/plain")
	}); code(t, w) != "MEDIA_TYPE" {
		t.Errorf("got %d", w.Code)
	}
}
