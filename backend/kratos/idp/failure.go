package idp

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"sting/backend/fault"
)

// failure is an error in the shape that Kratos gives to errors.
type failure struct {
	status  int
	id      string
	message string
	reason  string
	details map[string]any
	extra   map[string]any // beside "error"
	cause   error          // for the log
}

// Error returns what the client is told, and the cause.
func (f *failure) Error() string {
	return fmt.Sprintf("%d %s: %s: %v", f.status, f.message, f.reason, f.cause)
}

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.cause }

func (f *failure) named(id string) *failure { f.id = id; return f }

func (f *failure) with(details map[string]any) *failure { f.details = details; return f }

func (f *failure) beside(extra map[string]any) *failure { f.extra = extra; return f }

func (f *failure) body() map[string]any {
	e := map[string]any{"code": f.status, "status": http.StatusText(f.status), "message": f.message}
	if f.id != "" {
		e["id"] = f.id
	}
	if f.reason != "" {
		e["reason"] = f.reason
	}
	if f.details != nil {
		e["details"] = f.details
	}
	body := map[string]any{"error": e}
	maps.Copy(body, f.extra)
	return body
}

func badRequest(format string, args ...any) *failure {
	return &failure{status: http.StatusBadRequest, message: "The request was malformed or contained invalid parameters",
		reason: fmt.Sprintf(format, args...)}
}

func unauthorized(reason string) *failure {
	return &failure{status: http.StatusUnauthorized, message: "The request could not be authorized", reason: reason}
}

func inactive(reason string) *failure {
	return &failure{status: http.StatusUnauthorized, id: "session_inactive", message: "request does not have a valid authentication session",
		reason: reason}
}

func forbidden(reason string) *failure {
	return &failure{status: http.StatusForbidden, message: "The requested action was forbidden", reason: reason}
}

func notFound() *failure {
	return &failure{status: http.StatusNotFound, message: "Unable to locate the resource"}
}

func alreadyIn() *failure {
	return &failure{status: http.StatusBadRequest, id: "session_already_available", message: "you are already logged in",
		reason: reasonAlreadyIn}
}

func csrfViolation() *failure {
	return &failure{
		status: http.StatusForbidden, id: "security_csrf_violation",
		message: "the request was rejected to protect you from Cross-Site-Request-Forgery",
		reason: "Please retry the flow and optionally clear your cookies. The request was rejected to protect you from " +
			"Cross-Site-Request-Forgery (CSRF) which could cause account takeover, leaking personal information, and other serious security issues.",
		details: map[string]any{
			"docs": "https://www.ory.sh/kratos/docs/debug/csrf",
			"hint": "The anti-CSRF cookie was found but the CSRF token was not included in the HTTP request body (csrf_token) nor in the " +
				"HTTP Header (X-CSRF-Token).",
			"reject_reason": "The HTTP Cookie Header was set and a CSRF token was sent but they do not match. We recommend deleting all cookies " +
				"for this domain and retrying the flow.",
		},
	}
}

// ambiguous answers two cookies of one name: none is believed, since another
// port of this host may have set either.
func ambiguous(name string) *failure {
	f := badRequest("Two cookies are called %s. Another program on this host has set one of them: clear the cookies of this host and sign "+
		"in again.", name)
	return f.named("cookie_ambiguous")
}

// elsewhere is not a failure: the browser is sent on.
type elsewhere struct{ to string }

// Error returns where to.
func (e *elsewhere) Error() string { return "redirect to " + e.to }

// failureOf turns what went wrong inside into what the outside is told.
func failureOf(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if big, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &failure{status: http.StatusRequestEntityTooLarge, message: "The request is too large",
			reason: fmt.Sprintf("At most %d bytes are read.", big.Limit), cause: err}
	}
	e := fault.From(err)
	switch e.Kind {
	case fault.NotFound:
		f := notFound()
		f.cause = err
		return f
	case fault.Unavailable:
		return &failure{status: http.StatusServiceUnavailable, id: strings.ToLower(e.Code), message: e.Message, reason: e.Hint, cause: err}
	}
	return &failure{
		status: http.StatusInternalServerError, message: "An internal server error occurred, please contact the system administrator",
		reason: "The log says what it was.", cause: err,
	}
}

// fail answers err: as JSON, or for a browser by way of the page for errors.
func (x *exchange) fail(err error) {
	if e, ok := errors.AsType[*elsewhere](err); ok {
		x.redirect(e.to)
		return
	}
	f := failureOf(err)
	if f.status >= http.StatusInternalServerError {
		x.log().ErrorContext(x.r.Context(), "request failed", "method", x.r.Method, "path", x.r.URL.Path, "error", err)
	} else {
		x.noteFailure(f)
	}
	if x.plain || x.wantsJSON() {
		x.encode(f.status, "application/json", f.body())
		return
	}
	flow := Flow{
		ID: uuid.NewString(), Kind: ErrorFlow, Type: typeBrowser, IssuedAt: x.now, UpdatedAt: x.now,
		ExpiresAt: x.now.Add(x.cfg.lifespan(ErrorFlow)), Error: raw(f.body()["error"]),
	}
	flow.Client, flow.Proven = x.client()
	if err := x.Store.CreateFlow(x.r.Context(), flow); err != nil {
		x.encode(f.status, "application/json", f.body())
		return
	}
	x.redirect(x.cfg.page(ErrorFlow) + "?id=" + url.QueryEscape(flow.ID))
}
