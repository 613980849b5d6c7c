package mail

import (
	"context"
	"io/fs"
	"mime"
	"net/http"
	"path"

	"sting/backend/events"
	"sting/backend/loopback"
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

// maxStreams is how many pages may follow the mailbox at a time.
const maxStreams = 32

// events tells the page what changed, as server-sent events, until it goes or
// the lab ends.
func (a *API) events(w http.ResponseWriter, r *http.Request) error {
	if a.streams.Add(1) > maxStreams {
		a.streams.Add(-1)
		return &problem{status: http.StatusTooManyRequests, text: "Error: too many pages follow the mailbox"}
	}
	defer a.streams.Add(-1)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	news := events.Subscribe[Changed](ctx, a.Bus)
	s, err := loopback.Begin(ctx, w, loopback.Beat, cancel)
	if err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			s.Wait()
			return nil
		case e := <-news.C:
			s.Send(map[string]string{"id": e.ID, "what": e.What})
		}
	}
}
