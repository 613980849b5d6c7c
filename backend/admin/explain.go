package admin

import (
	"context"
	"encoding/json"
	"time"

	"sting/backend/api"
	"sting/backend/inspect"
	"sting/backend/wire"
)

// Explainer is what the verbs about single ceremonies ask of the lab.
type Explainer interface {
	// Explain takes a ceremony apart, step by step: a file of CONTRACT section
	// 11, a record of the tape, or the bare answer of a browser. The error is
	// inspect.ErrNotACeremony where raw is none of these.
	Explain(ctx context.Context, raw json.RawMessage) (api.Explanation, error)
}

// Explain implements Explainer. Certificates are judged by the lab's clock.
func (l *Lab) Explain(_ context.Context, raw json.RawMessage) (api.Explanation, error) {
	return ExplainAt(raw, l.Moving.Now())
}

// ExplainAt explains without a running lab.
func ExplainAt(raw []byte, now time.Time) (api.Explanation, error) {
	x, err := inspect.Explain(raw, inspect.Options{Now: now})
	if err != nil {
		return api.Explanation{}, err
	}
	return wire.Explanation(x)
}
