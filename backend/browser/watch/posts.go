package watch

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"sting/backend/apps"
	"sting/backend/apps/watched"
	"sting/backend/fault"
	"sting/backend/origin"
)

//go:embed page.js
var page string

// Posts takes up what pages tell of themselves that include watch.js: the same hook in
// any browser, without the requests around it. Its exported fields are required.
type Posts struct {
	Apps func() apps.Registry
	Seen func(ctx context.Context, c watched.Ceremony)
	Now  func() time.Time

	mu     sync.Mutex
	minute map[string]tally // by app
}

// tally counts the records of one minute.
type tally struct {
	began time.Time
	n     int
}

// mostPosts is how many records an app may post in a minute.
const mostPosts = 100

var errPosts = &fault.Error{
	Kind: fault.TooMany, Code: "TOO_MANY", Message: "The app has posted 100 ceremonies in this minute.",
	Hint: "Look for a script that begins one over and over.", RetryAfter: time.Minute,
}

// Origins are those whose pages may post.
func (p *Posts) Origins() (list []string) {
	for _, a := range p.Apps().All() {
		list = append(list, a.Origin())
	}
	return list
}

// Script is watch.js for the pages of an app; apps.ErrUnknown.
func (p *Posts) Script(app string) (string, error) {
	if _, err := p.Apps().ByName(app); err != nil {
		return "", err
	}
	return strings.Replace(page, "/* hook */", Hook, 1), nil
}

// Take takes up the first and the last fact of a ceremony of a page at an origin, which a
// browser has told.
//
// Errors: apps.ErrUnknown, fault.ErrMalformed, one of kind TooMany.
func (p *Posts) Take(ctx context.Context, at, agent string, body []byte) error {
	app, known := p.Apps().ByOrigin(at)
	if !known {
		return apps.ErrUnknown.Saying("No app of sting.yml has its pages at %q.", at)
	}
	if !p.counted(app.Name) {
		return errPosts
	}
	var raw [2]json.RawMessage
	var facts [2]Fact
	if err := json.Unmarshal(body, &raw); err != nil {
		return fault.ErrMalformed.Because(err)
	}
	for i := range facts {
		var err error
		if facts[i], err = ReadFact(raw[i]); err != nil {
			return fault.ErrMalformed.Because(err)
		}
	}
	first, last := facts[0], facts[1]
	if first.What != "began" || last.What != "ended" && last.What != "left" {
		return fault.ErrMalformed
	}
	c := first.begun(p.Now().Add(-time.Duration(last.MS * float64(time.Millisecond))))
	last.end(&c)
	c.ID, c.Origin, c.UserAgent, c.Done = rand.Text(), at, agent, true // a page may say what it likes
	if top, err := origin.Canonical(c.TopOrigin); err != nil || top != c.TopOrigin {
		c.TopOrigin = at
	}
	p.Seen(ctx, c)
	return nil
}

func (p *Posts) counted(app string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Now()
	if p.minute == nil {
		p.minute = make(map[string]tally)
	}
	t := p.minute[app]
	if age := now.Sub(t.began); age < 0 || age >= time.Minute {
		t = tally{began: now}
	}
	t.n++
	p.minute[app] = t
	return t.n <= mostPosts
}
