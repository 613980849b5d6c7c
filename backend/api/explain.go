package api

// Explanation is a ceremony taken apart, step by step: every step of the
// specification in its order, what the bytes say, and where in them each field
// stands. The explainer fills it, and it answers POST /v1/explain as it is.
type Explanation struct {
	Verdict Verdict         `json:"verdict" ts_type:"'accepted' | 'rejected' | 'unverified'"`
	Fault   string          `json:"fault,omitempty"` // of the first failed step, or NOT_VERIFIABLE
	Cause   string          `json:"cause,omitempty"`
	Fix     string          `json:"fix,omitempty"`
	Kind    string          `json:"kind" ts_type:"'registration' | 'authentication'"`
	Steps   []ExplainedStep `json:"steps"`
	Decoded ExplainedParts  `json:"decoded"`
	Ranges  []ExplainedSpan `json:"ranges"`
	Notes   []string        `json:"notes,omitempty"` // about the file itself: what was not read
}

// Verdict is what became of a ceremony, or of one of its steps.
type Verdict string

// ExplainedStep is one step of Web Authentication Level 3, section 7.1 or 7.2,
// or one of ours ("key", "encoding").
type ExplainedStep struct {
	ID       string  `json:"id"`
	Title    string  `json:"title"`
	Verdict  Verdict `json:"verdict" ts_type:"'passed' | 'failed' | 'warning' | 'skipped'"`
	Expected string  `json:"expected"`
	Received string  `json:"received"`
	Note     string  `json:"note"`
	Fault    string  `json:"fault,omitempty"` // these three of a failed step
	Cause    string  `json:"cause,omitempty"`
	Fix      string  `json:"fix,omitempty"`
}

// ExplainedParts are what the bytes mean. A part that didn't come, or could not
// be decoded, is an empty object. It never holds a PRF result or a large blob.
type ExplainedParts struct {
	ClientData        map[string]any `json:"clientData" ts_type:"Record<string, unknown>"`
	AuthenticatorData map[string]any `json:"authenticatorData" ts_type:"Record<string, unknown>"`
	Attestation       map[string]any `json:"attestation" ts_type:"Record<string, unknown>"`
	PublicKey         map[string]any `json:"publicKey" ts_type:"Record<string, unknown>"`
}

// ExplainedSpan says where a field stands, in bytes of the part that Of names
// ("clientDataJSON", "authenticatorData", "attestationObject", "signature").
type ExplainedSpan struct {
	Field  string `json:"field"`
	Of     string `json:"of"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
}

// Step returns the step of an id; ok is false if the ceremony has none such.
func (x Explanation) Step(id string) (s ExplainedStep, ok bool) {
	return x.first(func(s ExplainedStep) bool { return s.ID == id })
}

// FirstFailed returns the step that decides a rejection.
func (x Explanation) FirstFailed() (s ExplainedStep, ok bool) {
	return x.first(func(s ExplainedStep) bool { return s.Verdict == "failed" })
}

func (x Explanation) first(is func(ExplainedStep) bool) (s ExplainedStep, ok bool) {
	for _, s := range x.Steps {
		if is(s) {
			return s, true
		}
	}
	return ExplainedStep{}, false
}
