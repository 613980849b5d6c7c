package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/apps/front"
	"sting/backend/config"
	"sting/backend/health"
)

func TestTheFrontEndOfTheFileIsReadAndExamined(t *testing.T) {
	for text, c := range map[string]struct {
		want  front.End
		wrong []string
	}{
		"":                                       {front.End{Paths: []string{"/"}}, nil},
		"front: {url: 'http://LOCALHOST:5173/'}": {front.End{URL: "http://localhost:5173", Paths: []string{"/"}}, nil},
		"front: {url: http://localhost:3000, paths: [/, /login]}": {
			front.End{URL: "http://localhost:3000", Paths: []string{"/", "/login"}}, nil},
		"front: {url: http://localhost:3000, paths: [/api, /cart, /register]}": {
			front.End{URL: "http://localhost:3000", Paths: []string{"/register"}}, []string{"front.paths[0]", "front.paths[1]"}},
		"front: {url: http://10.0.0.1:3000}":     {front.End{Paths: []string{"/"}}, []string{"front.url"}},
		"front: {url: 'https://localhost:8443'}": {front.End{Paths: []string{"/"}}, []string{"front.url"}},
		"front: {utl: http://localhost:3000}":    {front.End{Paths: []string{"/"}}, []string{"front.utl"}},
	} {
		got, r := load(t, text, config.Overrides{})
		if diff := cmp.Diff(c.want, got.Front); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		var wrong []string
		for _, p := range r.Problems {
			if wrong = append(wrong, p.Path); p.Line == 0 || p.Meaning == "" || p.Fix == "" {
				t.Errorf("%s: %+v", text, p)
			}
		}
		if diff := cmp.Diff(c.wrong, wrong); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// A page whose cookies don't travel is named by the file's problems and by the doctor,
// with the way out; where the site hands on to it already, with that.
func TestAListedPageOfAnotherSiteIsNamedWithTheWayOut(t *testing.T) {
	const list = "webauthn: {config: {rp: {origins: [\"https://localhost:8443\", \"http://localhost:5173\"]}}}\n"
	for more, fix := range map[string]string{
		"":                                      "`front: {url: http://localhost:5173}` in sting.yml; then open https://localhost:8443",
		"front: {url: http://localhost:5173}\n": "Open https://localhost:8443 instead",
	} {
		c, r := load(t, list+more, config.Overrides{})
		if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Fix, fix) {
			t.Errorf("%q: %v", more, r.Problems)
		}
		for _, check := range config.Checks(c, r) {
			if check.ID != "RP-14" {
				continue
			}
			got := check.Run(t.Context())
			if got.Verdict != health.Warning || !strings.Contains(got.Cause, "http://localhost:5173 is another site") ||
				!strings.Contains(got.Fix, fix) {
				t.Errorf("%q: the doctor says %+v", more, got)
			}
		}
	}
	c, r := load(t, "", config.Overrides{})
	all := config.Checks(c, r)
	i := slices.IndexFunc(all, func(check health.Check) bool { return check.ID == "RP-14" })
	if i < 0 || all[i].Run(t.Context()).Verdict != health.OK {
		t.Errorf("a list without such a page: %v", all)
	}
}
