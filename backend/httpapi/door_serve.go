package httpapi

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"

	"sting/backend/admin"
	"sting/backend/fault"
	"sting/backend/loopback"
)

// doorRoute is one address of the door: a verb's, a stream's, or that of both.
type doorRoute struct {
	method, path string
	verb, stream *admin.Spec
}

// routes are the addresses of the door, sorted, all of them.
func (d *Door) routes() []doorRoute {
	var out []doorRoute
	for _, v := range admin.Table() {
		if n := len(out); n == 0 || out[n-1].method != v.Method || out[n-1].path != v.Path {
			out = append(out, doorRoute{method: v.Method, path: v.Path})
		}
		r := &out[len(out)-1]
		if v.Streams {
			r.stream = &v
		} else {
			r.verb = &v
		}
	}
	return out
}

// Routes returns method and path of every address of the door.
func (d *Door) Routes() [][2]string {
	var out [][2]string
	for _, r := range d.routes() {
		out = append(out, [2]string{r.method, r.path})
	}
	return out
}

// queried are the members of the query that the address reads.
func (r doorRoute) queried() []string {
	switch {
	case r.stream == nil:
		return r.verb.Queried()
	case r.verb == nil:
		return r.stream.Queried()
	}
	return append(r.verb.Queried(), "follow")
}

// known refuses a query that has something that the address doesn't read: a
// filter with a typing error would list everything.
func (r doorRoute) known(req *http.Request) (url.Values, error) {
	q, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil {
		return nil, errQuery.Because(err)
	}
	for name, values := range q {
		if !slices.Contains(r.queried(), name) {
			return nil, errQuery.In(name).Saying("The query has a member that is not known here: %q.", name)
		}
		if len(values) > 1 {
			return nil, errQuery.In(name).Saying("The query has %q more than once.", name)
		}
	}
	return q, nil
}

// following tells whether a request is for the stream of an address.
func (r doorRoute) following(q url.Values) (bool, error) {
	if r.stream == nil || r.verb == nil {
		return r.stream != nil, nil
	}
	switch q.Get("follow") {
	case "", "0", "false":
		return false, nil
	case "1", "true":
		return true, nil
	}
	return false, fault.ErrInvalidField.In("follow").Saying("follow is 1 or 0.")
}

// serve answers a verb, or tells a stream.
func (d *Door) serve(r doorRoute) handler {
	return func(w http.ResponseWriter, req *http.Request) error {
		q, err := r.known(req)
		if err != nil {
			return err
		}
		follows, err := r.following(q)
		if err != nil {
			return err
		}
		v := r.verb
		if follows {
			v = r.stream
		}
		in, err := doorInput(w, req, *v, q)
		if err != nil {
			return err
		}
		if follows {
			return d.follow(w, req, *v, in)
		}
		return d.answer(w, req, *v, in)
	}
}

func (d *Door) answer(w http.ResponseWriter, r *http.Request, v admin.Spec, in any) error {
	if v.Patience(in, 0) > 0 {
		if err := loopback.Unhurried(http.NewResponseController(w)); err != nil {
			return fault.ErrInternal.Because(err)
		}
	}
	out, err := d.Admin.Call(r.Context(), v, in)
	if err != nil {
		return err
	}
	return ok(w, out)
}

// doorInput reads what a verb is asked with. Unknown members are errors here.
func doorInput(w http.ResponseWriter, r *http.Request, v admin.Spec, q url.Values) (any, error) {
	if v.Most > 0 {
		return doorFile(w, r, v)
	}
	in := reflect.New(v.In)
	if v.Method != http.MethodGet {
		if _, err := decode(w, r, in.Interface(), true); err != nil {
			return nil, err
		}
	}
	if err := v.Place(in.Interface(), r.PathValue, q); err != nil {
		return nil, err
	}
	return in.Elem().Interface(), nil
}

// doorFile reads a body that is a file, whose members are not judged here.
func doorFile(w http.ResponseWriter, r *http.Request, v admin.Spec) (any, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, v.Most))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, errTooLarge.Saying("The %s is larger than %d MiB.", v.File, v.Most>>20).Hinting("%s", cmp.Or(v.Split, errTooLarge.Hint))
	}
	if err != nil {
		return nil, fault.ErrMalformed.Saying("The %s did not come in whole.", v.File).Because(err)
	}
	return json.RawMessage(raw), nil
}
