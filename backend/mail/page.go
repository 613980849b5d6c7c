package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"time"

	"sting/backend/events"
)

const pageMissing = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Mailbox</title>
<h1>This build has no pages</h1>
<p>The mails are here all the same: <a href="/api/v1/messages">/api/v1/messages</a>, or <code>sting mail</code> in a terminal.
Build the pages with <code>build/run</code>.</p>`

// pagePolicy is what the mailbox's page may do. Mails are drawn in a frame of
// their own, which has a stricter one.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (a *API) page(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	document, err := fs.ReadFile(a.Pages, "mail.html")
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		document = []byte(pageMissing)
	}
	_, _ = w.Write(document) // the client is told, or gone
	return nil
}

// file finds a file of the built frontend.
func (a *API) file(w http.ResponseWriter, _ *http.Request, name string, send func([]byte)) error {
	b, err := fs.ReadFile(a.Pages, name)
	if err != nil {
		return &problem{status: http.StatusNotFound, text: "File not found\n", named: true}
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	send(b)
	return nil
}

// Limits of the streams of news.
const (
	maxStreams = 32
	beat       = 15 * time.Second
)

// events tells the page what changed, as server-sent events, until it goes or
// the lab ends.
func (a *API) events(w http.ResponseWriter, r *http.Request) error {
	if a.streams.Add(1) > maxStreams {
		a.streams.Add(-1)
		return &problem{status: http.StatusTooManyRequests, text: "Error: too many pages follow the mailbox"}
	}
	defer a.streams.Add(-1)
	control := http.NewResponseController(w)
	for _, lift := range []func(time.Time) error{control.SetReadDeadline, control.SetWriteDeadline} {
		if err := lift(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return fmt.Errorf("lift deadline: %w", err)
		}
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	news := events.Subscribe[Changed](ctx, a.Bus)
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for say := ": the mailbox\n\n"; ; {
		if _, err := io.WriteString(w, say); err != nil {
			return nil
		}
		if err := control.Flush(); err != nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			say = ": still here\n\n"
		case e := <-news.C:
			b, err := json.Marshal(map[string]string{"id": e.ID, "what": e.What})
			if err != nil {
				return fmt.Errorf("encode: %w", err)
			}
			say = "data: " + string(b) + "\n\n"
		}
	}
}
