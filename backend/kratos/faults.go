package kratos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	ory "github.com/ory/kratos-client-go"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/session"
)

// The faults of the password side.
var (
	ErrUnavailable = fault.New(fault.Unavailable, "KRATOS_UNAVAILABLE", "The password service can't be asked right now.",
		"`sting status kratos -v` says what it complains of. Passkeys go on working, and nobody was signed out.").
		Running("sting status kratos -v")
	ErrCredentials = fault.New(fault.Unauthenticated, "INVALID_CREDENTIALS", "The e-mail address or the password is wrong.",
		"Check both, or use a passkey. Forgotten? /recovery sends a code by mail.")
)

// refusal is what a Kratos says when it refuses: an error, or a flow with messages.
type refusal struct {
	Error  *refusalError `json:"error"`
	SentTo string        `json:"redirect_browser_to"`
	UI     *struct {
		Messages []said `json:"messages"`
		Nodes    []struct {
			Attributes struct {
				Name string `json:"name"`
			} `json:"attributes"`
			Messages []said `json:"messages"`
		} `json:"nodes"`
	} `json:"ui"`
}

type refusalError struct {
	ID      string `json:"id"`
	Message string `json:"message"`
	Reason  string `json:"reason"`
}

type said struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
	Type string `json:"type"`
}

// Kratos' numbers for what has a fault of its own here.
const (
	saidCredentials    = 4000006
	saidDuplicate      = 4000007
	saidDuplicateHints = 4000028
	saidPattern        = 4000004
)

// heard reads a refusal. ok is false for what no Kratos would say.
func heard(resp *http.Response, err error) (t refusal, ok bool) {
	api, isAPI := errors.AsType[*ory.GenericOpenAPIError](err)
	if resp == nil || !isAPI || resp.StatusCode >= http.StatusInternalServerError {
		return refusal{}, false
	}
	if json.Unmarshal(api.Body(), &t) != nil || t.Error == nil && t.UI == nil {
		return refusal{}, false
	}
	return t, true
}

// refused turns the refusal of a form into a fault.
func (c *Client) refused(resp *http.Response, err error) error {
	t, ok := heard(resp, err)
	if !ok {
		return c.trouble(resp, err)
	}
	if t.UI == nil {
		if resp.StatusCode == http.StatusUnprocessableEntity && t.SentTo != "" {
			return sentOn(t.SentTo).Because(err)
		}
		if resp.StatusCode == http.StatusUnauthorized {
			return ErrCredentials.Saying("This account was disabled.").Hinting("Whoever runs this lab can enable it again.").Because(err)
		}
		return c.trouble(resp, err)
	}
	for _, m := range t.UI.Messages {
		switch m.ID {
		case saidCredentials:
			return ErrCredentials
		case saidDuplicate, saidDuplicateHints:
			return identity.ErrEmailTaken
		}
	}
	for _, n := range t.UI.Nodes {
		for _, m := range n.Messages {
			if m.Type == "error" {
				return refusedField(field(n.Attributes.Name), m)
			}
		}
	}
	for _, m := range t.UI.Messages {
		if m.Type == "error" {
			return fault.ErrInvalidField.Saying("%s", m.Text)
		}
	}
	return c.nonsense(errors.New("a form was refused without a reason"))
}

// refusedField is what a form says of one of its fields. A regular expression is
// nothing to show to a person: it goes to the log.
func refusedField(name string, m said) *fault.Error {
	f := fault.ErrInvalidField.In(name)
	if m.ID == saidPattern {
		return f.Saying("This is not written the way it has to be.").
			Hinting("Look at what the form says about the field. A \"description\" of the trait in the identity schema is shown there.").
			Because(errors.New(m.Text))
	}
	return f.Saying("%s", m.Text)
}

// sentOn is the refusal of a Kratos that sends the browser on instead of signing
// in: browser_location_change_required, such as for a second factor. The form was
// sent by this program, so that nobody's browser can follow from here.
func sentOn(to string) *fault.Error {
	return ErrUnavailable.Saying("Kratos asks for one more step, which this page can't ask for.").
		Hinting("It sends browsers on to %s: go on there, or switch that step off in Kratos' configuration. Passkeys go on working.", to)
}

// field is the name of a form's field as our own API calls it.
func field(name string) string {
	switch name {
	case "identifier":
		return "email"
	}
	return name
}

// nobody turns whoami's refusal into session.ErrNone, if that is what it is.
func (c *Client) nobody(resp *http.Response, err error) error {
	t, ok := heard(resp, err)
	switch {
	case !ok || t.Error == nil:
		return c.trouble(resp, err)
	case resp.StatusCode == http.StatusUnauthorized:
		return session.ErrNone
	case resp.StatusCode == http.StatusForbidden && t.Error.ID == "session_aal2_required":
		return session.ErrNone.Hinting("Kratos asks this person for a second factor, which this program can't ask for: sign in at Kratos' own " +
			"pages.")
	}
	return c.trouble(resp, err)
}

// trouble says why Kratos could not be asked.
func (c *Client) trouble(resp *http.Response, err error) error {
	e := ErrUnavailable.Because(err)
	var dial *net.OpError
	switch {
	case errors.Is(err, context.Canceled):
		return e.Hinting("The request was given up before Kratos answered.")
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return e.Hinting("Kratos at %s did not answer within %s. Passkeys go on working, and nobody was signed out.", c.public, Patience)
	case resp == nil && c.down != "":
		return e.Hinting("%s", c.down)
	case errors.As(err, &dial) && dial.Op == "dial":
		return e.Hinting("Nothing listens at %s: start Kratos, or correct kratos.public_url. Passkeys go on working.", c.public)
	case resp == nil:
		return e.Hinting("Kratos at %s can't be reached: %v.", c.public, err)
	case resp.StatusCode >= http.StatusInternalServerError:
		t, why := complaint(err)
		if _, ours := c.transport.(inProcess); ours && strings.EqualFold(t.ID, fault.ErrStoreUnavailable.Code) {
			// it is our own store, and no trouble with a Kratos
			return fault.ErrStoreUnavailable.Because(err).Saying("%s", t.Message).Hinting("%s", t.Reason)
		} else if ours && strings.EqualFold(t.ID, identity.ErrPasswordHash.Code) {
			return identity.ErrPasswordHash.Because(err).Hinting("%s", t.Reason) // and so is this account
		}
		if why != "" {
			return e.Hinting("Kratos at %s answered %s: %s", c.public, resp.Status, why)
		}
		return e.Hinting("Kratos at %s answered %s; its log says why.", c.public, resp.Status)
	case !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json"):
		return e.Hinting("What answers at %s is no Kratos: it sent %q with status %d. Check kratos.public_url.",
			c.public, resp.Header.Get("Content-Type"), resp.StatusCode)
	}
	return e.Hinting("Kratos at %s answered %s: %s.", c.public, resp.Status, reason(resp, err))
}

// longestComplaint bounds what is passed on of an error that a Kratos tells of
// itself, in bytes.
const longestComplaint = 400

// complaint is what a Kratos says of a failure of its own, such as a full disk;
// whole is "" where it says nothing.
func complaint(err error) (e refusalError, whole string) {
	api, ok := errors.AsType[*ory.GenericOpenAPIError](err)
	var t refusal
	if !ok || json.Unmarshal(api.Body(), &t) != nil || t.Error == nil {
		return refusalError{}, ""
	}
	var said []string
	for _, s := range []string{t.Error.Message, t.Error.Reason} {
		if s = strings.TrimSpace(s); s != "" {
			said = append(said, strings.TrimSuffix(s, ".")+".")
		}
	}
	whole = strings.Join(said, " ")
	return *t.Error, strings.ToValidUTF8(whole[:min(len(whole), longestComplaint)], "")
}

func reason(resp *http.Response, err error) string {
	if t, ok := heard(resp, err); ok && t.Error != nil {
		if t.Error.Reason != "" {
			return strings.TrimSuffix(t.Error.Reason, ".")
		}
		return strings.TrimSuffix(t.Error.Message, ".")
	}
	return err.Error()
}

// nonsense is an answer that a Kratos would not give.
func (c *Client) nonsense(err error) error {
	return ErrUnavailable.Because(err).Hinting("What answers at %s does not speak as a Kratos 1.3 does: %v.", c.public, err)
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// errEmpty is an answer of nothing, which the generated client takes for one.
var errEmpty = errors.New("the answer was empty")

func given[T any](v *T, err error) error {
	if err == nil && v == nil {
		return errEmpty
	}
	return err
}

// traitsOf returns the traits with the e-mail address in them.
func traitsOf(r Registration) (map[string]any, error) {
	traits := map[string]any{}
	if len(r.Traits) > 0 {
		if err := json.Unmarshal(r.Traits, &traits); err != nil || traits == nil {
			return nil, fault.ErrInvalidField.In("traits").Saying("The traits are not a JSON object.").Because(fmt.Errorf("decode traits: %w", err))
		}
	}
	if _, given := traits["email"]; !given && r.Email != "" {
		traits["email"] = r.Email
	}
	return traits, nil
}
