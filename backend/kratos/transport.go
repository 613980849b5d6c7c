package kratos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"

	"sting/backend/session"
)

// mostAnswer bounds what is read of one answer, in bytes.
const mostAnswer = 1 << 20

var errTooLong = fmt.Errorf("the answer is longer than %d bytes", mostAnswer)

// fromKey is the key of the device for which a request is made.
type fromKey struct{}

func from(ctx context.Context, d session.Device) context.Context {
	return context.WithValue(ctx, fromKey{}, d)
}

// bounded carries requests: it says for whom, and reads answers to a limit.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if d, ok := r.Context().Value(fromKey{}).(session.Device); ok {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", d.UserAgent)
		if d.Address != "" {
			r.Header.Set("X-Forwarded-For", d.Address)
		}
	}
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &limited{ReadCloser: resp.Body, left: mostAnswer}
	return resp, nil
}

type limited struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, errTooLong
	}
	n, err := l.ReadCloser.Read(p[:min(len(p), l.left+1)])
	if l.left -= n; l.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

// InProcess returns a transport that asks a handler in this process: no port,
// no password on a wire. A handler that panics answers 500; one that is still
// at work when the request's context ends is left to end by itself.
func InProcess(h http.Handler) http.RoundTripper { return inProcess{h} }

type inProcess struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	in, err := served(r)
	if err != nil {
		return nil, err
	}
	done := make(chan *recorder, 1)
	go func() {
		w := &recorder{header: http.Header{}}
		defer func() {
			if p := recover(); p != nil {
				w = &recorder{header: http.Header{"Content-Type": {"text/plain"}}, status: http.StatusInternalServerError}
				fmt.Fprintf(&w.body, "panic: %v", p)
			}
			done <- w
		}()
		t.handler.ServeHTTP(w, in)
	}()
	select {
	case w := <-done:
		return w.response(r), nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// served turns a client's request into what a server would have read. The body
// is copied: the handler may outlive the request.
func served(r *http.Request) (*http.Request, error) {
	in := r.Clone(r.Context())
	in.Header = make(http.Header, len(r.Header))
	for name, values := range r.Header { // the generated client writes "cookie"; a server reads "Cookie"
		for _, v := range values {
			in.Header.Add(name, v)
		}
	}
	in.RequestURI, in.RemoteAddr, in.Host = r.URL.RequestURI(), "127.0.0.1:0", r.URL.Host
	if d, ok := r.Context().Value(fromKey{}).(session.Device); ok && d.Address != "" {
		in.RemoteAddr = net.JoinHostPort(d.Address, "0") // for whom it is asked; a header would be believed from nobody
	}
	in.Body = http.NoBody
	if r.Body == nil {
		return in, nil
	}
	body, err := io.ReadAll(r.Body)
	if err = errors.Join(err, r.Body.Close()); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	in.Body, in.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return in, nil
}

// recorder is an http.ResponseWriter that keeps everything.
type recorder struct {
	header http.Header
	sent   http.Header // as it was when the status was written
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status, w.sent = status, w.header.Clone()
	}
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

func (w *recorder) response(r *http.Request) *http.Response {
	if w.sent == nil {
		w.sent = w.header
	}
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.sent, Request: r,
		Body: io.NopCloser(bytes.NewReader(w.body.Bytes())), ContentLength: int64(w.body.Len()),
	}
}
