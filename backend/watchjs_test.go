package backend_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

const twoApps = "apps:\n  shop: {url: http://localhost:3000}\n  bank: {url: http://localhost:4000}\n"

// posted is what a page with watch.js sends when its ceremony ends.
func posted(challenge string) string {
	return fmt.Sprintf(`[{"what":"began","id":"x","kind":"authentication","options":{"challenge":%q,"rpId":"localhost"},`+
		`"page":"http://localhost:3000/login?token=secret","origin":"https://evil.example","topOrigin":"","secure":true,"ms":0},`+
		`{"what":"ended","id":"x","ms":1200,"exception":{"name":"NotAllowedError","message":"no"}}]`, challenge)
}

// post sends a record as a page of an origin does; "" is a program that is no browser.
func post(t *testing.T, lab *labtest.Lab, page, record string) (status int, header http.Header) {
	t.Helper()
	req := must(http.NewRequestWithContext(t.Context(), "POST", lab.Origin+"/api/watch", strings.NewReader(record)))(t)
	req.Header.Set("Content-Type", "application/json")
	if page != "" {
		req.Header.Set("Origin", page)
		req.Header.Set("Sec-Fetch-Site", "cross-site")
	}
	resp := must(lab.Client().Do(req))(t)
	readSome(resp)
	return resp.StatusCode, resp.Header
}

func TestPagesOfAppsTellOfTheirCeremonies(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, twoApps)
	script := map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
	host := strings.TrimPrefix(lab.Origin, "https://")
	for path, want := range map[string]int{"/watch.js?app=shop": 200, "/watch.js?app=none": 404, "/watch.js": 404} {
		a := lab.Raw(t, "GET", path, host, script)
		if a.Status != want {
			t.Errorf("%s: %d %s", path, a.Status, a.Body)
		}
		if want == 200 && (a.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" || !strings.Contains(string(a.Body), "/api/watch")) {
			t.Errorf("%s: %v", path, a.Header)
		}
	}
	ask := map[string]string{"Origin": "http://localhost:3000", "Sec-Fetch-Site": "cross-site", "Access-Control-Request-Method": "POST",
		"Access-Control-Request-Headers": "content-type"}
	if a := lab.Raw(t, "OPTIONS", "/api/watch", host, ask); a.Status != 204 || a.Header.Get("Access-Control-Allow-Origin") != ask["Origin"] {
		t.Errorf("the preflight: %d %v", a.Status, a.Header)
	}
	if status, _ := post(t, lab, "http://localhost:3000", posted("Y2hhbGxlbmdlIG9mIHNpeHRlZW4")); status != 204 {
		t.Errorf("a record of the shop: %d", status)
	}
	for name, c := range map[string]struct {
		page, record string
		status       int
	}{
		"a page of no app":        {"http://localhost:9", posted("YW5vdGhlcg"), 403},
		"a page elsewhere":        {somePage, posted("YW5vdGhlcg"), 403},
		"no page":                 {"", posted("YW5vdGhlcg"), 404},
		"what is no record":       {"http://localhost:3000", `[1, 2]`, 400},
		"a record of 64 KiB":      {"http://localhost:3000", posted(strings.Repeat("A", 64<<10)), 413},
		"an end before the begin": {"http://localhost:3000", strings.ReplaceAll(posted("YW5vdGhlcg"), "began", "ended"), 400},
	} {
		status, header := post(t, lab, c.page, c.record)
		if status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
		if allowed := header.Get("Access-Control-Allow-Origin"); allowed != "" && c.status == 403 {
			t.Errorf("%s is let read: %s", name, allowed)
		}
	}
	list := must(lab.Ceremonies(t.Context(), api.CeremonyQuery{Source: "shop"}))(t)
	if len(list.Items) != 1 {
		t.Fatalf("%d records", len(list.Items))
	}
	c := must(lab.Ceremony(t.Context(), list.Items[0].ID))(t)
	if c.Watched == nil || c.Watched.Page != "http://localhost:3000/login?token=*" || c.Watched.DOMException == nil {
		t.Errorf("the record is %+v", c.Watched)
	}
	last := 0
	for range 100 {
		last, _ = post(t, lab, "http://localhost:3000", "[]")
	}
	if other, _ := post(t, lab, "http://localhost:4000", "[]"); last != 429 || other != 400 {
		t.Errorf("after a hundred in a minute the shop is told %d, the bank %d", last, other)
	}
}

func TestNothingIsTakenFromPagesWithoutAnApp(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	if status, _ := post(t, lab, "http://localhost:3000", posted("Y2hhbGxlbmdl")); status != 403 {
		t.Errorf("without an app: %d", status)
	}
}
