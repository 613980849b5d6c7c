package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/admin/admintest"
	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/httpapi"
)

func newDoor(lab *admintest.Door) *httpapi.Door {
	return &httpapi.Door{Admin: lab, Log: slog.New(slog.DiscardHandler)}
}

// call sends one request as the client does, but for what edit changes.
func call(h http.Handler, method, path, body string, edit func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://sting"+path, strings.NewReader(body))
	if method != "GET" {
		r.Header.Set("Content-Type", "application/json")
	}
	if edit != nil {
		edit(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func code(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var e api.Error
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatalf("the answer %q is no fault: %v", w.Body, err)
	}
	if e.Error == "" || e.Hint == "" || e.RequestID == "" || e.Help != "/help/"+e.ErrorCode {
		t.Errorf("the fault is not whole: %s", w.Body)
	}
	return e.ErrorCode
}

func concrete(path string) string {
	return strings.NewReplacer("{id}", "x1", "{name}", "site").Replace(path)
}

func TestTheDoorsRoutesAreSortedByPath(t *testing.T) {
	routes := newDoor(&admintest.Door{}).Routes()
	if !slices.IsSortedFunc(routes, func(a, b [2]string) int { return strings.Compare(a[1]+" "+a[0], b[1]+" "+b[0]) }) {
		t.Errorf("routes: %v", routes)
	}
}

func TestNoChangeOfTheDoorIsReachedFromAWebPage(t *testing.T) {
	pages := map[string]func(*http.Request){
		"a cross-site request":           func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another port of this host":      func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"an opaque origin":               func(r *http.Request) { r.Header.Set("Origin", "null") },
		"a foreign origin":               func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"the site's own origin":          func(r *http.Request) { r.Header.Set("Origin", "https://localhost:8443") },
		"an empty origin":                func(r *http.Request) { r.Header["Origin"] = []string{""} },
		"two values of where it is from": func(r *http.Request) { r.Header["Sec-Fetch-Site"] = []string{"none", "none"} },
		"a form": func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "none")
			r.Header.Set("Content-Type", "text/plain")
		},
		"no content type": func(r *http.Request) { r.Header.Del("Content-Type") },
	}
	lab := &admintest.Door{}
	door := newDoor(lab)
	tried := 0
	for _, route := range door.Routes() {
		if route[0] == "GET" {
			continue
		}
		for name, edit := range pages {
			tried++
			w := call(door.Handler(), route[0], concrete(route[1]), "{}", edit)
			if w.Code != http.StatusForbidden && w.Code != http.StatusUnsupportedMediaType {
				t.Errorf("%s %s as %s: %d, want 403 or 415", route[0], route[1], name, w.Code)
			}
			if c := code(t, w); c != "CROSS_ORIGIN" && c != "MEDIA_TYPE" {
				t.Errorf("%s %s as %s: %s", route[0], route[1], name, c)
			}
		}
	}
	if calls := lab.Calls(); len(calls) > 0 || tried < 8*9 {
		t.Errorf("after %d requests the lab was asked for %v", tried, calls)
	}
}

func TestNoPageReadsTheDoor(t *testing.T) {
	news := make(chan api.Event)
	close(news) // so that a stream that a page gets after all ends
	lab := &admintest.Door{News: news}
	door := newDoor(lab)
	for _, route := range door.Routes() {
		w := call(door.Handler(), "GET", concrete(route[1]), "", func(r *http.Request) { r.Header.Set("Origin", "https://localhost:8443") })
		if w.Code != http.StatusForbidden || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("GET %s: %d %v", route[1], w.Code, w.Header())
		}
	}
	if calls := lab.Calls(); len(calls) > 0 {
		t.Errorf("the lab was asked for %v", calls)
	}
}

func TestTheDoorAnswersForItsOwnHostsAlone(t *testing.T) {
	for host, want := range map[string]int{
		"sting": 200, "localhost": 200, "localhost:80": 200, "127.0.0.1": 200, "[::1]": 200,
		"evil.example": 421, "sting.evil.example": 421, "127.0.0.1.evil.example": 421, "": 421, "192.168.1.4": 421,
	} {
		w := call(newDoor(&admintest.Door{}).Handler(), "GET", "/v1/status", "", func(r *http.Request) {
			r.Host = host
			r.Header.Set("X-Forwarded-Host", "localhost")
		})
		if w.Code != want {
			t.Errorf("host %q: %d, want %d", host, w.Code, want)
		}
	}
}

func TestOverTCPTheDoorWantsItsTokenAndItsPort(t *testing.T) {
	lab := &admintest.Door{}
	door := newDoor(lab)
	door.Token = "correct horse"
	srv := httptest.NewServer(door.Handler())
	t.Cleanup(srv.Close)

	for name, c := range map[string]struct {
		token, host string
		want        int
	}{
		"the token":                {"Bearer correct horse", "", 200},
		"no token":                 {"", "", 401},
		"another token":            {"Bearer correct horsf", "", 401},
		"the token without a sort": {"correct horse", "", 401},
		"an empty token":           {"Bearer ", "", 401},
		"a basic one":              {"Basic correct horse", "", 401},
		"another port in Host":     {"Bearer correct horse", "127.0.0.1:1", 421},
		"the socket's host":        {"Bearer correct horse", "sting", 421},
		"a rebound name":           {"Bearer correct horse", "evil.example", 421},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/v1/status", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", c.token)
			if c.host != "" {
				req.Host = c.host
			}
			resp, err := srv.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != c.want {
				t.Errorf("status %d, want %d", resp.StatusCode, c.want)
			}
		})
	}
	if resp, err := srv.Client().Get(srv.URL + "/v1/status?token=correct+horse"); err != nil || resp.StatusCode != 401 {
		t.Errorf("a token in the URL: %v %v", resp, err)
	}
}

func TestWhatTheDoorDoesNotKnowIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		method, path, body string
		want               int
		code               string
	}{
		"an unknown member":                 {"POST", "/v1/clock", `{"by":"10m","bye":1}`, 400, "MALFORMED"},
		"a member in another case":          {"POST", "/v1/open", `{"Page":"login"}`, 400, "MALFORMED"},
		"a member of a request without any": {"POST", "/v1/stop", `{"force":true}`, 400, "MALFORMED"},
		"a member of a removal":             {"DELETE", "/v1/users/x1", `{"yes":true}`, 400, "MALFORMED"},
		"no JSON":                           {"POST", "/v1/clock", `by=10m`, 400, "MALFORMED"},
		"two values":                        {"POST", "/v1/clock", `{"by":"10m"}{}`, 400, "MALFORMED"},
		"an array":                          {"POST", "/v1/clock", `["10m"]`, 400, "MALFORMED"},
		"a wrong type":                      {"POST", "/v1/clock", `{"by":10}`, 400, "MALFORMED"},
		"too much":                          {"POST", "/v1/clock", `{"by":"` + strings.Repeat("x", 300<<10) + `"}`, 413, "TOO_LARGE"},
		"an unknown filter":                 {"GET", "/v1/users?name=ada", "", 400, "MALFORMED"},
		"a filter where there is no list":   {"GET", "/v1/status?limit=3", "", 400, "MALFORMED"},
		"a filter given twice":              {"GET", "/v1/users?q=a&q=b", "", 400, "MALFORMED"},
		"a limit of nothing":                {"GET", "/v1/users?limit=0", "", 400, "INVALID_FIELD"},
		"a limit beyond all bounds":         {"GET", "/v1/users?limit=1001", "", 400, "INVALID_FIELD"},
		"a limit in letters":                {"GET", "/v1/users?limit=ten", "", 400, "INVALID_FIELD"},
		"a query that can't be read":        {"GET", "/v1/users?q=%zz", "", 400, "MALFORMED"},
		"a number of lines below nothing":   {"GET", "/v1/services/site/logs?n=-1", "", 400, "INVALID_FIELD"},
		"more lines than there ever are":    {"GET", "/v1/services/all/logs?n=2001", "", 400, "INVALID_FIELD"},
		"a follower who can't decide":       {"GET", "/v1/services/all/logs?follow=maybe", "", 400, "INVALID_FIELD"},
		"a filter of another list":          {"GET", "/v1/services/all/logs?limit=3", "", 400, "MALFORMED"},
		"a member of a restart":             {"POST", "/v1/services/site/restart", `{"now":true}`, 400, "MALFORMED"},
		"an unknown address":                {"GET", "/v1/frobnicate", "", 404, "NOT_FOUND"},
		"an address above the version":      {"GET", "/", "", 404, "NOT_FOUND"},
		"a method that the address has not": {"PATCH", "/v1/users/x1", "{}", 405, "METHOD"},
		"a method for a list":               {"POST", "/v1/users", "{}", 405, "METHOD"},
	} {
		t.Run(name, func(t *testing.T) {
			lab := &admintest.Door{}
			w := call(newDoor(lab).Handler(), c.method, c.path, c.body, nil)
			if got := code(t, w); w.Code != c.want || got != c.code {
				t.Errorf("got %d %s, want %d %s", w.Code, got, c.want, c.code)
			}
			if calls := lab.Calls(); len(calls) > 0 {
				t.Errorf("the lab was asked for %v", calls)
			}
		})
	}
}

func TestARefusedAddressOfTheDoorNamesThoseThatThereAre(t *testing.T) {
	hint := call(newDoor(&admintest.Door{}).Handler(), "GET", "/v1/frobnicate", "", nil).Body.String()
	for _, address := range []string{"/v1/status", "/v1/users", "/v1/ceremonies", "/v1/doctor", "/v1/snapshots", "/v1/window"} {
		if strings.Count(hint, address+",") != 1 && strings.Count(hint, address+".") != 1 {
			t.Errorf("%s is not named once in %s", address, hint)
		}
	}
}

func TestAMethodThatIsRefusedNamesThoseThatAreNot(t *testing.T) {
	w := call(newDoor(&admintest.Door{}).Handler(), "POST", "/v1/passkeys/x1", "{}", nil)
	if got := w.Header().Get("Allow"); got != "DELETE, GET, PUT" {
		t.Errorf("Allow: %q", got)
	}
}

func TestListsAreItemsAndWhatComesNext(t *testing.T) {
	lab := &admintest.Door{People: []api.Person{
		{ID: "1", Email: "ada@example.org", Traits: []byte(`{}`)}, {ID: "2", Email: "alan@example.org", Traits: []byte(`{}`)},
	}}
	door := newDoor(lab).Handler()
	var got api.Page[api.Person]
	if err := json.Unmarshal(call(door, "GET", "/v1/users?limit=1&q=example", "", nil).Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if want := (api.Page[api.Person]{Items: lab.People[:1], Next: "ada@example.org"}); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	if empty := call(door, "GET", "/v1/passkeys", "", nil).Body.String(); strings.TrimSpace(empty) != `{"items":[],"next":""}` {
		t.Errorf("an empty list: %s", empty)
	}
}

func TestAFaultOfTheLabKeepsItsKindCodeAndField(t *testing.T) {
	lab := &admintest.Door{Fails: map[string]error{
		"MoveClock":  fault.ErrInvalidField.In("by"),
		"RemoveUser": fmt.Errorf("remove: %w", fault.ErrStoreUnavailable),
		"Stop":       fmt.Errorf("secret path"),
	}}
	door := newDoor(lab).Handler()
	w := call(door, "POST", "/v1/clock", `{"by":"soon"}`, nil)
	if w.Code != 400 || !strings.Contains(w.Body.String(), `"field":"by"`) {
		t.Errorf("clock: %d %s", w.Code, w.Body)
	}
	if w := call(door, "DELETE", "/v1/users/x1", "", nil); w.Code != 503 || code(t, w) != "STORE_UNAVAILABLE" {
		t.Errorf("users: %d %s", w.Code, w.Body)
	}
	if w := call(door, "POST", "/v1/stop", "", nil); w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("stop: %d %s", w.Code, w.Body)
	}
}

func TestTheNewsArriveWhileTheyHappen(t *testing.T) {
	lab := &admintest.Door{News: make(chan api.Event)}
	door := newDoor(lab)
	door.Streams, door.Beat = 1, time.Millisecond
	srv := httptest.NewUnstartedServer(door.Handler())
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	srv.Start()
	t.Cleanup(srv.Close)

	ctx, cancel := context.WithCancel(t.Context())
	follow := func(ctx context.Context) *http.Response {
		req, err := http.NewRequestWithContext(ctx, "GET", srv.URL+"/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	first := follow(ctx)
	if got := first.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("content type %q", got)
	}
	if second := follow(t.Context()); second.StatusCode != 429 || second.Header.Get("Retry-After") == "" {
		t.Errorf("one stream too many: %s %v", second.Status, second.Header)
	}

	lines := bufio.NewScanner(first.Body)
	beats := 0
	for beats < 100 && lines.Scan() { // longer than the server's deadlines
		if strings.HasPrefix(lines.Text(), ": still") {
			beats++
		}
	}
	go func() { lab.News <- api.Event{Topic: "sessions", ID: "s1", What: "created"} }()
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "data:") {
	}
	if got := lines.Text(); got != `data: {"topic":"sessions","id":"s1","what":"created"}` {
		t.Errorf("news: %q (%v)", got, lines.Err())
	}

	cancel()
	for follow(t.Context()).StatusCode == 429 { // until the door has seen that the first is gone
	}
}
