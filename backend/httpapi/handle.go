// Package httpapi puts the lab on the wire: the site (HTTPS, cookies, pages) and
// the admin door. It decides nothing: it decodes, delegates and encodes.
package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"

	"sting/backend/admin"
	"sting/backend/fault"
	"sting/backend/loopback"
)

// maxBody is how many bytes of a request are read: CONTRACT section 8.
const maxBody = 256 << 10

// maxDrained is how many bytes of a request that is too large are thrown away
// before it is refused.
const maxDrained = 64 << 20

// The faults of the wire itself.
var (
	errTooLarge = fault.New(fault.TooLarge, "TOO_LARGE", "The request is larger than 256 KiB.",
		"Send less: no ceremony needs as much.")
	errMethod = fault.New(fault.Method, "METHOD", "This address does not answer to this method.",
		"The Allow header lists the methods it answers to.")
	errNoRoute = fault.New(fault.NotFound, "NOT_FOUND", "There is no such address.",
		"Check the path; the README lists them.")
)

// handler answers a request, or returns why it can't. It writes nothing when it
// returns an error.
type handler func(w http.ResponseWriter, r *http.Request) error

// answerer turns handlers into http.Handlers. It is the only place where an
// error becomes a response.
type answerer struct {
	log   *slog.Logger
	blame func(r *http.Request, why *fault.Error) *fault.Error // tells whose mistake it was; nil: nobody's
}

func (a answerer) do(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			a.fail(w, r, err)
		}
	})
}

var statuses = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusBadRequest,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Method:          http.StatusMethodNotAllowed,
	fault.Conflict:        http.StatusConflict,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.MediaType:       http.StatusUnsupportedMediaType,
	fault.Misdirected:     http.StatusMisdirectedRequest,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

func (a answerer) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(r.Context().Err(), context.Canceled) {
		return // nobody reads the answer
	}
	f := fault.From(err)
	if a.blame != nil {
		if blamed := a.blame(r, f); blamed != f {
			f, err = blamed, blamed
		}
	}
	a.note(r, err)
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds()+0.999)))
	}
	out := admin.Fault(f)
	out.RequestID = requestID(r.Context())
	encode(w, statuses[f.Kind], out)
}

// note writes a refusal into the log. What a page elsewhere gets wrong is looked for
// there with the page's origin and the host that it asked.
func (a answerer) note(r *http.Request, err error) {
	f := fault.From(err)
	level := slog.LevelInfo
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		level = slog.LevelError
	}
	facts := []any{"method", r.Method, "path", r.URL.Path, "code", f.Code, "request_id", requestID(r.Context()), "err", err}
	if f.CeremonyID != "" {
		facts = append(facts, "ceremony", f.CeremonyID)
	}
	if page := r.Header.Get("Origin"); page != "" && page != loopback.Itself(r) {
		facts = append(facts, "origin", page[:min(len(page), longestHost)], "hint", f.Hint)
	}
	if f.Kind == fault.Misdirected {
		facts = append(facts, "host", r.Host[:min(len(r.Host), longestHost)])
	}
	a.log.Log(r.Context(), level, "request refused", facts...)
}

func encode(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(true) // a browser that is made to read it as HTML finds no tag
	if err := e.Encode(v); err != nil {
		http.Error(w, `{"error":"The lab failed at this request.","error_code":"INTERNAL"}`, http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// ok answers 200 with v.
func ok(w http.ResponseWriter, v any) error {
	encode(w, http.StatusOK, v)
	return nil
}

// readBody returns the bytes of a request, which must say that they are JSON.
// Nothing at all counts as an empty object.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		// Whoever sends everything before reading would find the connection closed instead of the answer.
		_, _ = io.CopyN(io.Discard, r.Body, maxDrained)
		return nil, errTooLarge
	}
	if err != nil {
		return nil, fault.ErrMalformed.Because(fmt.Errorf("read body: %w", err))
	}
	if len(bytes.TrimSpace(b)) == 0 {
		b = []byte("{}")
	}
	return b, nil
}

// decode reads a JSON object into v. Unknown members are returned, or an error
// where strict.
func decode(w http.ResponseWriter, r *http.Request, v any, strict bool) (unknown []string, err error) {
	b, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(v); err != nil {
		return nil, notJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.ErrMalformed.Hinting("Something stands behind the JSON object.")
	}
	unknown, err = unknownMembers(b, v)
	if err != nil {
		return nil, err
	}
	if strict && len(unknown) > 0 {
		return nil, fault.ErrMalformed.In(unknown[0]).Saying("The request has a member that is not known here: %q.", unknown[0]).
			Hinting("Leave it out, or check its spelling.")
	}
	return unknown, nil
}

func notJSON(err error) error {
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if t.Field == "" {
			return fault.ErrMalformed.Saying("The request is not a JSON object.").Because(err)
		}
		return fault.ErrMalformed.In(t.Field).Saying("The member %q has the wrong type: a JSON %s.", t.Field, t.Value).Because(err)
	}
	return fault.ErrMalformed.Saying("The request is not valid JSON.").Because(err)
}

// unknownMembers lists the members of an object that v has no field for. A null
// or an array is no object.
func unknownMembers(b []byte, v any) ([]string, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil || members == nil {
		return nil, fault.ErrMalformed.Saying("The request is not a JSON object.")
	}
	known := jsonFields(v)
	var unknown []string
	for name := range members {
		if !known[name] {
			unknown = append(unknown, name)
		}
	}
	return unknown, nil
}

// survive turns a panic in a handler into a 500 with a request id: THREATS F29.
func (a answerer) survive(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			a.log.Error("handler panicked", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			a.fail(w, r, fault.ErrInternal.Because(fmt.Errorf("panic: %v", p)))
		}()
		next.ServeHTTP(w, r)
	})
}
