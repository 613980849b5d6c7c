package service

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Line is one line of a log.
type Line struct {
	At      time.Time
	Service string // "" for the lab as a whole
	Level   slog.Level
	Text    string // the message and its attributes, without time and level
}

// linesKept is how many lines the ring remembers of each service.
const linesKept = 1000

// LogRing remembers the last lines that each service logged, and hands every line
// on. A logger with the attribute "service" writes into that service's pages.
type LogRing struct {
	next slog.Handler

	mu    sync.Mutex
	pages map[string][]Line
	subs  map[chan Line]string // what each follower follows; "" for all
}

// NewLogRing returns a ring that hands lines on to next.
func NewLogRing(next slog.Handler) *LogRing {
	return &LogRing{next: next, pages: make(map[string][]Line), subs: make(map[chan Line]string)}
}

// Handler returns the handler that writes into the ring.
func (b *LogRing) Handler() slog.Handler { return &page{ring: b, next: b.next} }

// Lines returns the last n lines of a service, oldest first; of the whole lab
// for "".
func (b *LogRing) Lines(service string, n int) []Line {
	b.mu.Lock()
	defer b.mu.Unlock()
	lines := b.pages[service]
	return slices.Clone(lines[max(0, len(lines)-n):])
}

// Follow calls f with the last n lines of a service, of the whole lab for "",
// and then with each new one until ctx ends. Between the two none is missing; a
// follower that falls behind loses lines.
func (b *LogRing) Follow(ctx context.Context, service string, n int, f func(Line)) {
	c := make(chan Line, 256)
	b.mu.Lock()
	lines := b.pages[service]
	lines = slices.Clone(lines[max(0, len(lines)-n):])
	b.subs[c] = service
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(b.subs, c)
		b.mu.Unlock()
	}()
	for _, line := range lines {
		f(line)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case line := <-c:
			f(line)
		}
	}
}

// Write adds a line that came from somewhere else, such as another process.
func (b *LogRing) Write(l Line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, name := range []string{"", l.Service} {
		lines := append(b.pages[name], l)
		if len(lines) > 2*linesKept { // moved rarely, not at each line
			lines = slices.Clone(lines[len(lines)-linesKept:])
		}
		b.pages[name] = lines
		if l.Service == "" {
			break
		}
	}
	for c, want := range b.subs {
		if want == "" || want == l.Service {
			select {
			case c <- l:
			default:
			}
		}
	}
}

// page is the handler of one logger: the attributes that it always has are
// written out once.
type page struct {
	ring    *LogRing
	next    slog.Handler
	service string
	attrs   []slog.Attr
	group   string
}

// Enabled implements slog.Handler. The ring keeps Info and above, whatever the
// terminal shows.
func (p *page) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelInfo || p.next.Enabled(ctx, l)
}

// Handle implements slog.Handler.
func (p *page) Handle(ctx context.Context, r slog.Record) error {
	name := p.service
	var text bytes.Buffer
	h := slog.NewTextHandler(&text, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == "service") {
			return slog.Attr{}
		}
		return a
	}})
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "service" && p.group == "" {
			name = a.Value.String()
		}
		return true
	})
	if err := h.WithAttrs(p.attrs).Handle(ctx, r); err == nil {
		p.ring.Write(Line{At: r.Time, Service: name, Level: r.Level, Text: string(bytes.TrimSpace(text.Bytes()))})
	}
	if !p.next.Enabled(ctx, r.Level) {
		return nil
	}
	return p.next.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (p *page) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *p
	c.next = p.next.WithAttrs(attrs)
	c.attrs = append(slices.Clone(p.attrs), attrs...)
	for _, a := range attrs {
		if a.Key == "service" && p.group == "" {
			c.service = a.Value.String()
		}
	}
	return &c
}

// WithGroup implements slog.Handler.
func (p *page) WithGroup(name string) slog.Handler {
	c := *p
	c.next, c.group = p.next.WithGroup(name), name
	return &c
}
