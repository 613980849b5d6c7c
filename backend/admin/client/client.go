// Package client reaches a running lab through its admin door: over the Unix
// socket that sting.lock names, or over loopback TCP with a token where there
// are no such sockets.
//
// Its one invariant: an error says which of three things happened. Nothing
// runs here (ErrNotRunning), something runs and doesn't answer
// (ErrNotAnswering), or the lab itself refused, with its own fault.
package client

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"runtime"
	"syscall"
	"time"

	"sting/backend/admin"
	"sting/backend/fault"
)

// The faults of this package.
var (
	ErrNotRunning = fault.New(fault.Unavailable, "NOT_RUNNING", "No lab runs with this home folder.",
		"Start it with `sting serve`, or name another home with --home.").Running("sting serve")
	ErrNotAnswering = fault.New(fault.Unavailable, "NOT_ANSWERING", "A lab runs here and its admin door doesn't answer.",
		"Try again in a moment. If it stays so, end the process that sting.lock names and start `sting serve` again.").
		Running("sting serve")
	ErrSuspended = fault.New(fault.Unavailable, "SUSPENDED", "A lab runs here and is suspended: Ctrl-Z or a signal stopped it.",
		"`fg` in its terminal lets it go on.")
	ErrDoorToken = fault.New(fault.Forbidden, "DOOR_TOKEN", "The token of the admin door can't be used.",
		"Restart the lab: it writes a new token.")
	ErrDoorAnswer = fault.New(fault.Internal, "DOOR_ANSWER", "The admin door gave an answer that can't be read.",
		"The running lab may be of another version than this command: compare `sting version` and `sting status -v`, then restart the lab.").
		Running("sting version")
)

// How long the door may take.
const (
	connectTime = 3 * time.Second
	answerTime  = 15 * time.Second
	silence     = 45 * time.Second
)

// Client is the admin door of a lab in another process. It is safe for
// concurrent use. Dial makes one.
type Client struct {
	admin.Door // every verb of which ends in Call or Follow

	lock  Lock
	base  string // "http://sting", or "http://127.0.0.1:1234"
	token string // "" over the socket
	http  *http.Client
	quiet time.Duration // an event stream that says nothing for so long is broken
}

var _ admin.Caller = (*Client)(nil)

// Dial finds the lab that runs with the home folder and connects to its door
// once. It returns ErrNotRunning where no lab runs, also where one was killed
// and left its sting.lock behind.
func Dial(home string) (*Client, error) {
	lock, err := ReadLock(home)
	if err != nil {
		return nil, err
	}
	addr, err := lock.address(home)
	if err != nil {
		return nil, err
	}
	c := &Client{lock: lock, base: "http://sting", quiet: silence}
	c.Door = admin.Door{Caller: c}
	if addr.network == "tcp" {
		c.base = "http://" + addr.address
		if c.token, err = readToken(home); err != nil {
			return nil, err
		}
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: connectTime}).DialContext(ctx, addr.network, addr.address)
	}
	c.http = &http.Client{
		Transport: &http.Transport{
			DialContext: dial, Proxy: nil, DisableCompression: true,
			TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
		},
		// The door sends nobody on: a redirect would carry the token elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	conn, err := dial(context.Background(), "", "")
	if err != nil {
		return nil, lock.unreachable(err)
	}
	if suspended(lock.PID) {
		return nil, errors.Join(ErrSuspended.Saying("A lab runs here (process %d) and is suspended: Ctrl-Z or a signal stopped it.", lock.PID).
			Hinting("`fg` in its terminal lets it go on, or `kill -CONT %d` in any other.", lock.PID), conn.Close())
	}
	return c, conn.Close()
}

// PID returns the process that the lab runs in.
func (c *Client) PID() int { return c.lock.PID }

// Build returns the version of the running lab, as it wrote it to sting.lock.
func (c *Client) Build() string { return c.lock.Build }

// Close closes the connections that are idle.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// unreachable says what a door that takes no connection means. Nobody listens:
// either the process is gone, or it is one that hasn't opened its door (yet).
func (l Lock) unreachable(err error) error {
	nobody := errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist)
	switch {
	case !nobody:
		return ErrNotAnswering.Because(err)
	case alive(l.PID):
		return ErrNotRunning.Hinting("sting.lock names process %d, which has opened no door. If a lab is just starting, try again in a moment; "+
			"if one was killed and another program has that number now, start `sting serve`.", l.PID).Running("sting serve").Because(err)
	default:
		return ErrNotRunning.Hinting("A lab (process %d) ended here without saying goodbye. Start it again with `sting serve`.", l.PID).
			Running("sting serve").Because(err)
	}
}

// alive reports whether a process has the number.
func alive(pid int) bool {
	if pid <= 0 {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	if runtime.GOOS == "windows" {
		return true // FindProcess has opened it
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
