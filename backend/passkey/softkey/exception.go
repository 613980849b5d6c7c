package softkey

import "fmt"

// Exception is a ceremony that the browser or the authenticator refused. It
// carries the name that a page would see.
type Exception struct {
	// Name is the DOMException's name, such as "NotAllowedError".
	Name string
	// Reason says what was wrong. A real browser often keeps this to itself.
	Reason string
}

// The refusals of Create and Get, for errors.Is. An Exception is equal to the
// one of the same name.
var (
	// ErrExcluded: a credential of excludeCredentials lives here already.
	ErrExcluded = &Exception{Name: "InvalidStateError"}
	// ErrNotAllowed: no credential fits, the person declined, or the person
	// can't be verified as required.
	ErrNotAllowed = &Exception{Name: "NotAllowedError"}
	// ErrSecurity: the origin may not use this RP ID.
	ErrSecurity = &Exception{Name: "SecurityError"}
	// ErrNotSupported: none of the offered algorithms is known.
	ErrNotSupported = &Exception{Name: "NotSupportedError"}
	// ErrEncoding: a binary member is not base64url without padding.
	ErrEncoding = &Exception{Name: "EncodingError"}
	// ErrType: a required member is missing or has the wrong type.
	ErrType = &Exception{Name: "TypeError"}
)

// Error returns the name and the reason.
func (e *Exception) Error() string {
	if e.Reason == "" {
		return e.Name
	}
	return e.Name + ": " + e.Reason
}

// Is reports whether target is an Exception of the same name.
func (e *Exception) Is(target error) bool {
	t, ok := target.(*Exception)
	return ok && t.Name == e.Name
}

func (e *Exception) because(format string, args ...any) error {
	return &Exception{Name: e.Name, Reason: fmt.Sprintf(format, args...)}
}
