package mail

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/loopback"
)

// API is the mailbox over HTTP: the page at /, the routes of Mailpit's API with
// its bodies, statuses and error texts, and two of our own: /code/{id} and
// /events. All fields are required.
type API struct {
	Box       *Mailbox
	Bus       *events.Bus
	Log       *slog.Logger
	Pages     fs.FS         // the built frontend, with mail.html
	Origin    func() string // of the site, where codes are typed
	Version   string
	StartedAt time.Time
	Now       func() time.Time // the machine's

	streams atomic.Int64
	sending chan struct{}
}

// route is an address of the API.
type route struct {
	pattern string
	handle  func(http.ResponseWriter, *http.Request) error
}

func (a *API) routes() []route {
	return []route{
		{"GET /{$}", a.page},
		{"GET /api/v1/info", a.info},
		{"GET /api/v1/message/{id}", a.message},
		{"GET /api/v1/message/{id}/headers", a.headers},
		{"GET /api/v1/message/{id}/part/{part}", a.part},
		{"GET /api/v1/message/{id}/raw", a.raw},
		{"DELETE /api/v1/messages", a.remove},
		{"GET /api/v1/messages", a.messages},
		{"PUT /api/v1/messages", a.setRead},
		{"DELETE /api/v1/search", a.removeFound},
		{"GET /api/v1/search", a.search},
		{"POST /api/v1/send", a.send},
		{"GET /api/v1/tags", a.tags},
		{"PUT /api/v1/tags", a.setTags},
		{"DELETE /api/v1/tags/{tag}", a.removeTag},
		{"PUT /api/v1/tags/{tag}", a.renameTag},
		{"GET /api/v1/webui", a.webUI},
		{"GET /assets/{file}", a.asset},
		{"GET /code/{id}", a.code},
		{"GET /events", a.events},
		{"GET /livez", alive},
		{"GET /readyz", a.ready},
		{"GET /view/{file}", a.view},
	}
}

// Routes returns method and path of every address.
func (a *API) Routes() [][2]string {
	var out [][2]string
	for _, r := range a.routes() {
		method, path, _ := strings.Cut(r.pattern, " ")
		out = append(out, [2]string{method, path})
	}
	return out
}

// Handler returns the whole mailbox.
func (a *API) Handler() loopback.Guarded {
	a.sending = make(chan struct{}, maxSending)
	m := http.NewServeMux()
	m.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { text(w, http.StatusNotFound, "File not found\n") })
	for _, r := range a.routes() {
		m.HandleFunc(r.pattern, func(w http.ResponseWriter, req *http.Request) {
			if err := r.handle(w, req); err != nil {
				a.fail(w, req, err)
			}
		})
	}
	return frame.Wrap(m)
}

// frame is the mailbox's: its own page changes it, and any program; a link leads
// to it, and no page of another origin reads a mail (THREATS T01, T19, T27).
var frame = loopback.Frame{
	Rule: func(*http.Request) loopback.Rule { return loopback.Rule{Links: true, Types: loopback.Original} },
	Headers: map[string]string{
		"Content-Security-Policy":    "default-src 'none'; frame-ancestors 'none'; sandbox",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Referrer-Policy":            "no-referrer",
		"Cache-Control":              "no-store",
	},
	Most: maxSend,
	Refuse: func(w http.ResponseWriter, _ *http.Request, why *fault.Error) {
		said := why.Message + " " + why.Hint
		if why == loopback.ErrCrossOrigin {
			said = "another site tried to use the mailbox. Its own page does, and programs that are no browsers."
		}
		text(w, loopback.Status(why), "Error: "+said)
	},
}

// problem is an answer that isn't 200, in Mailpit's way.
type problem struct {
	status int
	text   string
	json   bool // {"Error": text}
	named  bool // with the charset in the type
}

func (p *problem) Error() string { return p.text }

func refused(format string, args ...any) error {
	return &problem{status: http.StatusBadRequest, text: "Error: " + fmt.Sprintf(format, args...)}
}

// fail answers with an error. Mailpit's are text.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	if p, ok := errors.AsType[*problem](err); ok {
		switch {
		case p.json:
			_ = answer(w, p.status, map[string]string{"Error": p.text}) // the client is told, or gone
		case p.named:
			text(w, p.status, p.text)
		default:
			plainText(w, p.status, p.text)
		}
		return
	}
	if errors.Is(err, ErrNotFound) {
		plainText(w, http.StatusNotFound, "404 page not found")
		return
	}
	f := fault.From(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		a.Log.Error("mailbox: request failed", "path", r.URL.Path, "err", err)
	}
	plainText(w, http.StatusInternalServerError, "Error: "+f.Message)
}

func alive(w http.ResponseWriter, _ *http.Request) error {
	w.WriteHeader(http.StatusOK)
	return nil
}

func (a *API) ready(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.Box.List(r.Context(), nil, 0, 0); err != nil {
		return err
	}
	return alive(w, r)
}

func text(w http.ResponseWriter, status int, s string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, s) // the client is told, or gone
}

func plainText(w http.ResponseWriter, status int, s string) {
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, s) // the client is told, or gone
}

func done(w http.ResponseWriter) error {
	plainText(w, http.StatusOK, "ok")
	return nil
}

func answer(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b) // the client is told, or gone
	return nil
}

// Most bytes of a request's body.
const (
	maxBody = 1 << 20
	maxSend = 20 << 20
)

// body reads a JSON object into v. Nothing at all leaves v as it is.
func body(w http.ResponseWriter, r *http.Request, most int64, v any) error {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		return refused("%v", err)
	}
	if len(b) == 0 {
		return nil
	}
	if err := json.Unmarshal(b, v); err != nil {
		return refused("%v", err)
	}
	return nil
}
