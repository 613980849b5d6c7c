package virtual

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// conn speaks the Chrome DevTools Protocol over a pair of pipes: JSON messages,
// each ended by a zero byte. A pipe and no port: a debugging port of localhost
// would be open to every user of the machine, and whoever reaches it owns the
// browser.
type conn struct {
	to io.WriteCloser

	write sync.Mutex // one message at a time

	mu      sync.Mutex
	last    int64
	waiting map[int64]chan message // nil once the browser is gone
}

// message is a call, an answer or an event.
type message struct {
	ID      int64           `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *refusal        `json:"error,omitempty"`
}

// refusal is the protocol's own error.
type refusal struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

var errGone = errors.New("the browser is gone")

const (
	callTime       = 15 * time.Second // a browser that takes longer for an answer hangs
	longestMessage = 64 << 20         // bytes
)

func newConn(to io.WriteCloser) *conn {
	return &conn{to: to, waiting: make(map[int64]chan message)}
}

// read hands events to hear until the browser closes its end. hear must not
// call the browser and wait.
func (c *conn) read(from io.Reader, hear func(message)) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, longestMessage)
	lines.Split(untilZero)
	for lines.Scan() {
		var m message
		if json.Unmarshal(lines.Bytes(), &m) != nil {
			continue
		}
		if m.ID == 0 {
			hear(m)
			continue
		}
		c.mu.Lock()
		answer := c.waiting[m.ID]
		delete(c.waiting, m.ID)
		c.mu.Unlock()
		if answer != nil {
			answer <- m
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, answer := range c.waiting {
		close(answer)
	}
	c.waiting = nil
}

func untilZero(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return i + 1, data[:i], nil
	}
	return 0, nil, nil // what has no end is no message
}

// call sends a command to the browser, or to one page of it, and decodes the
// answer into out, which may be nil. It waits for callTime, or as long as ctx
// says.
func (c *conn) call(ctx context.Context, session, method string, params, out any) error {
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, callTime)
		defer cancel()
	}
	raw, err := json.Marshal(params)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	answer := make(chan message, 1)
	c.mu.Lock()
	if c.waiting == nil {
		c.mu.Unlock()
		return fmt.Errorf("%s: %w", method, errGone)
	}
	c.last++
	id := c.last
	c.waiting[id] = answer
	c.mu.Unlock()
	if err := c.send(message{ID: id, Session: session, Method: method, Params: raw}); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m, ok := <-answer:
		switch {
		case !ok:
			return fmt.Errorf("%s: %w", method, errGone)
		case m.Error != nil:
			return fmt.Errorf("%s: %s (%d)", method, m.Error.Message, m.Error.Code)
		case out == nil:
			return nil
		}
		return json.Unmarshal(m.Result, out)
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

func (c *conn) send(m message) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	c.write.Lock()
	defer c.write.Unlock()
	_, err = c.to.Write(append(raw, 0))
	return err
}
