package kratostest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// what is generated, and what stands for it in a comparison.
var masks = []struct {
	what *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "<uuid>"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), "<time>"},
	{regexp.MustCompile(`ory_(st|lo)_[A-Za-z0-9_-]+`), "<token>"},
	{regexp.MustCompile(`^[A-Za-z0-9+/]{86}==$`), "<csrf>"},
	{regexp.MustCompile(`token=[A-Za-z0-9_-]+`), "token=<token>"},
	{regexp.MustCompile(`golden\d+`), "golden"},
	{regexp.MustCompile(`expired [0-9.]+ minutes`), "expired <n> minutes"},
	{regexp.MustCompile(`^\d{6}$`), "<code>"},
	{regexp.MustCompile(`^127\.0\.0\.1(:\d+)?$`), "<address>"},
	{regexp.MustCompile(`^\$(2a|argon2id)\$.+`), "<hash>"},
}

// generated reports whether a value is one that each server makes up.
func generated(s string) bool {
	for _, m := range masks[:5] {
		if m.what.MatchString(s) {
			return true
		}
	}
	return false
}

func maskText(s string) string {
	for _, m := range masks {
		s = m.what.ReplaceAllString(s, m.as)
	}
	return s
}

// masked returns a body in which nothing generated is left, and nothing that
// the list of differences hides.
func masked(v any) any {
	switch v := trimmed(v).(type) {
	case string:
		return maskText(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			out[name] = masked(inner)
		}
		if _, ok := out["since"].(float64); ok {
			out["since"] = "<duration>"
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, inner := range v {
			out = append(out, masked(inner))
		}
		return out
	default:
		return v
	}
}

// trimmed takes out of one level of a body what the list of differences hides.
func trimmed(v any) any {
	for _, d := range differences {
		if d.Hides != nil {
			v = d.Hides(v)
		}
	}
	return v
}

// compare returns the first thing in which an answer differs.
func compare(e exchange, w *httptest.ResponseRecorder, want, got any) string {
	if e.Response.Status != w.Code {
		return fmt.Sprintf("status: recorded %d, got %d %.300s", e.Response.Status, w.Code, w.Body)
	}
	for _, name := range []string{"Content-Type", "Location", "X-Kratos-Authenticated-Identity-Id"} {
		if a, b := maskText(e.Response.Headers.Get(name)), maskText(w.Header().Get(name)); a != b {
			return fmt.Sprintf("%s: recorded %q, got %q", name, a, b)
		}
	}
	if a, b := cookiesSet(e.Response.Headers), cookiesSet(w.Header()); !slices.Equal(a, b) {
		return fmt.Sprintf("cookies: recorded %v, got %v", a, b)
	}
	if a, b := linksIn(e.Response.Headers), linksIn(w.Header()); !slices.Equal(a, b) {
		return fmt.Sprintf("links: recorded %v, got %v", a, b)
	}
	if list, ok := want.([]any); ok && strings.HasPrefix(e.Request.Path, "/admin/") { // whom else the server knows is its own affair
		return comparePages(list, got)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return "body (-recorded +ours)\n" + diff
	}
	return ""
}

// comparePages compares the first entries of two lists, without what is in
// them.
func comparePages(want []any, got any) string {
	list, ok := got.([]any)
	if !ok || len(list) == 0 || len(want) == 0 {
		return fmt.Sprintf("list: recorded %d entries, got %T of %d", len(want), got, len(list))
	}
	return cmp.Diff(shape(want[0]), shape(list[0]))
}

// shape keeps the names and types of a value.
func shape(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			if name == "traits" || name == "metadata_public" || name == "verified_at" {
				continue
			}
			out[name] = shape(inner)
		}
		return out
	case []any:
		if len(v) == 0 {
			return []any{}
		}
		return []any{shape(v[0])}
	case nil:
		return nil
	}
	return fmt.Sprintf("%T", v)
}

// cookiesSet names the cookies of an answer and their attributes.
func cookiesSet(h http.Header) []string {
	out := []string{}
	for _, line := range h.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		life := "kept"
		if c.MaxAge < 0 {
			life = "expired"
		}
		out = append(out, fmt.Sprintf("%s %s %s %s secure=%t httponly=%t samesite=%d", kindOf(c.Name), life, c.Path, c.Domain, c.Secure,
			c.HttpOnly, c.SameSite))
	}
	sort.Strings(out)
	return out
}

var linkRel = regexp.MustCompile(`<([^>]*)>; rel="([a-z]+)"`)

// linksIn names where lists lead, and the parameters that lead there.
func linksIn(h http.Header) []string {
	out := []string{}
	for _, m := range linkRel.FindAllStringSubmatch(h.Get("Link"), -1) {
		u, err := url.Parse(m[1])
		if err != nil {
			return []string{err.Error()}
		}
		names := []string{}
		for name := range u.Query() {
			names = append(names, name)
		}
		sort.Strings(names)
		out = append(out, m[2]+" "+maskText(u.Path)+" "+strings.Join(names, ","))
	}
	return out
}

// without returns a copy of an object that lacks some members.
func without(v any, names ...string) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := make(map[string]any, len(m))
	for name, inner := range m {
		if !slices.Contains(names, name) {
			out[name] = inner
		}
	}
	return out
}
