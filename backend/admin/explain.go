package admin

import (
	"context"
	"encoding/json"

	"sting/backend/api"
	"sting/backend/inspect"
)

// Explain takes a ceremony apart, step by step; inspect.ErrNotACeremony where raw
// is none. Certificates are judged by the lab's clock.
func (l *Lab) Explain(_ context.Context, raw json.RawMessage) (api.Explanation, error) {
	return inspect.Explain(raw, l.explaining())
}

// explaining is what an explanation needs beside the ceremony.
func (l *Lab) explaining() inspect.Options {
	return inspect.Options{Now: l.Moving.Now(), Roots: l.Roots}
}
