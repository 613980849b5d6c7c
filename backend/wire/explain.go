package wire

import (
	"encoding/json"

	"sting/backend/api"
	"sting/backend/inspect"
)

// Explanation is what became of a ceremony, step by step. The error is one of
// encoding what was decoded, and never the ceremony's.
func Explanation(x inspect.Explanation) (api.Explanation, error) {
	out := api.Explanation{
		Verdict: string(x.Verdict), Fault: x.Fault, Cause: x.Cause, Fix: x.Fix, Kind: x.Kind,
		Steps: make([]api.ExplainedStep, 0, len(x.Steps)), Ranges: make([]api.ExplainedSpan, 0, len(x.Ranges)), Notes: x.Notes,
	}
	for _, s := range x.Steps {
		out.Steps = append(out.Steps, api.ExplainedStep{
			ID: s.ID, Title: s.Title, Verdict: string(s.Verdict), Expected: s.Expected, Received: s.Received, Note: s.Note,
			Fault: s.Fault, Cause: s.Cause, Fix: s.Fix,
		})
	}
	for _, r := range x.Ranges {
		out.Ranges = append(out.Ranges, api.ExplainedSpan{Field: r.Field, Of: r.Of, Offset: r.Offset, Length: r.Length})
	}
	for _, part := range []struct {
		from map[string]any
		into *json.RawMessage
	}{
		{x.Decoded.ClientData, &out.Decoded.ClientData}, {x.Decoded.AuthenticatorData, &out.Decoded.AuthenticatorData},
		{x.Decoded.Attestation, &out.Decoded.Attestation}, {x.Decoded.PublicKey, &out.Decoded.PublicKey},
	} {
		raw, err := json.Marshal(part.from)
		if err != nil {
			return out, err
		}
		*part.into = raw
	}
	return out, nil
}
