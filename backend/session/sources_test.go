package session_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"sting/backend/identity"
	"sting/backend/session"
)

// source always says the same.
type source struct {
	kind session.Kind
	who  identity.ID
	err  error
}

func (s source) Kind() session.Kind { return s.kind }

func (s source) Session(context.Context, *http.Request, session.Seen) (session.View, error) {
	if s.err != nil {
		return session.View{}, s.err
	}
	return session.View{Kind: s.kind, ID: "s-" + session.ID(s.kind), Person: session.Person{ID: s.who}}, nil
}

func TestSources(t *testing.T) {
	down := errors.New("kratos: connection refused")
	ada := source{session.KindPasskey, "ada", nil}
	adaToo := source{session.KindKratos, "ada", nil}
	eve := source{session.KindKratos, "eve", nil}
	nobody := source{session.KindPasskey, "", session.ErrNone}
	nobodyToo := source{session.KindKratos, "", session.ErrNone.Because(errors.New("expired"))}
	broken := source{session.KindKratos, "", down}
	cases := []struct {
		claim   string
		sources session.Sources
		who     identity.ID
		err     error
		agree   bool
		views   int
	}{
		{"nobody is nobody", session.Sources{nobody, nobodyToo}, "", session.ErrNone, true, 0},
		{"no source, nobody", nil, "", session.ErrNone, true, 0},
		{"one kind is enough", session.Sources{nobody, adaToo}, "ada", nil, true, 1},
		{"both kinds of one person agree", session.Sources{ada, adaToo}, "ada", nil, true, 2},
		{"of two people the first source counts, and they do not agree", session.Sources{ada, eve}, "ada", nil, false, 2},
		{"the order decides", session.Sources{eve, ada}, "eve", nil, false, 2},
		{"a source that is down is not signed out", session.Sources{nobody, broken}, "", down, true, 0},
		{"a source that is down does not hide another", session.Sources{ada, broken}, "ada", nil, true, 1},
		{"nor one that comes after it", session.Sources{broken, ada}, "ada", nil, true, 1},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			seen := c.sources.See(t.Context(), httptest.NewRequest("GET", "/", nil))
			v, err := seen.Who()
			if v.Person.ID != c.who || !errors.Is(err, c.err) && err != c.err {
				t.Errorf("got %q and %v, want %q and %v", v.Person.ID, err, c.who, c.err)
			}
			if c.err == down && errors.Is(err, session.ErrNone) {
				t.Error("a source that is down looks like a person who left")
			}
			if seen.Agree() != c.agree || len(seen.Views) != c.views {
				t.Errorf("agree %v with %d views, want %v with %d", seen.Agree(), len(seen.Views), c.agree, c.views)
			}
		})
	}
}

func TestAViewIsFoundByItsKind(t *testing.T) {
	seen := session.Sources{
		source{session.KindPasskey, "ada", nil}, source{session.KindKratos, "", errors.New("down")},
	}.See(t.Context(), httptest.NewRequest("GET", "/", nil))
	if v, ok := seen.View(session.KindPasskey); !ok || v.Person.ID != "ada" {
		t.Errorf("got %+v, %v", v, ok)
	}
	if _, ok := seen.View(session.KindKratos); ok {
		t.Error("a source that could not tell has a view")
	}
	if seen.Unsure[session.KindKratos] == nil || seen.Unsure[session.KindPasskey] != nil {
		t.Errorf("unsure: %v", seen.Unsure)
	}
}

func TestTheLatestMethodCounts(t *testing.T) {
	v := session.View{Methods: []session.Method{session.Password, session.Passkey}}
	if v.Method() != session.Passkey || (session.View{}).Method() != "" || (session.Session{}).Method() != "" {
		t.Errorf("got %q", v.Method())
	}
}
