package admin

import (
	"bytes"
	"context"
	"encoding/json"

	"sting/backend/api"
	"sting/backend/inspect"
	"sting/backend/wire"
)

// Explain takes a ceremony apart, step by step; inspect.ErrNotACeremony where raw
// is none. Certificates are judged by the lab's clock.
func (l *Lab) Explain(_ context.Context, raw json.RawMessage) (api.Explanation, error) {
	return ExplainWith(raw, l.explaining())
}

// explaining is what an explanation needs beside the ceremony.
func (l *Lab) explaining() inspect.Options {
	return inspect.Options{Now: l.Moving.Now(), Roots: l.Roots}
}

// ExplainWith explains without a running lab.
func ExplainWith(raw []byte, o inspect.Options) (api.Explanation, error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff")) // some editors begin a file with it
	x, err := inspect.Explain(raw, o)
	if err != nil {
		return api.Explanation{}, err
	}
	return wire.Explanation(x)
}
