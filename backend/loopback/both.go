package loopback

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// Both returns listeners that answer http and https on one port: a connection whose
// first byte begins a TLS handshake gets our certificate. A server that offers HTTP/2
// names it in its own TLSConfig too: it asks the connections that are TLS.
func Both(list []net.Listener, config *tls.Config) []net.Listener {
	out := make([]net.Listener, 0, len(list))
	for _, ln := range list {
		b := &both{
			Listener: ln, tls: config, came: make(chan arrived), done: make(chan struct{}), waiting: make(map[net.Conn]struct{}),
		}
		b.wg.Go(b.run)
		out = append(out, b)
	}
	return out
}

// both is one of them. Close ends it.
type both struct {
	net.Listener
	tls  *tls.Config
	wg   sync.WaitGroup
	came chan arrived
	done chan struct{}
	end  sync.Once

	mu      sync.Mutex
	waiting map[net.Conn]struct{} // whose first byte hasn't come
}

type arrived struct {
	conn net.Conn
	err  error
}

// firstByteTime is how long a connection may say nothing.
const firstByteTime = 5 * time.Second

// TLSHello is the first byte of a TLS handshake: RFC 8446, section 5.1.
const TLSHello = 0x16

func (b *both) run() {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			b.hand(arrived{err: err})
			if errors.Is(err, net.ErrClosed) {
				return
			}
			select {
			case <-b.done:
				return
			default:
				continue
			}
		}
		b.wg.Go(func() { b.look(conn) })
	}
}

// look waits for the first byte.
func (b *both) look(conn net.Conn) {
	if !b.wait(conn) {
		_ = conn.Close()
		return
	}
	first := make([]byte, 1)
	// A timer and no deadline by the clock: a clock that is set back would end every connection.
	late := time.AfterFunc(firstByteTime, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	_, err := conn.Read(first)
	if !late.Stop() && err == nil {
		err = os.ErrDeadlineExceeded // the timer may still be at work on the connection
	}
	b.mu.Lock()
	delete(b.waiting, conn)
	b.mu.Unlock()
	if err != nil {
		_ = conn.Close() // it never began to speak
		return
	}
	var again net.Conn = &unread{Conn: conn, first: first}
	if first[0] == TLSHello {
		again = tls.Server(again, b.tls)
	}
	b.hand(arrived{conn: again})
}

func (b *both) wait(conn net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.done:
		return false
	default:
		b.waiting[conn] = struct{}{}
		return true
	}
}

func (b *both) hand(a arrived) {
	select {
	case b.came <- a:
	case <-b.done:
		if a.conn != nil {
			_ = a.conn.Close()
		}
	}
}

// Accept implements net.Listener.
func (b *both) Accept() (net.Conn, error) {
	select {
	case a := <-b.came:
		return a.conn, a.err
	case <-b.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. Connections that have said nothing are closed.
func (b *both) Close() error {
	var err error
	b.end.Do(func() {
		b.mu.Lock()
		close(b.done)
		for conn := range b.waiting {
			_ = conn.Close()
		}
		b.mu.Unlock()
		err = b.Listener.Close()
		b.wg.Wait()
	})
	return err
}

// unread is a connection whose first byte is read again.
type unread struct {
	net.Conn
	first []byte
}

func (u *unread) Read(b []byte) (int, error) {
	if len(u.first) > 0 && len(b) > 0 {
		n := copy(b, u.first)
		u.first = u.first[n:]
		return n, nil
	}
	return u.Conn.Read(b)
}
