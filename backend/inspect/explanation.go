package inspect

import (
	"sting/backend/fault"
)

// Verdict is what became of a ceremony, or of one of its steps.
type Verdict string

// Of a ceremony: CONTRACT section 11.
const (
	Accepted   Verdict = "accepted"
	Refused    Verdict = "rejected"
	Unverified Verdict = "unverified" // nothing failed, but something could not be checked
)

// Of a step.
const (
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"
	Warning Verdict = "warning" // looked at, doubtful, and no reason to refuse
	Skipped Verdict = "skipped" // not looked at; Note says why
)

// ErrNotVerifiable is the fault of an unverified ceremony. It is no error of
// Explain: only its code stands in an explanation, with a cause of its own.
var ErrNotVerifiable = fault.New(fault.Invalid, "NOT_VERIFIABLE", "Nothing failed, but not everything could be checked.",
	"`sting explain` names the step that was left out.").Running("sting explain")

// Explanation is a ceremony taken apart: every step of the specification in its
// order, what the bytes say, and where in them each field stands.
type Explanation struct {
	Verdict Verdict `json:"verdict"`
	Fault   string  `json:"fault,omitempty"` // of the first failed step, or NOT_VERIFIABLE
	Cause   string  `json:"cause,omitempty"`
	Fix     string  `json:"fix,omitempty"`

	Kind    string   `json:"kind"` // "registration" or "authentication"
	Steps   []Step   `json:"steps"`
	Decoded Decoded  `json:"decoded"`
	Ranges  []Range  `json:"ranges"`
	Notes   []string `json:"notes,omitempty"` // about the file itself: what was not read
}

// Step is one step of Web Authentication Level 3, section 7.1 or 7.2, or one of
// ours ("key", "encoding").
type Step struct {
	ID       string  `json:"id"`
	Title    string  `json:"title"`
	Verdict  Verdict `json:"verdict"`
	Expected string  `json:"expected"`
	Received string  `json:"received"`
	Note     string  `json:"note"`
	Fault    string  `json:"fault,omitempty"` // these three of a failed step
	Cause    string  `json:"cause,omitempty"`
	Fix      string  `json:"fix,omitempty"`
}

// Decoded is what the bytes mean. A part that didn't come, or could not be
// decoded, is an empty object. It never holds a PRF result or a large blob.
type Decoded struct {
	ClientData        map[string]any `json:"clientData"`
	AuthenticatorData map[string]any `json:"authenticatorData"`
	Attestation       map[string]any `json:"attestation"`
	PublicKey         map[string]any `json:"publicKey"`
}

// Range says where a field stands: Offset and Length count bytes of the part
// that Of names ("clientDataJSON", "authenticatorData", "attestationObject",
// "signature").
type Range struct {
	Field  string `json:"field"`
	Of     string `json:"of"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
}

// Step returns the step of an id; ok is false if the ceremony has none such.
func (x Explanation) Step(id string) (s Step, ok bool) {
	for _, s := range x.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}

// FirstFailed returns the step that decides a rejection.
func (x Explanation) FirstFailed() (s Step, ok bool) {
	for _, s := range x.Steps {
		if s.Verdict == Failed {
			return s, true
		}
	}
	return Step{}, false
}

// empty makes every part of d an object rather than null.
func (d *Decoded) empty() {
	for _, m := range []*map[string]any{&d.ClientData, &d.AuthenticatorData, &d.Attestation, &d.PublicKey} {
		if *m == nil {
			*m = map[string]any{}
		}
	}
}
