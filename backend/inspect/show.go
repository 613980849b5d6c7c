package inspect

import (
	"fmt"

	"sting/backend/api"
	"sting/backend/decode"
)

// showKey writes the credential's key as COSE, JWK and PEM, and finds its
// members in the authenticator data.
func (e *examiner) showKey() {
	k := e.key
	if k.KeyType == 0 {
		return
	}
	m := map[string]any{"kty": decode.KeyTypeName(k.KeyType), "alg": decode.AlgorithmName(k.Algorithm), "cose": decode.Base64URL(k.Raw),
		"members": k.Parameters}
	if k.Curve != 0 {
		m["crv"] = decode.CurveName(k.Curve)
	}
	text := k.Text()
	if text.JWK != nil {
		m["jwk"] = text.JWK
	}
	if text.PEM != "" {
		m["pem"], m["spki"] = text.PEM, decode.Base64URL(text.SPKI)
	}
	e.decoded.PublicKey = m
	if e.c.kind == registration {
		e.rangeKey(k)
	}
}

// place says where decoded fields stand in a part of the answer; base is where
// what was decoded begins in it.
func (e *examiner) place(of, prefix string, base int, spans []decode.Span) {
	for _, s := range spans {
		e.ranges = append(e.ranges, api.ExplainedSpan{Field: prefix + "." + s.Field, Of: of, Offset: base + s.Offset, Length: s.Length})
	}
}

// rangeKey places the members of the key in the authenticator data.
func (e *examiner) rangeKey(k decode.PublicKey) {
	const field = "attestedCredentialData.credentialPublicKey"
	for _, s := range e.auth.Spans {
		if s.Field == field {
			e.place("authenticatorData", "authenticatorData."+field, s.Offset, k.Spans)
		}
	}
}

// rangeAttestation places the members of the attestation object.
func (e *examiner) rangeAttestation(object decode.Item) {
	mark := func(field string, it decode.Item) {
		start := it.Offset
		if it.Kind == decode.Bytes || it.Kind == decode.Text {
			start = it.Body // the content, not its head
		}
		e.ranges = append(e.ranges, api.ExplainedSpan{Field: "attestationObject." + field, Of: "attestationObject", Offset: start,
			Length: it.End - start})
	}
	for _, p := range object.Pairs {
		if p.Key.Kind != decode.Text {
			continue
		}
		name := decode.Short(string(p.Key.Raw))
		mark(name, p.Value)
		if name != "attStmt" {
			continue
		}
		for _, in := range p.Value.Pairs {
			if in.Key.Kind == decode.Text {
				mark("attStmt."+decode.Short(string(in.Key.Raw)), in.Value)
			}
		}
	}
}

// showAuthenticatorData is what the explanation says of authenticator data.
func showAuthenticatorData(a decode.AuthenticatorData) map[string]any {
	m := map[string]any{}
	if len(a.RPIDHash) == 0 {
		return m
	}
	m["rpIdHash"] = decode.Hex(a.RPIDHash)
	m["flags"] = map[string]any{
		"value": fmt.Sprintf("0x%02x", a.Flags), "names": decode.FlagNames(a.Flags),
		"UP": a.Has(decode.UP), "UV": a.Has(decode.UV), "BE": a.Has(decode.BE), "BS": a.Has(decode.BS), "AT": a.Has(decode.AT),
		"ED": a.Has(decode.ED),
	}
	m["signCount"] = a.SignCount
	if a.AAGUID != nil {
		m["aaguid"] = decode.UUID(a.AAGUID)
		name := AuthenticatorName(decode.UUID(a.AAGUID))
		if name == "" {
			name = "unknown"
		}
		m["authenticator"] = name
	}
	if a.CredentialID != nil {
		m["credentialId"] = decode.Base64URL(a.CredentialID)
	}
	if a.Extensions.Kind == decode.Map {
		m["extensions"] = showOutputs(a.Extensions)
	}
	return m
}
