package idp

import (
	"encoding/json"
	"fmt"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sting/backend/session"
)

// maxBody bounds what is read of a request, in bytes.
const maxBody = 256 << 10

// exchange is one request on its way to its answer.
type exchange struct {
	*Provider
	w      http.ResponseWriter
	r      *http.Request
	cfg    Config
	schema *Schema
	now    time.Time
	base   string // where the client reached the public API
	token  []byte // the CSRF token of this browser; nil: it has none yet
	shown  bool   // the token came in a cookie: the browser was here before
	plain  bool   // errors are JSON, whatever is accepted

	sent    map[string]any // the form, for what must not be logged of it
	subject string         // whom it is about, for the log
}

// answer decides what an exchange comes to. It answers or returns an error,
// never both.
type answer func(*exchange) error

// route is one address of an API.
type route struct {
	method, path string
	answer       answer
}

// PublicRoutes returns method and path of every address of the public API.
func PublicRoutes() [][2]string { return addresses(publicRoutes()) }

// AdminRoutes returns method and path of every address of the admin API.
func AdminRoutes() [][2]string { return addresses(adminRoutes()) }

func addresses(routes []route) (out [][2]string) {
	for _, at := range routes {
		out = append(out, [2]string{at.method, at.path})
	}
	return out
}

func (p *Provider) begin(w http.ResponseWriter, r *http.Request, base string) *exchange {
	cfg := p.Config()
	if base == "" {
		base = cfg.BaseURL
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	return &exchange{Provider: p, w: w, r: r, cfg: cfg, schema: p.Schema(), now: p.Now().UTC(), base: strings.TrimSuffix(base, "/")}
}

// encode writes v as JSON.
func (x *exchange) encode(status int, contentType string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		x.log().ErrorContext(x.r.Context(), "answer can't be encoded", "error", err)
		status, body = http.StatusInternalServerError, []byte(`{"error":{"code":500,"status":"Internal Server Error"}}`)
	}
	h := x.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.w.WriteHeader(status)
	if _, err := x.w.Write(body); err != nil {
		x.log().DebugContext(x.r.Context(), "answer not delivered", "error", err)
	}
}

func (x *exchange) json(status int, v any) error {
	x.encode(status, "application/json; charset=utf-8", v)
	return nil
}

func (x *exchange) redirect(to string) {
	http.Redirect(x.w, x.r, to, http.StatusSeeOther)
}

// wantsJSON reports whether the client asked for JSON rather than a page.
func (x *exchange) wantsJSON() bool {
	if accepts := strings.ToLower(x.r.Header.Get("Accept")); accepts != "" {
		if j := quality(accepts, "application/json"); j > 0 && j > quality(accepts, "text/html") {
			return true
		}
	}
	return mediaType(x.r) == "application/json"
}

// quality returns how much a client wants a media type that it names: RFC 9110,
// §12.5.1. Between equals, the one that is named first is worth a little more.
func quality(accepts, want string) float64 {
	for i, part := range strings.Split(accepts, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil || kind != want {
			continue
		}
		q := 1.0
		if s, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(s, 64); err != nil {
				return 0
			}
		}
		return q - float64(i)/1e6
	}
	return 0
}

func mediaType(r *http.Request) string {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return kind
}

// device says where a request comes from: the address of the connection. Headers
// in which a front could say who its client is are believed from nobody, since
// everybody can send them.
func (x *exchange) device() session.Device {
	d := session.Device{UserAgent: clip(x.r.UserAgent(), 512)}
	if host, _, err := net.SplitHostPort(x.r.RemoteAddr); err == nil {
		d.Address = host
	}
	return d
}

func clip(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "")
	}
	return s
}

// url is the address at which the client asked, as Kratos notes it.
func (x *exchange) url() string {
	u := x.base + x.r.URL.Path
	if x.r.URL.RawQuery != "" {
		u += "?" + x.r.URL.RawQuery
	}
	return u
}

func (x *exchange) action(k Kind, flowID string) string {
	return fmt.Sprintf("%s/self-service/%s?flow=%s", x.base, k, flowID)
}
