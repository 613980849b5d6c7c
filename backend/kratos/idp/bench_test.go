package idp_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"sting/backend/kratos/idp"
)

// BenchmarkWhoami looks one session up, from request to JSON.
func BenchmarkWhoami(b *testing.B) {
	l := newLab(b)
	app := l.app()
	app.register("ada@lab.local")
	r := httptest.NewRequest("GET", "/sessions/whoami", nil)
	r.Header.Set("X-Session-Token", app.token)
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		l.public.ServeHTTP(w, r.Clone(b.Context()))
		if w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}

// BenchmarkPasswordAtProductionCost compares one password as the program does.
func BenchmarkPasswordAtProductionCost(b *testing.B) {
	h := idp.NewHasher(idp.ProductionCost())
	hash, err := h.Hash(b.Context(), goodPassword)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := h.Verify(b.Context(), goodPassword, hash); err != nil || !ok {
			b.Fatal(ok, err)
		}
	}
}
