package watched

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"github.com/google/uuid"

	"sting/backend/api"
	"sting/backend/inspect"
	"sting/backend/tape"
)

// Recorder writes watched ceremonies to the tape. Its exported fields are required.
type Recorder struct {
	Tape *tape.Tape
	Keys Keys
	// Source names whose page an origin is; watch is false for the lab's own, whose
	// ceremonies the verifier records.
	Source func(origin string) (name string, watch bool)
	Log    *slog.Logger

	mu         sync.Mutex
	open       map[string]running
	challenges map[string]asked // of the latest
}

// running is a ceremony that isn't done.
type running struct {
	record string // its id on the tape
	notes  []tape.OptionNote
}

// asked is the ceremony in which a challenge was seen.
type asked struct {
	ceremony string
	network  bool // and the requests around it: by the debugger's hook
}

// mostOpen and mostChallenges bound what pages can cost in memory.
const (
	mostOpen       = 1024
	mostChallenges = 4096
)

// Seen takes up what is known of a ceremony, as often as it is more. It never fails:
// what can't be kept is logged.
func (r *Recorder) Seen(ctx context.Context, c Ceremony) {
	source, watch := r.Source(c.Origin)
	if !watch {
		return
	}
	o := optionsOf(c)
	if r.twice(c, o) {
		return
	}
	run := r.run(ctx, c, o)
	rec := tape.Record{
		ID: run.record, Kind: c.Kind, Source: source, RPID: o.rpID, Origins: []string{c.Origin}, TopOrigins: []string{},
		Challenge: o.Challenge, UserVerification: o.verification(), Algorithms: o.algorithms(), Options: hidden(c.Options),
		Credential: tape.Redact(c.Credential), State: tape.Running, BeganAt: c.BeganAt, Origin: c.Origin, UserAgent: c.UserAgent,
		Email: o.User.Name,
		Watched: &tape.Watched{
			Page: Address(c.Page), Mediation: c.Mediation, Secure: c.Secure, DOMException: c.Exception,
			DurationMS: float64(c.Duration) / float64(time.Millisecond), Begin: c.Begin, Complete: c.Complete, Options: run.notes,
		},
	}
	if c.TopOrigin != c.Origin {
		rec.Watched.TopOrigin, rec.TopOrigins = c.TopOrigin, []string{c.TopOrigin}
	}
	if c.Complete != nil {
		c.Complete.Body = Answer(c.Complete.Type, c.Answer)
	}
	r.conclude(ctx, c, &rec)
	r.Tape.Put(rec)
}

// twice reports whether a page tells of a ceremony that its browser tells of already.
func (r *Recorder) twice(c Ceremony, o options) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !c.Network && r.challenges[o.Challenge].network
}

// run returns what stays the same of a ceremony while it runs.
func (r *Recorder) run(ctx context.Context, c Ceremony, o options) running {
	r.mu.Lock()
	defer r.mu.Unlock()
	run, known := r.open[c.ID]
	if !known {
		if r.open == nil || len(r.open) >= mostOpen {
			r.open = make(map[string]running)
		}
		if r.challenges == nil || len(r.challenges) >= mostChallenges {
			r.challenges = make(map[string]asked)
		}
		run = running{record: newID(), notes: r.judge(ctx, c, o)}
		r.open[c.ID] = run
		r.challenges[o.Challenge] = asked{c.ID, c.Network}
	}
	if c.Done {
		delete(r.open, c.ID)
	}
	return run
}

func newID() string {
	id, err := uuid.NewV7() // sorts by time
	if err != nil {
		return uuid.NewString()
	}
	return id.String()
}

// conclude writes into a record what became of its ceremony.
func (r *Recorder) conclude(ctx context.Context, c Ceremony, rec *tape.Record) {
	if c.Duration > 0 || c.Done {
		rec.EndedAt = c.BeganAt.Add(c.Duration)
	}
	switch {
	case c.Left:
		rec.State = tape.Abandoned
		rec.Cause = "The page was left before anybody answered."
		rec.Fix = "Nothing has to be done. If nobody left the page, look for a script that reloads it or removes the frame."
	case c.Exception != nil:
		refused(c, rec)
	case c.Credential != nil:
		r.compare(ctx, c, rec)
	case c.Done:
		rec.State = tape.Abandoned
	}
}

// inBrowser is passkey.ErrInBrowser's code: the explainer knows it.
const inBrowser = "REFUSED_IN_BROWSER"

// refused is a ceremony to which the browser gave no answer. One that the page aborted
// itself is nobody's refusal.
func refused(c Ceremony, rec *tape.Record) {
	raw, err := json.Marshal(map[string]any{"exception": map[string]any{
		"name": c.Exception.Name, "message": c.Exception.Message, "elapsed_ms": c.Duration.Milliseconds(),
		"mediation": c.Mediation, "rp_id": rec.RPID,
	}})
	if err == nil {
		rec.Credential = raw
	}
	if c.Exception.Name == "AbortError" {
		rec.State = tape.Abandoned
		rec.Cause = "The page itself took its offer back: " + cmp.Or(c.Exception.Message, "it gave no reason") + "."
		rec.Fix = "If nobody meant to, look for a second call while the first one waits."
		return
	}
	rec.State, rec.Fault = tape.Rejected, inBrowser
	rec.Said = "The browser gave no answer: " + c.Exception.Name + "."
	rec.Cause = rec.Said
	if x, ok := explained(c, rec); ok && x.Cause != "" {
		rec.Cause, rec.Fix = x.Cause, x.Fix
	}
}

func explained(c Ceremony, rec *tape.Record) (api.Explanation, bool) {
	raw, err := json.Marshal(rec)
	if err != nil {
		return api.Explanation{}, false
	}
	x, err := inspect.Explain(raw, inspect.Options{Now: c.BeganAt})
	return x, err == nil
}

// compare holds our verdict beside the server's.
func (r *Recorder) compare(ctx context.Context, c Ceremony, rec *tape.Record) {
	key := r.known(ctx, c, rec)
	x, ok := explained(c, rec)
	if !ok {
		return
	}
	v := verdictOf(c, rec, x)
	rec.Watched.Verdict = v.Verdict
	if !c.Done {
		return
	}
	rec.State, rec.Fault, rec.Cause, rec.Fix = v.state, v.fault, v.Says, v.Fix
	if v.Server != Accepted && (v.Server != Unknown || x.Verdict == inspect.Refused) {
		return
	}
	var err error
	if rec.After, err = r.remember(ctx, key, c, rec); err != nil {
		r.Log.Error("the public key of a watched passkey is not kept", "err", err)
	}
}

// hidden returns options without what a page keeps in an authenticator.
func hidden(options json.RawMessage) json.RawMessage {
	var o map[string]json.RawMessage
	var extensions map[string]json.RawMessage
	if json.Unmarshal(options, &o) != nil || json.Unmarshal(o["extensions"], &extensions) != nil {
		return options
	}
	var blob map[string]json.RawMessage
	if json.Unmarshal(extensions["largeBlob"], &blob) != nil || blob["write"] == nil {
		return options
	}
	blob["write"] = json.RawMessage(`"redacted"`)
	raw, err := json.Marshal(blob)
	if err != nil {
		return nil
	}
	extensions["largeBlob"] = raw
	if o["extensions"], err = json.Marshal(extensions); err != nil {
		return nil
	}
	if raw, err = json.Marshal(o); err != nil {
		return nil
	}
	return raw
}

// options is what of the publicKey member matters here.
type options struct {
	rpID string

	Challenge string `json:"challenge"`
	RPID      string `json:"rpId"`
	RP        struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"rp"`
	User struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"user"`
	Params []struct {
		Alg int `json:"alg"`
	} `json:"pubKeyCredParams"`
	Timeout   *float64 `json:"timeout"`
	UV        string   `json:"userVerification"`
	Selection struct {
		UV                 string `json:"userVerification"`
		ResidentKey        string `json:"residentKey"`
		RequireResidentKey bool   `json:"requireResidentKey"`
	} `json:"authenticatorSelection"`
	Exclude     []descriptor               `json:"excludeCredentials"`
	Allow       []descriptor               `json:"allowCredentials"`
	Attestation string                     `json:"attestation"`
	Extensions  map[string]json.RawMessage `json:"extensions"`
}

type descriptor struct {
	ID string `json:"id"`
}

func optionsOf(c Ceremony) (o options) {
	_ = json.Unmarshal(c.Options, &o) // what is of another kind stays zero: the browser has judged it
	o.rpID = cmp.Or(o.RPID, o.RP.ID)
	if u, err := url.Parse(c.Origin); o.rpID == "" && err == nil {
		o.rpID = u.Hostname()
	}
	return o
}

func (o options) verification() string { return cmp.Or(o.UV, o.Selection.UV, "preferred") }

func (o options) algorithms() (list []int) {
	for _, p := range o.Params {
		list = append(list, p.Alg)
	}
	return list
}

func bytesOf(text string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return raw
}
