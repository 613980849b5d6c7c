// Package watch sees the ceremonies of every page of a browser over the Chrome DevTools
// Protocol: what pages ask for, what comes of it, and the requests around it.
//
// Its one invariant: it changes nothing. A page sees the browser's own functions, and no
// request waits for it.
package watch

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"sting/backend/apps/watched"
	"sting/backend/tape"
)

// Hook is a JavaScript function of three arguments that wraps the browser's functions of
// its frame: send takes each fact as a JSON text (see Fact), secret is a text that no
// page can guess, source what stacks call the script that it is in.
//
//go:embed hook.js
var Hook string

// Call asks the browser, or one of its pages, as the protocol has it.
type Call func(ctx context.Context, session, method string, params, out any) error

// Needs are what a Watch is made of; all are required.
type Needs struct {
	Call  Call
	Seen  func(watched.Ceremony)           // what is known of a ceremony, each time that it is more
	Later func(d time.Duration, do func()) // does something later, never beside Hear
	Now   func() time.Time
}

// Watch is the watching of one browser. New makes one; Hear and Leave are called from
// one goroutine.
type Watch struct {
	needs   Needs
	name    string // of the binding; nobody can guess it
	open    map[string]*ceremony
	traffic traffic
}

// ceremony is one that isn't done.
type ceremony struct {
	watched.Ceremony
	session   string
	challenge needle    // tells its begin
	own, all  []needle  // tell its complete, and in which encoding
	begin     *exchange // nil until it is found
	complete  *exchange // nil until it is found
}

// How long after an answer its way to the server is waited for, and after the request
// what the server says to it.
const (
	requestTime = 15 * time.Second
	answerTime  = 60 * time.Second
)

// New returns the watching of a browser.
func New(n Needs) *Watch {
	return &Watch{needs: n, name: "s" + rand.Text(), open: make(map[string]*ceremony)}
}

// Attach prepares a page or a frame with a process of its own, before its scripts run.
func (w *Watch) Attach(ctx context.Context, session string) error {
	name := strconv.Quote(w.name)
	file := "s" + rand.Text() // which a page could find in a stack: not the secret
	script := "{const send = globalThis[" + name + "]; if (send) {delete globalThis[" + name + "]; (" + Hook + ")(send, " + name +
		`, "` + file + `")}}` + "\n//# sourceURL=" + file
	for _, c := range []struct {
		method string
		params map[string]any
	}{
		{"Page.enable", nil},
		{"Runtime.enable", nil}, // else a binding doesn't follow the page into another process
		{"Runtime.addBinding", map[string]any{"name": w.name}},
		{"Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": script, "runImmediately": true}},
		{"Network.enable", map[string]any{
			"maxPostDataSize": longestBody, "maxResourceBufferSize": longestBody, "maxTotalBufferSize": bufferSize, "enableDurableMessages": true,
		}},
	} {
		if err := w.needs.Call(ctx, session, c.method, c.params, nil); err != nil {
			return err
		}
	}
	return nil
}

// Wants reports whether an event is of a domain that is Hear's alone.
func Wants(method string) bool {
	domain, _, _ := strings.Cut(method, ".")
	return domain == "Runtime" || domain == "Page" || domain == "Network"
}

// Hear takes up an event of a session.
func (w *Watch) Hear(session, method string, params json.RawMessage) {
	if strings.HasPrefix(method, "Network.") {
		w.hearTraffic(session, method, params)
	}
	if method != "Runtime.bindingCalled" {
		return
	}
	var e struct {
		Name    string `json:"name"`
		Payload string `json:"payload"`
	}
	if json.Unmarshal(params, &e) != nil || e.Name != w.name {
		return
	}
	f, err := ReadFact([]byte(e.Payload))
	if err != nil {
		return // the page has got at the binding, or the hook and this don't fit
	}
	switch f.What {
	case "began":
		w.begin(session, f)
	case "ended", "left":
		w.end(f)
	}
}

// Leave ends what a session held that is no more.
func (w *Watch) Leave(session string) {
	for _, c := range w.open { // finish removes them, which a range allows
		if c.session != session {
			continue
		}
		c.Left = c.Left || !c.Answered()
		w.finish(c)
	}
	w.traffic.leave(session)
}

// LeaveAll ends everything: the browser is gone.
func (w *Watch) LeaveAll() {
	for _, c := range w.open {
		w.Leave(c.session)
	}
}

func (w *Watch) begin(session string, f Fact) {
	c := &ceremony{Ceremony: f.begun(w.needs.Now()), session: session, challenge: challengeOf(f.Options)}
	c.Network = true
	w.open[c.ID] = c
	w.needs.Seen(c.Ceremony)
	if w.begun(c, w.traffic.list...); c.begin != nil {
		w.needs.Seen(c.Ceremony)
	}
}

func (w *Watch) end(f Fact) {
	c := w.open[f.ID]
	if c == nil || c.Answered() {
		return
	}
	f.end(&c.Ceremony)
	if c.Credential == nil {
		w.finish(c)
		return
	}
	c.own, c.all = needlesOf(c.Credential)
	w.needs.Seen(c.Ceremony)
	for _, x := range w.traffic.list { // a request can be heard of before the answer that it carries
		if c.complete == nil && x.at.After(c.BeganAt) {
			w.match(c, x)
		}
	}
	if c.complete == nil {
		w.expect(c, requestTime)
	}
}

// expect ends the waiting for a ceremony after a time.
func (w *Watch) expect(c *ceremony, d time.Duration) {
	found := c.complete
	w.needs.Later(d, func() {
		if w.open[c.ID] == c && c.complete == found {
			w.finish(c)
		}
	})
}

func (w *Watch) finish(c *ceremony) {
	delete(w.open, c.ID)
	c.Done = true
	if c.begin == nil {
		w.begun(c, w.traffic.list...)
	}
	if c.complete != nil && c.Complete == nil {
		c.Complete = c.complete.recorded()
	}
	c.Lost, c.Again = lost(c.begin, c.complete), w.traffic.again(c)
	w.needs.Seen(c.Ceremony)
	if len(w.open) == 0 {
		w.traffic.forgetBodies()
	}
}

// Fact is what Hook sends, one of a ceremony's three.
type Fact struct {
	What       string             `json:"what"` // began, ended, left
	ID         string             `json:"id"`
	Kind       string             `json:"kind"`
	Options    json.RawMessage    `json:"options"`
	Page       string             `json:"page"`
	Origin     string             `json:"origin"`
	TopOrigin  string             `json:"topOrigin"`
	Secure     bool               `json:"secure"`
	Mediation  json.RawMessage    `json:"mediation"`
	Agent      string             `json:"agent"`
	MS         float64            `json:"ms"`
	Credential json.RawMessage    `json:"credential"`
	Exception  *tape.DOMException `json:"exception"`
}

// ReadFact reads what Hook sent. Its error is no fault: only a page that forges facts
// sends others.
func ReadFact(raw []byte) (f Fact, err error) {
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, err
	}
	if f.ID == "" || len(f.ID) > 64 || f.What == "began" && f.Kind != "registration" && f.Kind != "authentication" {
		return f, errors.New("not a fact of the hook")
	}
	return f, nil
}

// Ceremony joins the facts of one ceremony, the first of which is its beginning.
func (f Fact) begun(at time.Time) watched.Ceremony {
	c := watched.Ceremony{
		ID: f.ID, Kind: f.Kind, Page: f.Page, Origin: f.Origin, TopOrigin: f.TopOrigin, Secure: f.Secure,
		UserAgent: f.Agent, Options: f.Options, BeganAt: at,
	}
	if json.Unmarshal(f.Mediation, &c.Mediation) != nil {
		c.Mediation = "" // what is no text is no mediation
	}
	return c
}

func (f Fact) end(c *watched.Ceremony) {
	c.Duration = time.Duration(f.MS * float64(time.Millisecond))
	c.Left = f.What == "left"
	c.Exception = f.Exception
	if c.Exception == nil && !c.Left {
		c.Credential = f.Credential
	}
}
