package inspect

import (
	"sting/backend/api"
	"sting/backend/fault"
)

// The verdicts on a ceremony: CONTRACT section 11.
const (
	Accepted   api.Verdict = "accepted"
	Refused    api.Verdict = "rejected"
	Unverified api.Verdict = "unverified" // nothing failed, but something could not be checked
)

// The verdicts on a step.
const (
	Passed  api.Verdict = "passed"
	Failed  api.Verdict = "failed"
	Warning api.Verdict = "warning" // looked at, doubtful, and no reason to refuse
	Skipped api.Verdict = "skipped" // not looked at; Note says why
)

// ErrNotVerifiable is the fault of an unverified ceremony. It is no error of
// Explain: only its code stands in an explanation, with a cause of its own.
var ErrNotVerifiable = fault.New(fault.Invalid, "NOT_VERIFIABLE", "Nothing failed, but not everything could be checked.",
	"`sting explain` names the step that was left out.").Running("sting explain")

// fillParts makes every part of d an object rather than null.
func fillParts(d *api.ExplainedParts) {
	for _, m := range []*map[string]any{&d.ClientData, &d.AuthenticatorData, &d.Attestation, &d.PublicKey} {
		if *m == nil {
			*m = map[string]any{}
		}
	}
}
