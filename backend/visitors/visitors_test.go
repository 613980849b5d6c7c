package visitors_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/health"
	"sting/backend/visitors"
)

// site is where visitors come to, with a clock that a test moves.
type site struct {
	visitors.Visitors
	now time.Time
	log bytes.Buffer
}

func newSite() *site {
	s := &site{now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	s.Now = func() time.Time { return s.now }
	s.Machine, s.Log = s.Now, slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return s
}

func (s *site) said(text string) int { return strings.Count(s.log.String(), text) }

func look(c health.Check) health.Result { return c.Run(context.Background()) }

func TestABrowserIsRememberedOnceAndTheLatestComesFirst(t *testing.T) {
	s := newSite()
	for i := range 30 {
		s.Report(api.BrowserVisit{}, fmt.Sprint("browser ", i))
	}
	s.Report(api.BrowserVisit{WebAuthn: true}, "browser 20")
	list := s.Browsers()
	if len(list) != 20 || list[0].UserAgent != "browser 20" || !list[0].WebAuthn ||
		list[1].UserAgent != "browser 29" || list[19].UserAgent != "browser 10" {
		t.Errorf("%d browsers: %+v", len(list), list)
	}
	if list[0].Capabilities == nil || list[0].At != "2026-05-04T12:00:00Z" {
		t.Errorf("%+v", list[0])
	}
}

func TestForeignCookiesAreBoundedByNumberAndByLength(t *testing.T) {
	s := newSite()
	if r := look(s.CheckCookies("https://localhost:8443")); r.Verdict != health.OK {
		t.Errorf("without a cookie: %+v", r)
	}
	for range 2 {
		s.ForeignCookie(strings.Repeat("n", 200))
	}
	for i := range 100 {
		s.ForeignCookie(fmt.Sprint("c", i))
	}
	r := look(s.CheckCookies("https://localhost:8443"))
	if r.Verdict != health.Warning || len(r.Evidence) != 33 || !strings.Contains(r.Evidence[32], "not listed: in 69 requests") {
		t.Errorf("%d lines: %+v", len(r.Evidence), r)
	}
	if want := strings.Repeat("n", 64) + ": in 2 requests"; r.Evidence[31] != want {
		t.Errorf("got %q, want %q", r.Evidence[31], want)
	}
	if r.Command != "sting preflight https://sting.localhost:8443 sting.localhost" {
		t.Errorf("the command is %q", r.Command)
	}
	r = look(s.CheckCookies("https://lab.example.org"))
	if r.Command != "" || !strings.Contains(r.Fix, "Clear the cookies of lab.example.org") {
		t.Errorf("at a host of another name: %+v", r)
	}
}

func TestAMistakeStandsUntilItIsMendedListedOrOld(t *testing.T) {
	const page, listed = "https://app.localhost:5173", "https://localhost:8443"
	own := []string{"localhost"}
	m := func(k visitors.Kind, from string) visitors.Mistake {
		return visitors.Mistake{Kind: k, From: from, Says: "It is wrong.", Fix: "Mend it."}
	}
	for claim, c := range map[string]struct {
		mistake visitors.Mistake
		then    func(s *site)
		origins []string
		stands  bool
	}{
		"an origin that isn't listed":             {m(visitors.NotListed, page), nil, []string{listed}, true},
		"an origin that is listed by now":         {m(visitors.NotListed, page), nil, []string{listed, page}, false},
		"cookies that a page doesn't send":        {m(visitors.NoCredentials, page), nil, []string{page}, true},
		"cookies that it sends by now":            {m(visitors.NoCredentials, page), func(s *site) { s.Mended(page) }, []string{page}, false},
		"cookies of a page that is off the list":  {m(visitors.AnotherSite, page), nil, []string{listed}, false},
		"a Host that isn't ours":                  {m(visitors.ForeignHost, "demo.ngrok.app"), nil, nil, true},
		"a local Host with another port than any": {m(visitors.ForeignHost, "localhost:5173"), nil, nil, true},
		"one that nobody has repeated": {m(visitors.NotListed, page),
			func(s *site) { s.now = s.now.Add(11 * time.Minute) }, []string{listed}, false},
	} {
		t.Run(claim, func(t *testing.T) {
			s := newSite()
			s.Mistook(c.mistake)
			if c.then != nil {
				c.then(s)
			}
			if got := len(s.Warnings(c.origins, own)) == 1; got != c.stands {
				t.Errorf("stands %t, want %t", got, c.stands)
			}
		})
	}
}

func TestMistakesAreCountedAndBounded(t *testing.T) {
	s := newSite()
	for i := range 40 {
		s.Mistook(visitors.Mistake{Kind: visitors.NotListed, From: fmt.Sprint("https://a", i), Says: "It is wrong.", Fix: "Mend it."})
	}
	s.Mistook(visitors.Mistake{Kind: visitors.NotListed, From: "https://a39", Says: "It is wrong.", Fix: "Mend it."})
	if list := s.Warnings(nil, nil); len(list) != 32 || list[0] != "It is wrong. Mend it." {
		t.Errorf("%d warnings: %q", len(list), list)
	}
	r := look(s.CheckMistakes(nil, nil))
	if r.Verdict != health.Warning || r.Cause != "It is wrong." || r.Evidence[0] != "https://a39: not_listed, 2 times, last at 12:00:00" {
		t.Errorf("%+v", r)
	}
}

func TestWhatIsNoticedIsSaidOnceForEachCauseAndWhile(t *testing.T) {
	s := newSite()
	for range 3 {
		s.Notice("worker", "a worker stands between")
	}
	s.Notice("framed", "a page is in a frame")
	if s.said("worker stands") != 1 || s.said("in a frame") != 1 {
		t.Errorf("said:\n%s", &s.log)
	}
	s.now = s.now.Add(2 * time.Hour)
	s.Notice("worker", "a worker stands between")
	if s.said("worker stands") != 2 {
		t.Errorf("not said again:\n%s", &s.log)
	}
	for i := range 200 {
		s.Notice(fmt.Sprint(i), "one of many")
	}
	if n := s.said("one of many"); n != 98 {
		t.Errorf("%d causes were said", n)
	}
}

func TestABrowserThatRefusesTheCertificateIsNoticed(t *testing.T) {
	s := newSite()
	w := visitors.Handshakes{Visitors: &s.Visitors}
	for range 2 {
		_, _ = w.Write([]byte("http: TLS handshake error from 127.0.0.1:1: remote error: tls: unknown certificate\n"))
	}
	_, _ = w.Write([]byte("http: TLS handshake error from 127.0.0.1:1: EOF\n"))
	if s.said("level=WARN") != 1 || s.said("sting trust") != 1 || s.said("level=DEBUG") != 3 {
		t.Errorf("said:\n%s", &s.log)
	}
}
