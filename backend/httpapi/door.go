package httpapi

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"sting/backend/admin"
	"sting/backend/fault"
	"sting/backend/loopback"
	"sting/backend/origin"
)

// The faults of the door.
var (
	errDoorToken = fault.New(fault.Unauthenticated, "DOOR_TOKEN", "The admin door wants its token.",
		"Send Authorization: Bearer with the content of door.token in the home folder.")
	errDoorBrowser = loopback.ErrCrossOrigin.Saying("The admin door answers no web page.").
			Hinting("Use the terminal (`sting help`), or a program that sends no Origin header.").Running("sting help")
	errQuery = fault.ErrMalformed.Hinting("Lists read limit, after and q, logs n and follow; most other addresses read no query.")
)

// Door serves the verbs of the admin door under /v1/: CONTRACT section 9. It is
// its own mux on its own listener, and nothing of it hangs on a cookie. The
// requests of a stream end with the server's base context.
type Door struct {
	Admin   admin.Caller
	Log     *slog.Logger
	Token   string        // what a request over TCP has to show; "" on the socket, which only its owner can open
	Streams int           // how many event streams there may be at once; 0: 16
	Beat    time.Duration // how often a stream without news shows that it lives; 0: 15 seconds

	open atomic.Int64 // streams
}

// Handler returns the whole door.
func (d *Door) Handler() loopback.Guarded {
	a := d.answerer()
	m := http.NewServeMux()
	m.Handle("/", a.do(func(http.ResponseWriter, *http.Request) error {
		return errNoRoute.Hinting("The admin door answers at %s.", d.addresses())
	}))
	allow := make(map[string][]string)
	for _, r := range d.routes() {
		m.Handle(r.method+" "+r.path, a.do(d.serve(r)))
		allow[r.path] = append(allow[r.path], r.method)
	}
	for path, methods := range allow {
		m.Handle(path, a.do(func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			return errMethod
		}))
	}
	return loopback.Guarded{Handler: tagRequest(d.frame().Wrap(chain(m, a.survive, d.known)))}
}

// addresses names what the door answers at, without what follows an id.
func (d *Door) addresses() string {
	var all []string
	for _, r := range d.routes() {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.path, "/v1/"), "/")
		all = append(all, "/v1/"+name)
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(all))), ", ")
}

func (d *Door) answerer() answerer { return answerer{log: d.Log} }

// frame is the door's: no page comes in, whichever it is of (THREATS T02 and T19).
// On the socket the name is that of the client, and there is no port.
func (d *Door) frame() loopback.Frame {
	return loopback.Frame{
		Answers: func(r *http.Request, at origin.Origin) bool {
			if d.Token != "" {
				return loopback.Here(r, at)
			}
			return at.Host == "sting" || loopback.IsName(at.Host)
		},
		Rule:    func(*http.Request) loopback.Rule { return loopback.Rule{} },
		Headers: headers, Most: admin.Import.Most + maxDrained, // each verb reads less
		Refuse: func(w http.ResponseWriter, r *http.Request, why *fault.Error) {
			switch why {
			case loopback.ErrHost:
				why = why.Hinting("Call the admin door at the address that sting.lock names.")
			case loopback.ErrCrossOrigin:
				why = errDoorBrowser
			}
			d.answerer().fail(w, r, why)
		},
	}
}

// known refuses requests over TCP that don't show the token. The comparison
// takes the same time wherever two tokens differ.
func (d *Door) known(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.Token != "" {
			shown, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
			got, want := sha256.Sum256([]byte(shown)), sha256.Sum256([]byte(d.Token))
			if !bearer || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
				w.Header().Set("WWW-Authenticate", "Bearer")
				d.answerer().fail(w, r, errDoorToken)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
