// Package fault defines the errors this program shows to people.
//
// A fault answers four questions: what kind of failure (Kind, which picks the
// HTTP status), which one exactly (Code, which never changes once released),
// what to tell the person at the browser (Message), and what the developer at
// the keyboard can do next (Hint, and Command where a command does it). The
// cause stays in Err, for the log and the record of the ceremony; it never
// reaches the outside.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind is the class of a fault. The zero value is Internal, so a fault that
// nobody classified never leaks its cause.
type Kind uint8

const (
	Internal        Kind = iota // our bug, or a broken machine: 500
	Invalid                     // the request can never succeed as sent: 400
	Unauthenticated             // nobody is signed in: 401
	Forbidden                   // someone is, and may not: 403
	NotFound                    // no such thing: 404
	Method                      // not with this verb: 405
	Conflict                    // such a thing already: 409
	TooLarge                    // more bytes than we read: 413
	MediaType                   // not JSON: 415
	Misdirected                 // a host that is not ours: 421
	TooMany                     // slow down: 429
	Unavailable                 // something we depend on is down: 503
)

// Error is a fault.
type Error struct {
	Kind       Kind
	Code       string        // upper case, as CONTRACT section 8 lists them
	Message    string        // a sentence for the person
	Hint       string        // what to do next
	Command    string        // the hint, or its first step, as a command that works when copied; "": there is none
	Field      string        // the member that is wrong, for INVALID_FIELD and MALFORMED
	CeremonyID string        // the record that tells more
	RetryAfter time.Duration // for TooMany
	Withheld   bool          // the outside is told less than the record says
	Err        error

	of *Error // the variable that this is a copy of; nil: this is the variable
}

// New returns a fault to keep in a package variable.
func New(kind Kind, code, message, hint string) *Error {
	return &Error{Kind: kind, Code: code, Message: message, Hint: hint}
}

// Hinting returns a copy of e that tells the developer what to do next. The command
// was that of the hint before: Running names that of this one.
func (e *Error) Hinting(format string, args ...any) *Error {
	c := e.copy()
	c.Hint, c.Command = fmt.Sprintf(format, args...), ""
	return c
}

// Running returns a copy of e whose hint, or its first step, is a command that works
// when copied.
func (e *Error) Running(command string) *Error {
	c := e.copy()
	c.Command = command
	return c
}

// Saying returns a copy of e with another sentence for the person.
func (e *Error) Saying(format string, args ...any) *Error {
	c := e.copy()
	c.Message = fmt.Sprintf(format, args...)
	return c
}

// Because returns a copy of e caused by err.
func (e *Error) Because(err error) *Error {
	c := e.copy()
	c.Err = err
	return c
}

// In returns a copy of e that names the member of the request that is wrong.
func (e *Error) In(field string) *Error {
	c := e.copy()
	c.Field = field
	return c
}

// Of returns a copy of e that belongs to the record of a ceremony.
func (e *Error) Of(ceremonyID string) *Error {
	c := e.copy()
	c.CeremonyID = ceremonyID
	return c
}

// copy returns a copy that is still the same fault as e.
func (e *Error) copy() *Error {
	c := *e
	c.of = e.variable()
	return &c
}

// variable returns the fault that e is a copy of, or e.
func (e *Error) variable() *Error {
	if e.of != nil {
		return e.of
	}
	return e
}

// InPlace returns the fault that the outside is told instead of other, which
// stays its cause for the log.
func (e *Error) InPlace(other *Error) *Error {
	c := e.copy()
	c.Withheld, c.Err = true, other
	return c
}

// Error returns the code, the sentence and the cause.
func (e *Error) Error() string {
	s := e.Code + ": " + e.Message
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the same fault, whatever its hint and cause. Two
// faults that share a code are two: the code is for the wire, see HasCode.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.variable() == e.variable()
}

// HasCode reports whether err is a fault of this code, whichever variable it
// came from. It is for who knows a fault from the wire alone, where no variable
// travels.
func HasCode(err error, code string) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == code
}

// The faults that no single domain owns.
var (
	ErrInternal = New(Internal, "INTERNAL", "The lab failed at this request.",
		"Look for the request id in the log: the terminal that runs `sting serve` shows it.").Running("sting serve")
	ErrMalformed = New(Invalid, "MALFORMED", "The request is not what this address reads.",
		"Send a JSON object as the wire describes it.")
	ErrInvalidField = New(Invalid, "INVALID_FIELD", "A field has a value that can't be used.",
		"Correct the field and send the request again.")
	ErrNotFound = New(NotFound, "NOT_FOUND", "There is no such thing here.",
		"Check the address.")
	ErrStoreUnavailable = New(Unavailable, "STORE_UNAVAILABLE", "The lab can't use its data file right now.",
		"`sting status -v` says what the store complains of.").Running("sting status -v")
)

// From returns the fault in err's chain, or an internal one that hides err.
// It returns nil for nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return ErrInternal.Because(err)
}
