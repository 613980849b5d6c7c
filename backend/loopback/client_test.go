package loopback_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"sting/backend/fault"
	"sting/backend/localca"
	"sting/backend/loopback"
)

func authority(t *testing.T, now time.Time) *localca.Authority {
	t.Helper()
	ca := localca.New(localca.Options{Dir: t.TempDir(), Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
	if err := ca.Open(); err != nil {
		t.Fatal(err)
	}
	return ca
}

// TestOnePortAnswersBothSchemesToWhoTrustsItsAuthority goes through the parts of the
// frame as every listener puts them together: Both, Serve, and the client.
func TestOnePortAnswersBothSchemesToWhoTrustsItsAuthority(t *testing.T) {
	now := time.Now()
	ours, another := authority(t, now), authority(t, now)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := ln.Addr().String()
	_, port, _ := strings.Cut(at, ":")
	ctx, cancel := context.WithCancel(t.Context())
	frame := loopback.Frame{
		Rule: func(*http.Request) loopback.Rule { return loopback.Rule{} }, Most: 10,
		Refuse: func(w http.ResponseWriter, _ *http.Request, why *fault.Error) { w.WriteHeader(loopback.Status(why)) },
	}
	ended := make(chan error, 1)
	go func() {
		h := frame.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, loopback.Itself(r)) }))
		srv := &http.Server{TLSConfig: ours.TLSConfig(), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
		ended <- loopback.Serve(ctx, h, srv, loopback.Both([]net.Listener{ln}, ours.TLSConfig()))
	}()
	silent, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	later := ours.Client()
	later.Now = func() time.Time { return now.AddDate(2, 0, 0) }
	here := func(string) string { return at }
	for claim, c := range map[string]struct {
		client    loopback.Client
		at        func(string) string
		url, want string // "": it is refused
		proto     int
	}{
		"http":                        {ours.Client(), nil, "http://127.0.0.1:" + port, "http://127.0.0.1:" + port, 1},
		"https, by an address":        {ours.Client(), nil, "https://127.0.0.1:" + port, "https://127.0.0.1:" + port, 2},
		"https, by a name led there":  {ours.Client(), here, "https://localhost:" + port, "https://localhost:" + port, 2},
		"another authority":           {another.Client(), nil, "https://127.0.0.1:" + port, "", 0},
		"the machine's list is none":  {loopback.Client{Roots: another.Client().Roots}, nil, "https://127.0.0.1:" + port, "", 0},
		"a certificate that is over":  {later, nil, "https://127.0.0.1:" + port, "", 0},
		"a name that it doesn't have": {ours.Client(), here, "https://example.com:" + port, "", 0},
	} {
		transport := c.client.Transport(c.at)
		req, err := http.NewRequestWithContext(t.Context(), "GET", c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			if c.want != "" || !strings.Contains(err.Error(), "certificate") {
				t.Errorf("%s: %v", claim, err)
			}
			continue
		}
		got, err := io.ReadAll(resp.Body)
		if err != nil || string(got) != c.want || resp.ProtoMajor != c.proto {
			t.Errorf("%s: %q by %s, %v; want %q", claim, got, resp.Proto, err, c.want)
		}
		_ = resp.Body.Close()
		transport.CloseIdleConnections()
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if n, err := silent.Read(make([]byte, 1)); err == nil {
		t.Errorf("a connection that has said nothing outlives its listener: %d bytes", n)
	}
}

func TestNobodyIsTrustedWhereThereIsNoAuthority(t *testing.T) {
	none := localca.New(localca.Options{Dir: t.TempDir(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if roots := none.Client().TLS("localhost").RootCAs; roots == nil {
		t.Error("nil roots are those of the machine")
	}
}
