package watch

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"sting/backend/apps/watched"
	"sting/backend/tape"
)

// What is held of the requests of all pages, in memory and for a while.
const (
	longestBody = 1 << 20  // of a body that is looked into, in bytes
	bufferSize  = 16 << 20 // what the browser holds of answers, in bytes
	mostHeld    = 400      // requests
	mostLooked  = 80       // answers in which a challenge is looked for
)

// traffic is the latest requests, oldest first.
type traffic struct {
	list  []*exchange
	early []early
}

// early is what was said of a request's headers before the request itself: the browser
// promises no order.
type early struct {
	session, method string
	event           event
}

const mostEarly = 100

// wait keeps what comes early.
func (t *traffic) wait(session, method string, e event) {
	if method != "Network.requestWillBeSentExtraInfo" {
		return
	}
	t.early = append(t.early, early{session, method, e})
	t.early = t.early[max(0, len(t.early)-mostEarly):]
}

// arrived takes what came early of a request.
func (t *traffic) arrived(x *exchange) {
	for i, w := range t.early {
		if w.session == x.session && w.event.RequestID == x.id {
			x.sentCookies(w.event)
			t.early = slices.Delete(t.early, i, i+1)
			return
		}
	}
}

// exchange is one request and its answer.
type exchange struct {
	session, id string
	at          time.Time
	method, url string
	kind        string // of the resource: Document, Fetch, XHR ...
	form        bool
	sent        string // the body, while a ceremony is open
	encoding    string
	status      int
	location    string
	mime        string
	failed      string
	over        bool
	cookies     []string // names of those that were sent
	set         []string // and of those that the answer set
	blocked     []string
	of          *ceremony // whose answer it carries
}

func (t *traffic) find(session, id string) *exchange {
	for _, x := range slices.Backward(t.list) {
		if x.id == id && x.session == session {
			return x
		}
	}
	return nil
}

func (t *traffic) add(x *exchange) {
	t.list = append(t.list, x)
	if len(t.list) > mostHeld {
		t.list = slices.Delete(t.list, 0, len(t.list)-mostHeld)
	}
}

func (t *traffic) leave(session string) {
	t.list = slices.DeleteFunc(t.list, func(x *exchange) bool { return x.session == session })
}

func (t *traffic) forgetBodies() {
	for _, x := range t.list {
		x.sent = ""
	}
}

// event is what matters of the events of the domain Network.
type event struct {
	RequestID string   `json:"requestId"`
	Type      string   `json:"type"`
	Request   *request `json:"request"`
	Response  *answer  `json:"response"`
	Redirect  *answer  `json:"redirectResponse"`
	ErrorText string   `json:"errorText"`
	// of the events with more about the headers
	Cookies []struct {
		Cookie struct {
			Name string `json:"name"`
		} `json:"cookie"`
		Blocked []string `json:"blockedReasons"`
	} `json:"associatedCookies"`
	Refused []struct {
		Blocked []string `json:"blockedReasons"`
	} `json:"blockedCookies"`
	Headers map[string]string `json:"headers"`
}

type request struct {
	Method      string            `json:"method"`
	URL         string            `json:"url"`
	PostData    string            `json:"postData"`
	HasPostData bool              `json:"hasPostData"`
	Headers     map[string]string `json:"headers"`
}

type answer struct {
	Status   int               `json:"status"`
	MimeType string            `json:"mimeType"`
	Headers  map[string]string `json:"headers"`
}

func (a *answer) into(x *exchange) {
	x.status, x.mime, x.location = a.Status, a.MimeType, header(a.Headers, "location")
}

func header(all map[string]string, name string) string {
	for k, v := range all {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}

func (w *Watch) hearTraffic(session, method string, params json.RawMessage) {
	switch method {
	case "Network.requestWillBeSent", "Network.responseReceived", "Network.loadingFinished", "Network.loadingFailed",
		"Network.requestWillBeSentExtraInfo", "Network.responseReceivedExtraInfo":
	default:
		return
	}
	var e event
	if json.Unmarshal(params, &e) != nil {
		return
	}
	x := w.traffic.find(session, e.RequestID)
	if method == "Network.requestWillBeSent" && e.Request != nil {
		if x != nil && e.Redirect != nil { // the same request goes on at another place
			e.Redirect.into(x)
			w.over(x)
			x = nil
		}
		w.send(session, e)
		return
	}
	if x == nil {
		w.traffic.wait(session, method, e)
		return
	}
	switch method {
	case "Network.requestWillBeSentExtraInfo":
		x.sentCookies(e)
	case "Network.responseReceivedExtraInfo":
		x.setCookies(e)
	case "Network.responseReceived":
		if e.Response != nil {
			e.Response.into(x)
		}
	case "Network.loadingFailed":
		x.failed = e.ErrorText
		w.over(x)
	case "Network.loadingFinished":
		w.over(x)
	}
}

func (x *exchange) sentCookies(e event) {
	x.cookies = nil
	for _, c := range e.Cookies {
		if len(c.Blocked) == 0 {
			x.cookies = append(x.cookies, c.Cookie.Name)
		}
		x.blocked = append(x.blocked, c.Blocked...)
	}
}

func (x *exchange) setCookies(e event) {
	for line := range strings.Lines(header(e.Headers, "set-cookie")) {
		c, err := http.ParseSetCookie(strings.TrimSpace(line))
		if err == nil && c.MaxAge >= 0 && (c.Expires.IsZero() || c.Expires.After(x.at)) { // else it is taken away
			x.set = append(x.set, c.Name)
		}
	}
	for _, c := range e.Refused {
		x.blocked = append(x.blocked, c.Blocked...)
	}
}

// lost are the cookies that were there at a begin and didn't come with the complete:
// those of other programs on the host are of no matter.
func lost(begin, complete *exchange) (names []string) {
	if begin == nil || complete == nil {
		return nil
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(begin.cookies, begin.set)))) {
		if !slices.Contains(complete.cookies, name) {
			names = append(names, name)
		}
	}
	return names
}

// send notes a request, and looks whether it carries an answer that is open.
func (w *Watch) send(session string, e event) {
	x := &exchange{
		session: session, id: e.RequestID, at: w.needs.Now(), method: e.Request.Method, url: e.Request.URL, kind: e.Type,
		form: strings.HasPrefix(header(e.Request.Headers, "content-type"), "application/x-www-form-urlencoded") || e.Type == "Document",
	}
	w.traffic.add(x)
	w.traffic.arrived(x)
	if len(w.open) == 0 || !e.Request.HasPostData {
		return
	}
	x.sent = e.Request.PostData
	if x.sent == "" {
		var out struct {
			PostData string `json:"postData"`
		}
		if w.needs.Call(context.Background(), session, "Network.getRequestPostData", map[string]any{"requestId": x.id}, &out) == nil {
			x.sent = out.PostData
		}
	}
	for _, c := range w.open {
		if c.complete == nil && c.Credential != nil && w.match(c, x) {
			return
		}
	}
}

// match joins a ceremony with the request that carries its answer.
func (w *Watch) match(c *ceremony, x *exchange) bool {
	if x.of != nil || x.sent == "" {
		return false
	}
	if _, found := search(x.sent, c.own); !found {
		return false
	}
	x.of, x.encoding, x.sent, c.complete = c, encodingOf(x.sent, c.all), "", x
	if x.over {
		w.over(x)
		return true
	}
	w.expect(c, answerTime)
	return true
}

// over is called when nothing more comes of a request.
func (w *Watch) over(x *exchange) {
	x.over = true
	for _, c := range w.open { // what a page does is heard of before what it did it with
		if c.begin == nil && c.session == x.session && !x.at.After(c.BeganAt) {
			w.begun(c, x)
		}
	}
	c := x.of
	if c == nil || w.open[c.ID] != c || c.complete != x {
		return
	}
	c.Complete = x.recorded()
	if x.failed == "" && (x.status < 300 || x.status >= 400) {
		c.Answer = w.body(x)
	}
	w.finish(c)
}

func (x *exchange) recorded() *tape.Exchange {
	return &tape.Exchange{
		Method: x.method, URL: watched.Address(x.url), Form: x.form, Status: x.status, Location: watched.Address(resolved(x.url, x.location)),
		Failed: x.failed, Type: x.mime, Encoding: x.encoding, At: x.at, Cookies: len(x.cookies), Set: len(x.set),
		Blocked: slices.Compact(slices.Sorted(slices.Values(x.blocked))),
	}
}

func resolved(base, ref string) string {
	u, err := url.Parse(base)
	if ref == "" || err != nil {
		return ""
	}
	if u, err = u.Parse(ref); err != nil {
		return ""
	}
	return u.String()
}

// begun looks among answers, the newest first, for the one that delivered a challenge.
func (w *Watch) begun(c *ceremony, among ...*exchange) {
	if c.challenge == nil {
		return
	}
	looked := 0
	for _, x := range slices.Backward(among) {
		if x.status == 0 || x.failed != "" || !readable(x.mime) {
			continue
		}
		if looked++; looked > mostLooked {
			return
		}
		if encoding, found := search(string(w.body(x)), []needle{c.challenge}); found {
			x.encoding = encoding
			c.begin, c.Begin = x, x.recorded()
			return
		}
	}
}

func challengeOf(options json.RawMessage) needle {
	var o struct {
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(options, &o) != nil {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(o.Challenge)
	if err != nil || len(raw) < shortestNeedle {
		return nil
	}
	return needleOf(raw)
}

// again counts how often a challenge was asked for after a ceremony's own and before
// its answer was sent: who does so has two, and often the server one.
func (t *traffic) again(c *ceremony) (n int) {
	if c.begin == nil || c.complete == nil {
		return 0
	}
	for _, x := range t.list {
		if x != c.begin && x.method == c.begin.method && x.url == c.begin.url && !x.at.Before(c.begin.at) && x.at.Before(c.complete.at) {
			n++
		}
	}
	return n
}

// readable reports whether an answer can have a challenge in it.
func readable(mime string) bool {
	return strings.Contains(mime, "json") || mime == "text/html" || mime == "text/plain" || mime == ""
}

// body is an answer's, as far as it is there; nil where the browser has it no longer.
func (w *Watch) body(x *exchange) []byte {
	var out struct {
		Body   string `json:"body"`
		Base64 bool   `json:"base64Encoded"`
		Begun  []byte `json:"bufferedData"`
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	method := "Network.getResponseBody"
	if !x.over { // a page's script runs before all of the page is there
		method = "Network.streamResourceContent"
	}
	if w.needs.Call(ctx, x.session, method, map[string]any{"requestId": x.id}, &out) != nil {
		return nil
	}
	if !x.over {
		return out.Begun
	}
	if !out.Base64 {
		return []byte(out.Body)
	}
	raw, err := base64.StdEncoding.DecodeString(out.Body)
	if err != nil {
		return nil
	}
	return raw
}
