// Package visitors remembers what comes to the site from outside: browsers and what
// they can do, the cookies of other programs, front ends and proxies that get
// something wrong, and handshakes that browsers refuse.
//
// Its one invariant: all of it is bounded, and forgotten when the lab ends; of a
// cookie only the name is kept, never the value.
package visitors

import (
	"bytes"
	"log/slog"
	"sync"
	"time"
)

// Visitors are those of one site. All exported fields are required.
type Visitors struct {
	Now     func() time.Time // the lab's clock, for what people read
	Machine func() time.Time // the machine's, for how long something is remembered
	Log     *slog.Logger     // of the site

	browsers browsers
	cookies  cookies
	mistakes mistakes
	noticed  noticed
}

// again is after how long what was said once is said again.
const again = time.Hour

// mostCauses bounds what is remembered of things said.
const mostCauses = 100

// noticed remembers what was said, so that it is said once for each cause and while.
type noticed struct {
	mu   sync.Mutex
	said map[string]time.Time
}

// due reports whether it is time to say something of a cause.
func (n *noticed) due(cause string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if at, ok := n.said[cause]; ok && now.Sub(at).Abs() < again || len(n.said) >= mostCauses {
		return false
	}
	if n.said == nil {
		n.said = make(map[string]time.Time)
	}
	n.said[cause] = now
	return true
}

// Notice says what was seen at the site's door: in its log, once for each cause and
// while.
func (v *Visitors) Notice(cause, text string) {
	if v.noticed.due(cause, v.Machine()) {
		v.Log.Warn(text)
	}
}

// Handshakes reads what the server says of handshakes that failed: a browser that
// refuses the certificate says so in an alert (RFC 8446, section 6.2), and in no
// request.
type Handshakes struct{ *Visitors }

// Write implements io.Writer for the log of an http.Server.
func (h Handshakes) Write(line []byte) (int, error) {
	for _, alert := range []string{"unknown certificate authority", "unknown certificate", "bad certificate", "expired certificate"} {
		if bytes.Contains(line, []byte("remote error: tls: "+alert)) {
			h.Notice("tls "+alert, "A browser or a program refused the lab's certificate (tls: "+alert+"): it doesn't trust it. "+
				"Run `sting trust` and start the browser again; for another program, `sting cert` names the file to trust.")
			break
		}
	}
	h.Log.Debug(string(bytes.TrimSpace(line)))
	return len(line), nil
}
