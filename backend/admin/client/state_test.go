package client_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sting/backend/admin/client"
	"sting/backend/api"
)

// patient remembers until when its last request may take, and answers with text.
type patient struct {
	until time.Time
	text  string
}

func (p *patient) RoundTrip(r *http.Request) (*http.Response, error) {
	p.until, _ = r.Context().Deadline()
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(p.text)), Request: r}, nil
}

func TestWhatReadsOrWritesEverythingMayTakeItsTime(t *testing.T) {
	c := dial(t, serve(t, http.NotFoundHandler()))
	p := &patient{text: "{}"}
	c.Through(p)
	for name, do := range map[string]func(c *client.Client) error{
		"import":  func(c *client.Client) error { _, err := c.Import(t.Context(), json.RawMessage(`{}`)); return err },
		"export":  func(c *client.Client) error { _, err := c.Export(t.Context(), ""); return err },
		"save":    func(c *client.Client) error { _, err := c.SaveSnapshot(t.Context(), "a"); return err },
		"restore": func(c *client.Client) error { _, err := c.RestoreSnapshot(t.Context(), "a"); return err },
		"reset":   func(c *client.Client) error { _, err := c.Reset(t.Context(), api.ResetRequest{}); return err },
	} {
		if err := do(c); err != nil || time.Until(p.until) < 2*time.Minute {
			t.Errorf("%s: it is given up %v from now, %v", name, time.Until(p.until), err)
		}
	}
}

func TestAnExportOfAHundredMegabytesIsReadToItsEnd(t *testing.T) {
	c := dial(t, serve(t, http.NotFoundHandler()))
	c.Through(&patient{text: `"` + strings.Repeat("x", 100<<20) + `"`})
	if raw, err := c.Export(t.Context(), ""); err != nil || len(raw) != 100<<20+2 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
}
