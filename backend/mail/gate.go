package mail

import (
	"bytes"
	"crypto/tls"
	"net"
	"sync"
	"time"

	"sting/backend/loopback"
)

// gate counts the connections of a catcher and closes them when it ends.
type gate struct {
	c *Catcher

	mu    sync.Mutex
	conns map[*guarded]struct{}
	full  bool // said so in the log since the last free place
}

func (g *gate) enter(conn *guarded) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conns == nil {
		g.conns = make(map[*guarded]struct{})
	}
	if len(g.conns) >= g.c.Connections {
		if !g.full {
			g.c.Log.Info("smtp: too many connections; more are sent away", "most", g.c.Connections)
		}
		g.full = true
		return false
	}
	g.full = false
	g.conns[conn] = struct{}{}
	return true
}

func (g *gate) leave(conn *guarded) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, conn)
}

func (g *gate) closeAll() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for conn := range g.conns {
		_ = conn.Conn.Close() // the client may have closed it already
	}
}

// guardedListener sends away who comes when all places are taken.
type guardedListener struct {
	net.Listener
	gate *gate
}

func (l guardedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		now := l.gate.c.Now()
		g := &guarded{Conn: conn, gate: l.gate, until: now.Add(l.gate.c.Life)}
		if l.gate.enter(g) {
			return g, nil
		}
		_ = conn.SetDeadline(now.Add(time.Second))
		_, _ = conn.Write([]byte("421 4.7.0 Too many connections; try again in a moment\r\n"))
		_ = conn.Close()
	}
}

// guarded is a connection that ends in time, and that closes where a client
// speaks HTTP or TLS instead of SMTP: a page can make a browser send a request
// here, with lines of SMTP in its body.
type guarded struct {
	net.Conn
	gate  *gate
	until time.Time
	once  sync.Once

	said sync.Once // the one line of the log that a client may cost

	mu      sync.Mutex
	begun   []byte // of the line that is being read, at most a few bytes
	skip    bool   // the rest of this line says nothing more
	payload bool   // the client sends a mail, or TLS: its lines are no commands
	chunks  bool   // the client speaks BDAT (RFC 3030): what follows can be anything
}

// complain writes a line to the log, once for each client.
func (g *guarded) complain(message string, facts ...any) {
	g.said.Do(func() {
		g.gate.c.Log.Info("smtp: "+message, append([]any{"from", g.RemoteAddr().String()}, facts...)...)
	})
}

// guardOf finds the guard of a connection, behind its TLS.
func guardOf(conn net.Conn) *guarded {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	g, _ := conn.(*guarded)
	return g
}

// SetReadDeadline keeps to the end of the connection's life.
func (g *guarded) SetReadDeadline(t time.Time) error {
	if t.IsZero() || t.After(g.until) {
		t = g.until
	}
	return g.Conn.SetReadDeadline(t)
}

// SetDeadline is what TLS handshakes use.
func (g *guarded) SetDeadline(t time.Time) error {
	if t.IsZero() || t.After(g.until) {
		t = g.until
	}
	return g.Conn.SetDeadline(t)
}

// Close gives the place back.
func (g *guarded) Close() error {
	g.once.Do(func() { g.gate.leave(g) })
	return g.Conn.Close()
}

// Read looks at the beginning of every line that is a command.
func (g *guarded) Read(b []byte) (int, error) {
	n, err := g.Conn.Read(b)
	if n > 0 && g.foreign(b[:n]) {
		g.complain("a client spoke another protocol")
		_ = g.Conn.SetWriteDeadline(g.gate.c.Now().Add(time.Second))
		_, _ = g.Conn.Write([]byte("554 5.5.1 This is a mail server; it speaks SMTP\r\n"))
		_ = g.Close()
		return 0, net.ErrClosed
	}
	return n, err
}

// Write learns from the server's answers what comes next: 354 asks for a mail,
// 220 after STARTTLS for a handshake.
func (g *guarded) Write(b []byte) (int, error) {
	if bytes.HasPrefix(b, []byte("550 5.0.0 Handshake")) {
		g.complain("a client gave up at STARTTLS", "why", "it doesn't trust the certificate, or has no version of TLS in common",
			"fix", "let it skip the verification (skip_ssl_verify=true), let it trust the lab's authority, or use the port without STARTTLS")
	}
	g.mu.Lock()
	switch {
	case bytes.HasPrefix(b, []byte("354 ")), bytes.HasPrefix(b, []byte("220 2.0.0 ")):
		g.payload = true
	case len(b) > 3 && b[0] >= '2' && b[0] <= '5' && b[3] == ' ' && g.payload: // no TLS record begins so: RFC 8446, section 5.1
		g.payload, g.begun, g.skip = false, nil, false
	}
	g.mu.Unlock()
	return g.Conn.Write(b)
}

// foreign reports whether a client's line begins as none of SMTP does.
func (g *guarded) foreign(b []byte) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range b {
		if g.payload || g.chunks {
			return false
		}
		switch {
		case c == '\n':
			g.begun, g.skip = g.begun[:0], false
			continue
		case g.skip:
			continue
		}
		g.begun = append(g.begun, c)
		if len(g.begun) == 1 && c == loopback.TLSHello {
			return true
		}
		if c == ' ' || len(g.begun) > longestVerb {
			if isVerb(g.begun) {
				return true
			}
			g.chunks = bytes.EqualFold(g.begun, []byte("BDAT "))
			g.skip = true
		}
	}
	return false
}

const longestVerb = len("CONNECT ")

// isVerb reports whether a line begins as a request of HTTP does.
func isVerb(b []byte) bool {
	switch string(bytes.ToUpper(b)) {
	case "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ", "PRI ":
		return true
	}
	return false
}
