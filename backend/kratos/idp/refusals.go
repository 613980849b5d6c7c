package idp

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"sting/backend/identity"
)

// Bounds of what refusals write to the log: so many lines at once, then one each so
// often. What is left out is counted, and said in the next line.
const (
	refusalsAtOnce = 60
	refusalEvery   = time.Second
)

// refusals bounds the lines. Its zero value is ready.
type refusals struct {
	mu     sync.Mutex
	spent  int
	since  time.Time // refills are counted from here
	hidden int
}

// may reports whether a line may be written now. hidden is how many were left out
// before it; last says that it is the last one for a while.
func (r *refusals) may(now time.Time) (ok bool, hidden int, last bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if passed := now.Sub(r.since); passed < 0 || passed >= refusalsAtOnce*refusalEvery {
		r.spent, r.since = 0, now
	} else if refill := int(passed / refusalEvery); refill > 0 {
		r.spent = max(0, r.spent-refill)
		r.since = r.since.Add(time.Duration(refill) * refusalEvery)
	}
	if r.spent >= refusalsAtOnce {
		r.hidden++
		return false, 0, false
	}
	r.spent++
	hidden, r.hidden = r.hidden, 0
	return true, hidden, r.spent == refusalsAtOnce
}

// note writes one line about a refusal: what was refused and why, never a password,
// a code or a token.
func (x *exchange) note(why string, facts ...any) {
	ok, hidden, last := x.Provider.refusals.may(x.now)
	if !ok {
		return
	}
	facts = append([]any{"why", x.withoutTyped(why), "method", x.r.Method, "path", x.r.URL.Path}, facts...)
	if x.subject != "" {
		facts = append(facts, "person", x.subject)
	}
	if hidden > 0 {
		facts = append(facts, "not_logged_before", hidden)
	}
	if last {
		facts = append(facts, "next", "many refusals at once: the following ones are counted, not written")
	}
	x.log().InfoContext(x.r.Context(), "refused", facts...)
}

// noteFlow notes what a form was told: the errors in it. A form without one was not
// refused, but led to its next step.
func (x *exchange) noteFlow(f Flow) {
	var said []string
	ids := []int{}
	add := func(field string, list []text) {
		for _, t := range list {
			if t.Type != "error" {
				continue
			}
			line := t.Text
			if field != "" {
				line = field + ": " + line
			}
			said, ids = append(said, line), append(ids, t.ID)
		}
	}
	add("", f.UI.Messages)
	for _, n := range f.UI.Nodes {
		add(n.Attributes.Name, n.Messages)
	}
	if len(said) == 0 {
		return
	}
	x.note(strings.Join(said, "; "), "flow", f.ID, "kind", string(f.Kind), "type", f.Type, "messages", ids)
}

// noteFailure notes an answer that refuses. Who is signed in is asked all the time,
// and "nobody" refuses nothing.
func (x *exchange) noteFailure(f *failure) {
	if f.status == http.StatusUnauthorized && !strings.HasPrefix(x.r.URL.Path, "/self-service/") {
		return
	}
	why := f.message
	if f.reason != "" {
		why += ": " + f.reason
	}
	facts := []any{"status", f.status}
	if f.id != "" {
		facts = append(facts, "id", f.id)
	}
	if id := x.r.URL.Query().Get("flow"); id != "" {
		facts = append(facts, "flow", clip(id, 36))
	}
	x.note(why, facts...)
}

// about notes whom a form is about: by name where somebody here has the address, and
// else only by its shape, since people type a password into the wrong field.
func (x *exchange) about(typed string) {
	if typed == "" {
		return
	}
	who, err := x.Identities.IdentityByIdentifier(x.r.Context(), identity.Fold(typed))
	switch {
	case err == nil:
		x.subject = first(who.Identifiers)
	case errors.Is(err, identity.ErrNotFound):
		x.subject = "nobody here: " + shapeOf(typed)
	}
}

// shapeOf tells of an address as much as helps to see a misspelling.
func shapeOf(typed string) string {
	name, host, ok := strings.Cut(typed, "@")
	if !ok || name == "" || strings.ContainsAny(host, "@ ") {
		return fmt.Sprintf("%d characters that are no address", len([]rune(typed)))
	}
	return string([]rune(name)[:1]) + "...@" + clip(host, 100)
}

// withoutTyped takes out of a text what the form held: Kratos' words quote it.
func (x *exchange) withoutTyped(text string) string {
	for _, v := range typedIn(x.sent) {
		if len(v) > 2 {
			text = strings.ReplaceAll(text, v, "(what was typed)")
		}
	}
	return clip(text, 500)
}

// typedIn lists the texts of a form that a person typed.
func typedIn(v any) (list []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			list = append(list, typedIn(one)...)
		}
	case map[string]any:
		for name, one := range v {
			if name != "method" && name != "screen" {
				list = append(list, typedIn(one)...)
			}
		}
	}
	return list
}
