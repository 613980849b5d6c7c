package backend_test

import (
	"crypto/tls"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/fault"
	"sting/backend/labtest"
)

func loggedWith(t *testing.T, lab *labtest.Lab, text string) (n int) {
	t.Helper()
	lines, err := lab.Logs(t.Context(), "site", 1000)
	done(t, err)
	for _, l := range lines {
		if strings.Contains(l.Text, text) {
			n++
		}
	}
	return n
}

func TestAServiceWorkerOfAnotherProgramIsToldToEndAndSaidOnce(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	for _, path := range []string{"/sw.js", "/service-worker.js", "/assets/app-1.css"} {
		a := b.Do("GET", path, nil, "Service-Worker", "script", "Sec-Fetch-Dest", "serviceworker")
		if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/javascript") ||
			!strings.Contains(string(a.Body), "registration.unregister()") || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v %s", path, a.Status, a.Header, a.Body)
		}
	}
	if a := b.Do("GET", "/sw.js", nil); a.Status != http.StatusNotFound {
		t.Errorf("without the header: %d", a.Status)
	}
	if n := loggedWith(t, lab, "service worker that another program"); n != 1 {
		t.Errorf("said %d times", n)
	}
}

func TestAFrameIsSaidOnce(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	for range 5 {
		lab.Browser().Do("GET", "/login", nil, "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Site", "cross-site")
	}
	if n := loggedWith(t, lab, "in a frame of another page"); n != 1 {
		t.Errorf("said %d times", n)
	}
}

func TestACertificateThatIsRefusedIsSaidOnceWithTheWayOut(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	for range 5 {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(lab.Origin, "https://"), &tls.Config{MinVersion: tls.VersionTLS12})
		if err == nil {
			t.Fatal(conn.Close())
		}
	}
	n := 0
	for range 200 { // the server hears of it a little later
		if n = loggedWith(t, lab, "refused the lab's certificate"); n > 0 {
			break
		}
		_, _ = lab.Status(t.Context())
	}
	if n != 1 || loggedWith(t, lab, "sting trust") != 1 {
		t.Errorf("said %d times", n)
	}
}

func TestTenThousandProblemsAreSummedUp(t *testing.T) {
	t.Parallel()
	var ps fault.Problems
	for range 10000 {
		ps.Add("here", "", "wrong")
	}
	if text := ps.Text(); !strings.HasSuffix(text, "And 9,950 more.") || strings.Count(text, "\n") != 50 {
		t.Errorf("%d lines, ends in %q", strings.Count(text, "\n"), text[len(text)-40:])
	}
	lab := labtest.Start(t, "")
	var file strings.Builder
	for i := range 3000 {
		file.WriteString("unknown_")
		for n := i; n > 0; n /= 26 {
			file.WriteByte(byte('a' + n%26))
		}
		file.WriteString("_: 1\n")
	}
	done(t, os.WriteFile(filepath.Join(lab.Home, "sting.yml"), []byte(freePorts+file.String()), 0o600))
	lab.Restart()
	status, err := lab.Status(t.Context())
	done(t, err)
	if n := len(status.Warnings); n > 60 || !strings.Contains(strings.Join(status.Warnings, "\n"), "more problems") {
		t.Errorf("%d warnings, the last is %q", n, status.Warnings[max(0, n-1):])
	}
}
