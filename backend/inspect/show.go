package inspect

import (
	"crypto/x509"
	"encoding/pem"
)

// showKey writes the credential's key as COSE, JWK and PEM, and finds its
// members in the authenticator data.
func (e *examiner) showKey() {
	k := e.key
	if k.kty == 0 {
		return
	}
	m := map[string]any{"kty": ktyName(k.kty), "alg": algName(k.alg), "cose": b64(k.raw), "members": k.params}
	if k.crv != 0 {
		m["crv"] = curveName(k.crv)
	}
	if jwk := k.jwk(); jwk != nil {
		m["jwk"] = jwk
	}
	if k.pub != nil {
		if der, err := x509.MarshalPKIXPublicKey(k.pub); err == nil {
			m["pem"] = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
			m["spki"] = b64(der)
		}
	}
	e.decoded.PublicKey = m
	if e.c.kind == registration {
		e.rangeKey(k)
	}
}

func ktyName(kty int64) string {
	switch kty {
	case ktyOKP:
		return "OKP"
	case ktyEC2:
		return "EC2"
	case ktyRSA:
		return "RSA"
	case ktyAKP:
		return "AKP"
	}
	return "unknown"
}

// jwk writes the key for the web: RFC 7517, RFC 8037.
func (k *publicKey) jwk() map[string]string {
	switch {
	case k.kty == ktyEC2 && k.y != nil:
		return map[string]string{"kty": "EC", "crv": curveName(k.crv), "x": b64(k.x), "y": b64(k.y)}
	case k.kty == ktyOKP && k.x != nil:
		return map[string]string{"kty": "OKP", "crv": curveName(k.crv), "x": b64(k.x)}
	case k.kty == ktyRSA && k.n != nil:
		return map[string]string{"kty": "RSA", "n": b64(k.n), "e": b64(k.e)}
	}
	return nil
}

// rangeKey places the members of the key in the authenticator data.
func (e *examiner) rangeKey(k publicKey) {
	const field = "authenticatorData.attestedCredentialData.credentialPublicKey"
	for _, r := range e.auth.ranges {
		if r.Field != field {
			continue
		}
		for _, in := range k.ranges {
			e.ranges = append(e.ranges, Range{Field: field + "." + in.Field, Of: "authenticatorData", Offset: r.Offset + in.Offset, Length: in.Length})
		}
	}
}

// rangeAttestation places the members of the attestation object.
func (e *examiner) rangeAttestation(object item) {
	mark := func(field string, it item) {
		start := it.off
		if it.kind == cborBytes || it.kind == cborText {
			start = it.body // the content, not its head
		}
		e.ranges = append(e.ranges, Range{Field: "attestationObject." + field, Of: "attestationObject", Offset: start, Length: it.end - start})
	}
	for _, p := range object.pairs {
		if p.key.kind != cborText {
			continue
		}
		name := short(string(p.key.raw))
		mark(name, p.value)
		if name != "attStmt" {
			continue
		}
		for _, in := range p.value.pairs {
			if in.key.kind == cborText {
				mark("attStmt."+short(string(in.key.raw)), in.value)
			}
		}
	}
}
