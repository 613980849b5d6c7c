package api

import "encoding/json"

// Explanation is a ceremony taken apart, step by step: it answers POST
// /v1/explain.
type Explanation struct {
	Verdict string          `json:"verdict" ts_type:"'accepted' | 'rejected' | 'unverified'"`
	Fault   string          `json:"fault,omitempty"` // of the first failed step, or NOT_VERIFIABLE
	Cause   string          `json:"cause,omitempty"`
	Fix     string          `json:"fix,omitempty"`
	Kind    string          `json:"kind" ts_type:"'registration' | 'authentication'"`
	Steps   []ExplainedStep `json:"steps"`
	Decoded ExplainedParts  `json:"decoded"`
	Ranges  []ExplainedSpan `json:"ranges"`
	Notes   []string        `json:"notes,omitempty"` // about the file itself
}

// ExplainedStep is one step of the specification, or one of ours.
type ExplainedStep struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Verdict  string `json:"verdict" ts_type:"'passed' | 'failed' | 'warning' | 'skipped'"`
	Expected string `json:"expected"`
	Received string `json:"received"`
	Note     string `json:"note"`
	Fault    string `json:"fault,omitempty"` // these three of a failed step
	Cause    string `json:"cause,omitempty"`
	Fix      string `json:"fix,omitempty"`
}

// ExplainedParts are what the bytes mean, each an object.
type ExplainedParts struct {
	ClientData        json.RawMessage `json:"clientData" ts_type:"Record<string, unknown>"`
	AuthenticatorData json.RawMessage `json:"authenticatorData" ts_type:"Record<string, unknown>"`
	Attestation       json.RawMessage `json:"attestation" ts_type:"Record<string, unknown>"`
	PublicKey         json.RawMessage `json:"publicKey" ts_type:"Record<string, unknown>"`
}

// ExplainedSpan says where a field stands, in bytes of the part that Of names.
type ExplainedSpan struct {
	Field  string `json:"field"`
	Of     string `json:"of"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
}
