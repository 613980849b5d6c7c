package virtual

import (
	"context"
	"encoding/json"
	"errors"
)

// Evaluate runs an expression in the newest tab, waits for what it promises, and
// returns that as JSON.
func (v *Virtual) Evaluate(ctx context.Context, expression string) (json.RawMessage, error) {
	b := v.latest()
	if b == nil {
		return nil, ErrNotRunning
	}
	var session string
	if err := b.do(ctx, func() error {
		session = b.newest().session
		return nil
	}); err != nil {
		return nil, err
	}
	var out struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	err := b.conn.call(ctx, session, "Runtime.evaluate", map[string]any{
		"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true,
	}, &out)
	if err == nil && out.Exception != nil {
		err = errors.New(out.Exception.Exception.Description)
	}
	return out.Result.Value, err
}

func (b *bridge) newest() *page {
	var out *page
	for _, p := range b.pages {
		if out == nil || p.number > out.number {
			out = p
		}
	}
	return out
}

// CloseTab closes the newest tab, as a person does who clicks on its cross.
func (v *Virtual) CloseTab(ctx context.Context) error {
	b := v.latest()
	if b == nil {
		return ErrNotRunning
	}
	return b.do(ctx, func() error {
		return b.conn.call(ctx, "", "Target.closeTarget", map[string]any{"targetId": b.newest().target}, nil)
	})
}

// Ended is closed when nothing of the browser that runs is left.
func (v *Virtual) Ended() <-chan struct{} { return v.latest().ended }

// latest returns the browser that was started last, or nil.
func (v *Virtual) latest() *bridge {
	all := v.all()
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}
