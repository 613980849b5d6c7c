package backend_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"sting/backend/labtest"
)

// BenchmarkSignInHTTPS is a whole discoverable sign-in: begin, the
// authenticator's signature, complete; both requests over HTTPS.
func BenchmarkSignInHTTPS(b *testing.B) {
	browser := labtest.Start(b, "").Browser()
	browser.Register("ann@example.org")
	browser.AddPasskey()
	b.ReportAllocs()
	for b.Loop() {
		browser.SignIn()
	}
}

// BenchmarkSignInHTTPSEightClients is the same with eight browsers at once.
func BenchmarkSignInHTTPSEightClients(b *testing.B) {
	lab := labtest.Start(b, "")
	var n atomic.Int64
	b.SetParallelism(4) // two cores make eight clients
	b.RunParallel(func(pb *testing.PB) {
		browser := lab.Browser()
		browser.Register(fmt.Sprintf("p%d@example.org", n.Add(1)))
		browser.AddPasskey()
		for pb.Next() {
			browser.SignIn()
		}
	})
}

// BenchmarkSignInCompleteHTTPS is the second half of a sign-in alone: verify,
// commit the counter and the session, answer.
func BenchmarkSignInCompleteHTTPS(b *testing.B) {
	browser := labtest.Start(b, "").Browser()
	browser.Register("ann@example.org")
	browser.AddPasskey()
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		answer := browser.Get(browser.Must("POST", "/api/webauthn/authentication/begin", nil))
		b.StartTimer()
		browser.Must("POST", "/api/webauthn/authentication/complete", answer)
	}
}

// BenchmarkRegistrationCompleteHTTPS is the second half of a registration:
// verify, commit the credential, answer.
func BenchmarkRegistrationCompleteHTTPS(b *testing.B) {
	browser := labtest.Start(b, "").Browser()
	browser.Register("ann@example.org")
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		answer := browser.Create(browser.Must("POST", "/api/webauthn/registration/begin", nil))
		b.StartTimer()
		done := browser.Must("POST", "/api/webauthn/registration/complete", answer)
		b.StopTimer()
		var made struct{ Passkey struct{ ID string } }
		done.Into(b, &made)
		browser.Must("DELETE", "/api/webauthn/passkeys/"+made.Passkey.ID, nil)
		b.StartTimer()
	}
}

// BenchmarkSessionHTTPS asks who is signed in, over one connection.
func BenchmarkSessionHTTPS(b *testing.B) {
	browser := labtest.Start(b, "").Browser()
	browser.Register("ann@example.org")
	browser.AddPasskey()
	browser.SignIn()
	b.ReportAllocs()
	for b.Loop() {
		browser.Must("GET", "/api/auth/session", nil)
	}
}

// BenchmarkSessionHTTPS32 is the same over 32 connections.
func BenchmarkSessionHTTPS32(b *testing.B) { over32(b, "/api/auth/session") }

// BenchmarkEmptyHTTPS is what bounds every request: a round trip to the same server
// that looks nothing up.
func BenchmarkEmptyHTTPS(b *testing.B) {
	browser := labtest.Start(b, "").Browser()
	b.ReportAllocs()
	for b.Loop() {
		browser.Must("GET", "/api/webauthn/test", nil)
	}
}

// BenchmarkEmptyHTTPS32 is the same over 32 connections.
func BenchmarkEmptyHTTPS32(b *testing.B) { over32(b, "/api/webauthn/test") }

// over32 asks an address over 32 connections, signed in.
func over32(b *testing.B, path string) {
	lab := labtest.Start(b, "")
	browser := lab.Browser()
	browser.Register("ann@example.org")
	browser.AddPasskey()
	browser.SignIn()
	cookies := browser.Cookies()
	b.SetParallelism(16) // two cores make 32 clients
	b.RunParallel(func(pb *testing.PB) {
		client := lab.Client() // a connection of its own
		for pb.Next() {
			req, err := http.NewRequest(http.MethodGet, lab.Origin+path, nil)
			if err != nil {
				b.Error(err)
				return
			}
			for _, name := range []string{"__Host-sting_session", "ory_kratos_session"} {
				req.AddCookie(&http.Cookie{Name: name, Value: cookies[name]})
			}
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
				b.Errorf("status %d: %v", resp.StatusCode, err)
			}
			resp.Body.Close()
		}
	})
}

// BenchmarkVerification is the signature of one sign-in, which nothing can be faster
// than.
func BenchmarkVerification(b *testing.B) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	sum := sha256.Sum256([]byte("signed"))
	signature, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if !ecdsa.VerifyASN1(&key.PublicKey, sum[:], signature) {
			b.Fatal("it does not verify")
		}
	}
}

// BenchmarkWhoamiHTTPS asks Kratos' own address.
func BenchmarkWhoamiHTTPS(b *testing.B) {
	browser := labtest.Start(b, "").Browser()
	browser.Register("ann@example.org")
	b.ReportAllocs()
	for b.Loop() {
		browser.Must("GET", "/.ory/sessions/whoami", nil)
	}
}
