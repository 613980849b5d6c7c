package backend

import (
	"bytes"
	"sync"
	"time"
)

// again is after how long what was said once is said again.
const again = time.Hour

// mostCauses bounds what is remembered of things said.
const mostCauses = 100

// onceAWhile remembers what was said, so that it is said once for each cause and while.
type onceAWhile struct {
	mu   sync.Mutex
	said map[string]time.Time
}

// due reports whether it is time to say something of a cause.
func (o *onceAWhile) due(cause string, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at, ok := o.said[cause]; ok && now.Sub(at).Abs() < again || len(o.said) >= mostCauses {
		return false
	}
	if o.said == nil {
		o.said = make(map[string]time.Time)
	}
	o.said[cause] = now
	return true
}

// noticed says what was seen at the site's door: in its log, once for each cause and
// while.
func (p *parts) noticed(cause, text string) {
	if p.saidOnce.due(cause, p.lab.clock.Machine()) {
		p.lab.logOf("site").Warn(text)
	}
}

// handshakes reads what the server says of handshakes that failed: a browser that
// refuses the certificate says so in an alert (RFC 8446, section 6.2), and in no request.
type handshakes struct{ parts *parts }

// Write implements io.Writer for the log of an http.Server.
func (h handshakes) Write(line []byte) (int, error) {
	p := h.parts
	for _, alert := range []string{"unknown certificate authority", "unknown certificate", "bad certificate", "expired certificate"} {
		if bytes.Contains(line, []byte("remote error: tls: "+alert)) {
			p.noticed("tls "+alert, "A browser or a program refused the lab's certificate (tls: "+alert+"): it doesn't trust it. "+
				"Run `sting trust` and start the browser again; for another program, `sting cert` names the file to trust.")
			break
		}
	}
	p.lab.logOf("site").Debug(string(bytes.TrimSpace(line)))
	return len(line), nil
}
