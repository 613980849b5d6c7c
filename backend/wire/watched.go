package wire

import (
	"sting/backend/api"
	"sting/backend/tape"
)

// Watched is what a ceremony of somebody else's page has of its own, nil for one of the
// lab's.
func (tr Translator) Watched(w *tape.Watched) *api.Watched {
	if w == nil {
		return nil
	}
	out := &api.Watched{
		Page: w.Page, TopOrigin: w.TopOrigin, Mediation: w.Mediation, Secure: w.Secure, DOMException: (*api.DOMException)(w.DOMException),
		DurationMS: w.DurationMS, Begin: tr.exchange(w.Begin), Complete: tr.exchange(w.Complete), Verdict: api.Verdicts(w.Verdict),
		Options: make([]api.OptionNote, 0, len(w.Options)),
	}
	for _, n := range w.Options {
		out.Options = append(out.Options, api.OptionNote(n))
	}
	return out
}

func (tr Translator) exchange(x *tape.Exchange) *api.Exchange {
	if x == nil {
		return nil
	}
	return &api.Exchange{
		Method: x.Method, URL: x.URL, Form: x.Form, Status: x.Status, Location: x.Location, Failed: x.Failed, Type: x.Type, Body: x.Body,
		Encoding: x.Encoding, At: tr.Time(x.At), Cookies: x.Cookies, Set: x.Set, Blocked: x.Blocked,
	}
}
