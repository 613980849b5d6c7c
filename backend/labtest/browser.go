package labtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"sting/backend/passkey/softkey"
)

// Browser is a person's browser without a window: cookies, an authenticator, and
// the headers that a page of the site sends.
type Browser struct {
	Key    *softkey.Authenticator
	Origin string

	t    testing.TB
	http *http.Client
}

// Browser returns a browser that has never been here.
func (l *Lab) Browser() *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		l.t.Fatal(err)
	}
	c := l.Client()
	c.Jar = jar
	return &Browser{Key: softkey.New(), Origin: l.Origin, t: l.t, http: c}
}

// Answer is what the lab said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Code returns the error_code of a refusal, or "".
func (a Answer) Code() string { return a.Text("error_code") }

// Text returns a member of the body that is a string, or "".
func (a Answer) Text(member string) string {
	var m map[string]any
	_ = json.Unmarshal(a.Body, &m) // no object has no such member
	s, _ := m[member].(string)
	return s
}

// Member returns a member of the body as it stands there.
func (a Answer) Member(name string) json.RawMessage {
	var m map[string]json.RawMessage
	_ = json.Unmarshal(a.Body, &m) // no object has no such member
	return m[name]
}

// Into decodes the body.
func (a Answer) Into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		t.Fatalf("%s: %v", a.Body, err)
	}
}

// Do sends a request as a page of the site does. body is a string that is sent
// as it is, nil, or anything that becomes JSON.
func (b *Browser) Do(method, path string, body any, header ...string) Answer {
	b.t.Helper()
	var sent io.Reader
	switch v := body.(type) {
	case nil:
	case string:
		sent = strings.NewReader(v)
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			b.t.Fatal(err)
		}
		sent = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.Origin+path, sent)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", b.Origin)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("User-Agent", "labtest")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			req.Header.Del(header[i])
		}
	}
	resp, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return Answer{resp.StatusCode, resp.Header, raw}
}

// Must is Do for requests that have to work.
func (b *Browser) Must(method, path string, body any) Answer {
	b.t.Helper()
	a := b.Do(method, path, body)
	if a.Status/100 != 2 {
		b.t.Fatalf("%s %s: %d %s", method, path, a.Status, a.Body)
	}
	return a
}

// Password is what every person of a test has.
const Password = "correct horse battery staple"

// Register makes a person with a password, who is then signed in.
func (b *Browser) Register(email string) Answer {
	b.t.Helper()
	return b.Must("POST", "/api/auth/register", map[string]any{"email": email, "password": Password})
}

// Create answers creation options with the browser's authenticator.
func (b *Browser) Create(begun Answer, mutations ...softkey.Mutation) map[string]any {
	b.t.Helper()
	credential, err := b.Key.Create(begun.Member("publicKey"), b.Origin, mutations...)
	if err != nil {
		b.t.Fatal(err)
	}
	return map[string]any{"credential": json.RawMessage(credential), "challenge_id": begun.Text("challenge_id")}
}

// Get answers request options with the browser's authenticator.
func (b *Browser) Get(begun Answer, mutations ...softkey.Mutation) map[string]any {
	b.t.Helper()
	credential, err := b.Key.Get(begun.Member("publicKey"), b.Origin, mutations...)
	if err != nil {
		b.t.Fatal(err)
	}
	return map[string]any{"credential": json.RawMessage(credential), "challenge_id": begun.Text("challenge_id")}
}

// AddPasskey registers a passkey of the person who is signed in.
func (b *Browser) AddPasskey() Answer {
	b.t.Helper()
	begun := b.Must("POST", "/api/webauthn/registration/begin", nil)
	return b.Must("POST", "/api/webauthn/registration/complete", b.Create(begun))
}

// SignIn signs in with a passkey, typing nothing.
func (b *Browser) SignIn() Answer {
	b.t.Helper()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	return b.Must("POST", "/api/webauthn/authentication/complete", b.Get(begun))
}

// Cookies returns the names of the cookies that the browser holds for the site.
func (b *Browser) Cookies() map[string]string {
	req, err := http.NewRequest(http.MethodGet, b.Origin, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	names := make(map[string]string)
	for _, c := range b.http.Jar.Cookies(req.URL) {
		names[c.Name] = c.Value
	}
	return names
}

// Jar is where the browser keeps its cookies, for a test that plants one.
func (b *Browser) Jar() http.CookieJar { return b.http.Jar }

// NewKey returns an authenticator of its own.
func NewKey() *softkey.Authenticator { return softkey.New() }
