package httpapi

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/loopback"
	"sting/backend/origin"
)

// The faults of the door.
var (
	errDoorToken = fault.New(fault.Unauthenticated, "DOOR_TOKEN", "The admin door wants its token.",
		"Send Authorization: Bearer with the content of door.token in the home folder.")
	errDoorBrowser = loopback.ErrCrossOrigin.Saying("The admin door answers no web page.").
			Hinting("Use the terminal (`sting help`), or a program that sends no Origin header.")
	errQuery = fault.ErrMalformed.Hinting("Lists read limit, after and q, logs n and follow; most other addresses read no query.")
)

// Door serves the verbs of the admin door under /v1/: CONTRACT section 9. It is
// its own mux on its own listener, and nothing of it hangs on a cookie. The
// requests of a stream end with the server's base context.
type Door struct {
	Admin   admin.Door
	Log     *slog.Logger
	Token   string        // what a request over TCP has to show; "" on the socket, which only its owner can open
	Streams int           // how many event streams there may be at once; 0: 16
	Beat    time.Duration // how often a stream without news shows that it lives; 0: 15 seconds

	open atomic.Int64 // streams
}

// doorRoute is one address of the door.
type doorRoute struct {
	method, path string
	query        string // the members of the query that it reads
	handle       handler
}

// listQuery is what a list reads.
const listQuery = "after limit q"

// routes are the addresses of the door, sorted, all of them.
func (d *Door) routes() []doorRoute {
	return []doorRoute{
		{"GET", "/v1/browsers", "", d.browsers},
		{"GET", "/v1/ceremonies", listQuery + " follow", d.listCeremonies},
		{"GET", "/v1/ceremonies/{id}", "", d.ceremony},
		{"GET", "/v1/certificate", "", d.certificate},
		{"GET", "/v1/clock", "", d.clock},
		{"POST", "/v1/clock", "", d.moveClock},
		{"GET", "/v1/config", "", d.config},
		{"GET", "/v1/doctor", "check follow", d.doctor},
		{"POST", "/v1/doctor/fix", "", d.doctorFix},
		{"GET", "/v1/events", "", d.events},
		{"POST", "/v1/explain", "", d.explain},
		{"GET", "/v1/export", "format", d.export},
		{"POST", "/v1/import", "", d.importState},
		{"DELETE", "/v1/mail", "", d.clearMails},
		{"GET", "/v1/mail", listQuery, d.listMails},
		{"DELETE", "/v1/mail/{id}", "", d.removeMail},
		{"GET", "/v1/mail/{id}", "", d.mail},
		{"POST", "/v1/mail/{id}/code", "", d.mailCode},
		{"POST", "/v1/mail/{id}/wait", "", d.waitMail},
		{"POST", "/v1/mock", "", d.mock},
		{"POST", "/v1/open", "", d.openPage},
		{"GET", "/v1/passkeys", listQuery, d.listPasskeys},
		{"DELETE", "/v1/passkeys/{id}", "", d.removePasskey},
		{"GET", "/v1/passkeys/{id}", "", d.passkey},
		{"PUT", "/v1/passkeys/{id}", "", d.renamePasskey},
		{"GET", "/v1/passkeys/{id}/details", "", d.passkeyDetails},
		{"POST", "/v1/preflight", "", d.preflight},
		{"POST", "/v1/reset", "", d.reset},
		{"GET", "/v1/services/{name}/logs", "follow n", d.logs},
		{"POST", "/v1/services/{name}/restart", "", d.restartService},
		{"POST", "/v1/services/{name}/start", "", d.startService},
		{"POST", "/v1/services/{name}/stop", "", d.stopService},
		{"GET", "/v1/sessions", listQuery, d.listSessions},
		{"DELETE", "/v1/sessions/{id}", "", d.endSession},
		{"GET", "/v1/sessions/{id}", "", d.session},
		{"GET", "/v1/snapshots", "", d.snapshots},
		{"POST", "/v1/snapshots", "", d.saveSnapshot},
		{"DELETE", "/v1/snapshots/{id}", "", d.removeSnapshot},
		{"POST", "/v1/snapshots/{id}/restore", "", d.restoreSnapshot},
		{"GET", "/v1/status", "", d.status},
		{"POST", "/v1/stop", "", d.stop},
		{"POST", "/v1/trust", "", d.trust},
		{"GET", "/v1/users", listQuery, d.listUsers},
		{"DELETE", "/v1/users/{id}", "", d.removeUser},
		{"GET", "/v1/users/{id}", "", d.user},
		{"GET", "/v1/virtual", "", d.virtual},
		{"POST", "/v1/virtual", "", d.changeVirtual},
		{"POST", "/v1/window", "", d.callWindow},
	}
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
		m.Handle(r.method+" "+r.path, a.do(r.withQuery))
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

// withQuery answers unless the query has something that the address doesn't
// read: a filter with a typing error would list everything.
func (r doorRoute) withQuery(w http.ResponseWriter, req *http.Request) error {
	q, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil {
		return errQuery.Because(err)
	}
	for name, values := range q {
		if !slices.Contains(strings.Fields(r.query), name) {
			return errQuery.In(name).Saying("The query has a member that is not known here: %q.", name)
		}
		if len(values) > 1 {
			return errQuery.In(name).Saying("The query has %q more than once.", name)
		}
	}
	return r.handle(w, req)
}

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
		Headers: headers, Most: maxImport + maxDrained, // each verb reads less
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

// most things that a list may be asked for at once.
const longestList = 1000

// doorQuery reads what a list is asked for.
func doorQuery(r *http.Request) (api.Query, error) {
	v := r.URL.Query()
	q := api.Query{After: v.Get("after"), Q: v.Get("q")}
	if !v.Has("limit") {
		return q, nil
	}
	n, err := strconv.Atoi(v.Get("limit"))
	if err != nil || n < 1 || n > longestList {
		return q, fault.ErrInvalidField.In("limit").Saying("The limit of a list is a number from 1 to %d.", longestList)
	}
	q.Limit = n
	return q, nil
}

// doorRead decodes the body of a change into v. Unknown members are errors here.
func doorRead(w http.ResponseWriter, r *http.Request, v any) error {
	_, err := decode(w, r, v, true)
	return err
}

// doorNoBody refuses a body with anything in it.
func doorNoBody(w http.ResponseWriter, r *http.Request) error { return doorRead(w, r, &struct{}{}) }
