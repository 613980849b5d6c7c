package backend

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"sting/backend/child"
	"sting/backend/config"
	"sting/backend/fault"
	"sting/backend/loopback"
)

// ErrPortTaken means that another program listens where the lab has to.
var ErrPortTaken = fault.New(fault.Conflict, "PORT_TAKEN", "A port of the lab is taken.",
	"End the program that holds it, or set another port in sting.yml.")

// listenOn opens a port on both loopback addresses. A machine without IPv6 goes
// on with IPv4 alone, and that is a warning.
func listenOn(name string, port config.Port) (list []net.Listener, warning string, err error) {
	v4, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", port.String()))
	if err != nil {
		return nil, "", portFault(name, port, err)
	}
	v6, err := net.Listen("tcp6", net.JoinHostPort("::1", port.String()))
	switch {
	case err == nil:
		return []net.Listener{v4, v6}, "", nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, "", errors.Join(portFault(name, port, err), v4.Close())
	}
	return []net.Listener{v4}, fmt.Sprintf("This machine has no IPv6 loopback address; port %s answers on 127.0.0.1 only (%v).", port, err), nil
}

func portFault(name string, port config.Port, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		holder, end := "another program", "End that program"
		if who, pid := portOwner(int(port)); who != "" {
			holder, end = fmt.Sprintf("%s (process %d)", who, pid), "End that program with `"+child.KillCommand(pid)+"`"
		}
		return ErrPortTaken.Saying("Port %s, which %s needs, is held by %s.", port, name, holder).
			Hinting("%s, or set another port: ports.%s in sting.yml (0 draws a free one).", end, name).Because(err)
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return ErrPortTaken.Saying("Port %s, which %s needs, can't be opened: no more files can be opened, and a port counts as one.", port, name).
			Hinting("Raise the limit in the shell that starts the lab (`ulimit -n 4096`), then start it again. The port itself is free.").Because(err)
	case errors.Is(err, syscall.EACCES):
		return ErrPortTaken.Saying("Port %s, which %s needs, may not be opened by you.", port, name).
			Hinting("Ports below 1024 need rights that the lab doesn't want. Set another: ports.%s in sting.yml.", name).Because(err)
	}
	return ErrPortTaken.Saying("Port %s, which %s needs, can't be opened.", port, name).Because(err)
}

// longestSocket is how long the path of a Unix socket may be everywhere.
const longestSocket = 100

// listenDoor opens the admin door: a socket in the home folder, or, where its
// path would be too long, in a folder of its own under the temporary one.
func listenDoor(home string) (net.Listener, error) {
	path := filepath.Join(home, "admin.sock")
	if len(path) > longestSocket {
		dir, err := os.MkdirTemp("", "sting-")
		if err != nil {
			return nil, ErrHomeUnusable.Because(err)
		}
		path = filepath.Join(dir, "admin.sock")
	}
	// The lock is ours, so a socket that is there was left by a lab that died.
	if fi, err := os.Lstat(path); err == nil && fi.Mode().Type() == os.ModeSocket {
		if err := os.Remove(path); err != nil {
			return nil, ErrHomeUnusable.Because(err)
		}
	}
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, ErrHomeUnusable.Saying("The admin door can't be opened.").Because(err)
	}
	// The folder is 0700 from the start, so nobody else could have come in before.
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(ErrHomeUnusable.Because(err), ln.Close())
	}
	return ln, nil
}

// Bounds of every HTTP server of the lab: THREATS F27.
const (
	headerTime   = 5 * time.Second
	readTime     = 20 * time.Second
	idleTime     = 2 * time.Minute
	maxHeader    = 32 << 10
	shutdownTime = 2 * time.Second
)

// serve runs an HTTP server on listeners until ctx ends. Only what stands in a
// frame is served: THREATS T27.
func serve(ctx context.Context, h loopback.Guarded, srv *http.Server, list []net.Listener) error {
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
