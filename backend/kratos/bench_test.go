package kratos_test

import (
	"testing"

	"sting/backend/kratos"
	"sting/backend/kratos/kratostest"
	"sting/backend/session"
)

func signedIn(b *testing.B) (*kratos.Client, string) {
	b.Helper()
	c := kratos.New("http://localhost:4433", kratos.InProcess(kratostest.New(b).Provider.Public()))
	in, err := c.Register(b.Context(), kratos.Registration{Email: "ada@lab.local", Password: password})
	if err != nil {
		b.Fatal(err)
	}
	for _, k := range in.Cookies {
		if k.Name == session.KratosCookie {
			return c, k.Value
		}
	}
	b.Fatal("no session cookie")
	return nil, ""
}

// BenchmarkWhoamiInProcess looks one session up through the client.
func BenchmarkWhoamiInProcess(b *testing.B) {
	c, cookie := signedIn(b)
	b.ReportAllocs()
	for b.Loop() {
		if v, err := c.Whoami(b.Context(), cookie); err != nil || v.Method() != session.Password {
			b.Fatal(v, err)
		}
	}
}

// BenchmarkLoginAtTestCost signs in once: two requests, a hash that costs next
// to nothing, one commit without a flush.
func BenchmarkLoginAtTestCost(b *testing.B) {
	c, _ := signedIn(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Login(b.Context(), kratos.Login{Email: "ada@lab.local", Password: password}); err != nil {
			b.Fatal(err)
		}
	}
}
