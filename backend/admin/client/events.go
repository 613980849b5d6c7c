package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"reflect"
	"time"

	"sting/backend/admin"
)

// Follow implements admin.Caller: it returns nil when ctx ends. The door says
// something every few seconds even where there is no news, so a stream that falls
// silent is broken too.
func (c *Client) Follow(ctx context.Context, v admin.Spec, in any, tell func(any)) error {
	stream, cancel := context.WithCancel(ctx)
	defer cancel()
	watch := time.AfterFunc(c.quiet, cancel)
	defer watch.Stop()

	resp, err := c.send(stream, v, in, "text/event-stream")
	if err != nil {
		return c.ended(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		raw, _ := io.ReadAll(io.LimitReader(resp.Body, longestLock))
		return refusal(resp, raw)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, longestEvent)
	var data []byte
	for lines.Scan() {
		watch.Reset(c.quiet)
		switch line := lines.Bytes(); {
		case len(line) == 0 && len(data) > 0:
			item := reflect.New(v.Out)
			if err := json.Unmarshal(data, item.Interface()); err != nil {
				return ErrDoorAnswer.Because(err)
			}
			data = data[:0]
			tell(item.Elem().Interface())
		case bytes.HasPrefix(line, []byte("data:")):
			data = append(data, bytes.TrimSpace(line[len("data:"):])...)
		}
	}
	err = lines.Err()
	if err == nil {
		err = io.EOF
	}
	return c.ended(ctx, err)
}

// longestEvent bounds one event of a stream, in bytes.
const longestEvent = 4 << 20

// ended says why a stream is over: nil when the caller's own ctx ended.
func (c *Client) ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return ErrNotAnswering.Saying("The lab's news ended.").
		Hinting("The lab stopped, or it is busy: `sting status` says which.").Running("sting status").Because(err)
}
