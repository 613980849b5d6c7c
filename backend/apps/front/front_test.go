package front_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/apps/front"
	"sting/backend/origin"
)

func TestWhatAFrontEndHas(t *testing.T) {
	e := front.End{URL: "http://localhost:5173", Paths: []string{"/", "/login"}}
	for path, want := range map[string]bool{
		"/": true, "/login": true, "/cart": true, "/@vite/client": true, "/login/two": true, "/apis": true,
		"/register": false, "/dashboard": false, "/api/lab": false, "/api": false, "/.ory/x": false, "/help/HOST": false, "/ceremonies/x": false,
	} {
		if got := e.Takes(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
		if (front.End{Paths: e.Paths}).Takes(path) {
			t.Errorf("%s is a front end's, and there is none", path)
		}
	}
	var wrong []string
	for _, p := range (front.End{Paths: []string{"/login", "/api/auth", "/cart"}}).Problems() {
		wrong = append(wrong, p.Where)
	}
	if diff := cmp.Diff([]string{"/api/auth", "/cart"}, wrong); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAServerOfAFrontEndIsOnThisMachine(t *testing.T) {
	for raw, want := range map[string]string{
		"http://localhost:5173": "http://localhost:5173", "https://127.0.0.1:3000/": "https://127.0.0.1:3000", "http://[::1]:1": "http://[::1]:1",
		"http://app.localhost:3000": "http://app.localhost:3000",
		"http://192.168.1.5:3000":   "", "https://example.com": "", "http://localhost:5173/app": "", "http://u@localhost:1": "",
		"localhost:5173":               "",
		"http://localhost.example.com": "", "http://localhost:1?x": "", "": "", "ftp://localhost": "",
	} {
		at, err := front.Parse(raw)
		why, told := errors.AsType[*origin.Error](err)
		if want == "" && (!told || why.Meaning == "" || why.Fix == "") || want != "" && (err != nil || at.String() != want) {
			t.Errorf("%q: %v, %v", raw, at, err)
		}
	}
}

func ours(name string) bool { return name == "sting_session" }

// between is the lab with a front end that answers as h does.
func between(t *testing.T, h http.HandlerFunc) (site, behind *httptest.Server) {
	t.Helper()
	behind = httptest.NewServer(h)
	t.Cleanup(behind.Close)
	p := front.New(func() front.End { return front.End{URL: behind.URL} }, ours)
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		w.Header().Set("X-Request-Id", "mine")
		if err := p.Serve(w, r); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, err)
		}
	}))
	t.Cleanup(site.Close)
	return site, behind
}

func TestNoCookieOfTheLabGoesThereOrComesFromThere(t *testing.T) {
	var got *http.Request
	site, behind := between(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		for _, line := range []string{"own=1; Path=/", "sting_session=planted", "=sting_session=planted", " sting_session =planted"} {
			w.Header().Add("Set-Cookie", line)
		}
		w.Header().Set("Strict-Transport-Security", "max-age=1")
		w.Header().Set("Content-Security-Policy", "theirs")
		w.Header().Set("Location", "http://"+r.Host+"//next?a=1")
		w.WriteHeader(http.StatusFound)
	})
	r, err := http.NewRequestWithContext(t.Context(), "GET", site.URL+"/a%2Fb?t=1;2&v", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header["Cookie"] = []string{"a=1; sting_session=secret", "sting_session=secret; b=2"}
	r.Header.Set("X-Forwarded-Host", "forged")
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if c := got.Header.Get("Cookie"); c != "a=1; b=2" {
		t.Errorf("the cookies that went on are %q", c)
	}
	if got.RequestURI != "/a%2Fb?t=1;2&v" || "http://"+got.Host != behind.URL || got.Header.Get("X-Forwarded-Host") != r.URL.Host {
		t.Errorf("asked for %s at %s, for %s", got.RequestURI, got.Host, got.Header.Get("X-Forwarded-Host"))
	}
	if diff := cmp.Diff([]string{"own=1; Path=/"}, res.Header["Set-Cookie"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"Strict-Transport-Security": "", "Content-Security-Policy": "theirs", "X-Content-Type-Options": "nosniff", "X-Request-Id": "mine",
		"Location": "https://" + r.URL.Host + "//next?a=1",
	} {
		if h := res.Header.Get(name); h != want {
			t.Errorf("%s: %q, want %q", name, h, want)
		}
	}
}

func TestAWebSocketGoesThroughAndEndsWithTheLab(t *testing.T) {
	ended := make(chan error, 1)
	site, _ := between(t, func(w http.ResponseWriter, r *http.Request) {
		conn, both, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nreload\n")
		line, err := both.ReadString('\n')
		if err != nil || line != "ping\n" {
			t.Errorf("%q, %v", line, err)
		}
		_, err = both.ReadByte()
		ended <- err
	})
	conn, err := net.Dial("tcp", strings.TrimPrefix(site.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /hmr HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	in := bufio.NewReader(conn)
	res, err := http.ReadResponse(in, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", res, err)
	}
	if line, err := in.ReadString('\n'); line != "reload\n" {
		t.Errorf("%q, %v", line, err)
	}
	fmt.Fprint(conn, "ping\n")
	_ = conn.Close()
	if err := <-ended; !errors.Is(err, io.EOF) {
		t.Errorf("the other end: %v", err)
	}
}

func TestAFrontEndThatIsDownIsSaidWithTheLabsOwnHeaders(t *testing.T) {
	site, behind := between(t, nil)
	behind.Close()
	res, err := http.Get(site.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if res.StatusCode != 503 || res.Header.Get("Content-Security-Policy") != "default-src 'none'" ||
		!strings.Contains(string(said), behind.URL) {
		t.Errorf("%d %s, %v, %v", res.StatusCode, said, res.Header, err)
	}
	if _, err := front.Probe(context.Background(), front.End{URL: behind.URL}); !errors.Is(err, front.ErrDown) {
		t.Errorf("the probe says %v", err)
	}
}

func TestWhatComesBeforeTheAnswerIsNotHandedOn(t *testing.T) {
	site, _ := between(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "sting_session=planted")
		w.Header().Set("Strict-Transport-Security", "max-age=1")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusOK)
	})
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
		t.Errorf("%d came with %v", code, h)
		return nil
	}})
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, site.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := res.Header.Get("X-Request-Id"); got != "mine" {
		t.Errorf("the lab's own header is %q", got)
	}
}
