package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
)

// longestAnswer bounds what is read of an answer, in bytes: as much as an import
// takes, since an export comes back by it.
const longestAnswer = 256 << 20

// Call implements admin.Caller.
func (c *Client) Call(ctx context.Context, v admin.Spec, in any) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, v.Patience(in, answerTime))
	defer cancel()
	resp, err := c.send(ctx, v, in, "application/json")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, longestAnswer))
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	if resp.StatusCode >= 300 {
		return nil, refusal(resp, raw)
	}
	answer := reflect.New(v.Out)
	if err := json.Unmarshal(raw, answer.Interface()); err != nil {
		return nil, ErrDoorAnswer.Because(err)
	}
	return answer.Elem().Interface(), nil
}

func (c *Client) send(ctx context.Context, v admin.Spec, in any, accept string) (*http.Response, error) {
	body, err := v.Body(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, v.Method, c.base+v.Address(in), bytes.NewReader(body))
	if err != nil {
		return nil, fault.ErrMalformed.Because(err)
	}
	req.Header.Set("Accept", accept)
	if v.Method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	return resp, nil
}

// broken says what a call that got no answer means. A caller who gave up gets
// the reason they gave up for.
func (c *Client) broken(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ErrNotAnswering.Saying("The question was given up.").Because(context.Canceled)
	}
	var dialled interface{ Timeout() bool }
	if errors.As(err, &dialled) && dialled.Timeout() {
		return ErrNotAnswering.Because(err)
	}
	if f := c.lock.unreachable(err); errors.Is(f, ErrNotRunning) {
		return f
	}
	return ErrNotAnswering.Saying("The lab closed its admin door in the middle of an answer.").Because(err)
}

// refusal turns an answer of the door back into the fault that the lab
// returned: CONTRACT section 8.
func refusal(resp *http.Response, raw []byte) error {
	var e api.Error
	if json.Unmarshal(raw, &e) != nil || e.ErrorCode == "" {
		return ErrDoorAnswer.Hinting("The door answered %s. Another program may have taken its place: compare `sting version` and `sting "+
			"status -v`, then restart the lab.", resp.Status).
			Running("sting version")
	}
	f := &fault.Error{
		Kind: kindOf(resp.StatusCode), Code: e.ErrorCode, Message: e.Error, Hint: e.Hint,
		Field: e.Field, CeremonyID: e.CeremonyID,
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		f.RetryAfter = time.Duration(s) * time.Second
	}
	return f
}

// kindOf is the way back from a status to the kind that picked it.
func kindOf(status int) fault.Kind {
	switch status {
	case http.StatusUnauthorized:
		return fault.Unauthenticated
	case http.StatusForbidden:
		return fault.Forbidden
	case http.StatusNotFound:
		return fault.NotFound
	case http.StatusMethodNotAllowed:
		return fault.Method
	case http.StatusConflict:
		return fault.Conflict
	case http.StatusRequestEntityTooLarge:
		return fault.TooLarge
	case http.StatusUnsupportedMediaType:
		return fault.MediaType
	case http.StatusMisdirectedRequest:
		return fault.Misdirected
	case http.StatusTooManyRequests:
		return fault.TooMany
	case http.StatusServiceUnavailable:
		return fault.Unavailable
	}
	if status >= 400 && status < 500 {
		return fault.Invalid
	}
	return fault.Internal
}
