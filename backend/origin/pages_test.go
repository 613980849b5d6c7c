package origin_test

import (
	"slices"
	"testing"

	"sting/backend/origin"
)

func TestAPageIsFoundAtItsPath(t *testing.T) {
	for path, want := range map[string]string{
		"/":                   "/",
		"/login":              "/login",
		"/help/NOT_FOUND":     "/help/{code}",
		"/ceremonies/cer-1":   "/ceremonies/{id}",
		"/help/":              "",
		"/help":               "",
		"/help/a/b":           "",
		"/help/{code}":        "/help/{code}",
		"/login/":             "",
		"/api/webauthn/stats": "",
		"":                    "",
	} {
		got, ok := origin.PageAt(path)
		if got.Path != want || ok != (want != "") {
			t.Errorf("the page at %q is %q, %v; want %q", path, got.Path, ok, want)
		}
	}
}

func TestANameOpensThePageOfThatPath(t *testing.T) {
	names := origin.PageNames()
	if got := names[len(names)-1]; got != origin.Mailbox {
		t.Errorf("the last name is %q, not the mailbox's", got)
	}
	for _, name := range names[:len(names)-1] {
		p, ok := origin.PageNamed(name)
		if !ok || p.Path != "/"+name || p.About == "" {
			t.Errorf("%q opens %+v, %v", name, p, ok)
		}
	}
	for _, name := range []string{"", origin.Mailbox, "recovery"} {
		if p, ok := origin.PageNamed(name); ok {
			t.Errorf("%q opens %+v", name, p)
		}
	}
	if slices.Contains(names, "") {
		t.Error("a page without a name is offered")
	}
}
