package loopback

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"sting/backend/child"
	"sting/backend/fault"
)

// ErrPortTaken means that another program listens where the lab has to.
var ErrPortTaken = fault.New(fault.Conflict, "PORT_TAKEN", "A port of the lab is taken.",
	"End the program that holds it, or set another port in sting.yml.")

// Retry is how often a port that is taken is tried again.
const Retry = 5 * time.Second

// Listen opens a port on both loopback addresses; name is its key under ports in
// sting.yml. A machine without IPv6 goes on with IPv4 alone, and that is a warning.
// It returns ErrPortTaken, which names who holds the port.
func Listen(name string, port int) (list []net.Listener, warning string, err error) {
	at := strconv.Itoa(port)
	v4, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", at))
	if err != nil {
		return nil, "", portFault(name, port, err)
	}
	v6, err := net.Listen("tcp6", net.JoinHostPort("::1", at))
	switch {
	case err == nil:
		return []net.Listener{v4, v6}, "", nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, "", errors.Join(portFault(name, port, err), v4.Close())
	}
	warning = fmt.Sprintf("This machine has no IPv6 loopback address; port %d answers on 127.0.0.1 only (%v).", port, err)
	return []net.Listener{v4}, warning, nil
}

// Free returns why Listen could not have a port at this moment, nil where it could.
func Free(name string, port int) error {
	list, _, err := Listen(name, port)
	for _, ln := range list {
		_ = ln.Close() // nothing was served on it
	}
	return err
}

func portFault(name string, port int, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		holder, end := "another program", "End that program"
		if who, pid := Owner(port); who != "" {
			holder, end = fmt.Sprintf("%s (process %d)", who, pid), "End that program with `"+child.KillCommand(pid)+"`"
		}
		return ErrPortTaken.Saying("Port %d, which %s needs, is held by %s.", port, name, holder).
			Hinting("%s, or set another port: ports.%s in sting.yml (0 draws a free one).", end, name).Because(err)
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return ErrPortTaken.
			Saying("Port %d, which %s needs, can't be opened: no more files can be opened, and a port counts as one.", port, name).
			Hinting("Raise the limit in the shell that starts the lab (`ulimit -n 4096`), then start it again. The port itself is free.").
			Because(err)
	case errors.Is(err, syscall.EACCES):
		return ErrPortTaken.Saying("Port %d, which %s needs, may not be opened by you.", port, name).
			Hinting("Ports below 1024 need rights that the lab doesn't want. Set another: ports.%s in sting.yml.", name).Because(err)
	}
	return ErrPortTaken.Saying("Port %d, which %s needs, can't be opened.", port, name).Because(err)
}

// Bounds of every HTTP server of the lab: THREATS F27.
const (
	headerTime   = 5 * time.Second
	idleTime     = 2 * time.Minute
	maxHeader    = 32 << 10
	shutdownTime = 2 * time.Second
)

// ReadTime is how long a whole request may take to arrive at a listener that bounds
// it: all but the admin door do.
const ReadTime = 20 * time.Second

// Serve runs an HTTP server on listeners until ctx ends. Only what stands in a
// frame is served: THREATS T27.
func Serve(ctx context.Context, h Guarded, srv *http.Server, list []net.Listener) error {
	srv.Handler = h
	srv.ReadHeaderTimeout, srv.IdleTimeout, srv.MaxHeaderBytes = headerTime, idleTime, maxHeader
	srv.BaseContext = func(net.Listener) context.Context { return ctx }
	failed := make(chan error, len(list))
	for _, ln := range list {
		go func() { failed <- srv.Serve(ln) }()
	}
	var err error
	waiting := len(list)
	select {
	case <-ctx.Done():
	case err = <-failed:
		waiting--
	}
	bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if srv.Shutdown(bye) != nil {
		_ = srv.Close() // whoever still reads has had its time
	}
	for range waiting {
		<-failed
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
