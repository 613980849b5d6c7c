package softkey

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
)

// Mutation is a deliberate fault. Several apply in the order they are given.
type Mutation func(*Draft)

// AfterSigning makes a Mutation of a change that the signature doesn't cover.
func AfterSigning(change func(*Answer)) Mutation {
	return func(d *Draft) { d.After = append(d.After, change) }
}

// WithType replaces the client data's type.
func WithType(t string) Mutation {
	return func(d *Draft) { d.ClientData.Type = t }
}

// WithChallenge replaces the client data's challenge.
func WithChallenge(challenge []byte) Mutation {
	return func(d *Draft) { d.ClientData.Challenge = base64.RawURLEncoding.EncodeToString(challenge) }
}

// WithOrigin replaces the client data's origin.
func WithOrigin(origin string) Mutation {
	return func(d *Draft) { d.ClientData.Origin = origin }
}

// InFrame makes the page a frame inside a page of topOrigin (empty: unnamed).
func InFrame(topOrigin string) Mutation {
	return func(d *Draft) { d.ClientData.CrossOrigin, d.ClientData.TopOrigin = true, topOrigin }
}

// WithMember adds a member to the client data.
func WithMember(name string, value any) Mutation {
	return func(d *Draft) { d.ClientData.Extra = append(d.ClientData.Extra, Member{name, value}) }
}

// WithClientData replaces the whole client data.
func WithClientData(raw []byte) Mutation {
	return func(d *Draft) { d.ClientData.Raw = bytes.Clone(raw) }
}

// WithRPID replaces the hash of the RP ID.
func WithRPID(rpID string) Mutation {
	hash := sha256.Sum256([]byte(rpID))
	return func(d *Draft) { d.AuthData.RPIDHash = bytes.Clone(hash[:]) }
}

// WithFlags sets the flags of set and then clears those of clear, and touches
// no other part of the authenticator data.
func WithFlags(set, clear Flags) Mutation {
	return func(d *Draft) { d.AuthData.Flags = (d.AuthData.Flags | set) &^ clear }
}

// WithCounter replaces the number of uses.
func WithCounter(uses uint32) Mutation {
	return func(d *Draft) { d.AuthData.Counter = uses }
}

// WithExtensions adds authenticator extension outputs and their flag.
func WithExtensions(outputs map[string]any) Mutation {
	return func(d *Draft) {
		d.AuthData.Extensions = outputs
		d.AuthData.Flags |= FlagED
	}
}

// WithAuthDataTrailing appends bytes to the authenticator data and signs them.
func WithAuthDataTrailing(b ...byte) Mutation {
	return func(d *Draft) { d.AuthData.Trailing = append(d.AuthData.Trailing, b...) }
}

// attested makes a Mutation of the attested credential data; it leaves a
// sign-in alone, which has none.
func attested(change func(*Attested)) Mutation {
	return func(d *Draft) {
		if d.AuthData.Attested != nil {
			change(d.AuthData.Attested)
		}
	}
}

// WithAAGUID replaces the name of the authenticator's model. Create only.
func WithAAGUID(aaguid [16]byte) Mutation {
	return attested(func(t *Attested) { t.AAGUID = aaguid })
}

// WithAttestedID replaces the credential ID that is attested, and neither id
// nor rawId. Create only.
func WithAttestedID(id []byte) Mutation {
	return attested(func(t *Attested) { t.CredentialID = bytes.Clone(id) })
}

// WithKeyMember sets a member of the attested COSE key; nil removes it. Label 3
// is the algorithm. Create only.
func WithKeyMember(label int, value any) Mutation {
	return attested(func(t *Attested) {
		if t.Key[label] = value; value == nil {
			delete(t.Key, label)
		}
	})
}

// WithRawKey replaces the attested COSE key. Create only.
func WithRawKey(key []byte) Mutation {
	return attested(func(t *Attested) { t.RawKey = bytes.Clone(key) })
}

// OffCurve moves the attested point off its curve. It needs an ECDSA algorithm.
// Create only.
func OffCurve() Mutation {
	return attested(func(t *Attested) {
		if y, ok := t.Key[coseY].([]byte); ok {
			y = bytes.Clone(y)
			y[len(y)-1] ^= 1
			t.Key[coseY] = y
		}
	})
}

// AtZero makes the attested point (0, 0). It needs an ECDSA algorithm. Create only.
func AtZero() Mutation {
	return attested(func(t *Attested) {
		if y, ok := t.Key[coseY].([]byte); ok {
			t.Key[coseX], t.Key[coseY] = make([]byte, len(y)), make([]byte, len(y))
		}
	})
}

// WithFormat replaces the attestation format's name. Create only.
func WithFormat(name string) Mutation {
	return AfterSigning(func(a *Answer) { a.Format = name })
}

// WithStatementAlgorithm replaces the algorithm of a packed attestation
// statement. Create only.
func WithStatementAlgorithm(alg Algorithm) Mutation {
	return AfterSigning(func(a *Answer) { a.Algorithm = alg })
}

// WithAttestationTrailing appends bytes to the attestation object. Create only.
func WithAttestationTrailing(b ...byte) Mutation {
	return AfterSigning(func(a *Answer) { a.AttestationTrailing = append(a.AttestationTrailing, b...) })
}

// WithSignature replaces the signature.
func WithSignature(signature []byte) Mutation {
	return AfterSigning(func(a *Answer) { a.Signature = bytes.Clone(signature) })
}

// BadSignature changes one bit of the signature.
func BadSignature() Mutation {
	return AfterSigning(func(a *Answer) {
		if n := len(a.Signature); n > 0 {
			a.Signature = bytes.Clone(a.Signature)
			a.Signature[n-1] ^= 1
		}
	})
}

// WithCredentialID replaces id and rawId.
func WithCredentialID(id []byte) Mutation {
	return AfterSigning(func(a *Answer) {
		a.RawID = bytes.Clone(id)
		a.ID = base64.RawURLEncoding.EncodeToString(id)
	})
}

// WithRawID replaces rawId and leaves id alone.
func WithRawID(id []byte) Mutation {
	return AfterSigning(func(a *Answer) { a.RawID = bytes.Clone(id) })
}

// WithUserHandle replaces the user handle; nil leaves it out. Get only.
func WithUserHandle(handle []byte) Mutation {
	return func(d *Draft) { d.UserHandle = bytes.Clone(handle) }
}

// WithExtensionOutput adds a client extension output that nobody asked for.
func WithExtensionOutput(name string, value any) Mutation {
	return AfterSigning(func(a *Answer) { a.Extensions[name] = value })
}

// Padded writes every binary member as base64url with padding.
func Padded() Mutation {
	return encoded(base64.URLEncoding)
}

// StandardBase64 writes every binary member with the alphabet of plain base64.
func StandardBase64() Mutation {
	return encoded(base64.RawStdEncoding)
}

func encoded(e *base64.Encoding) Mutation {
	return AfterSigning(func(a *Answer) {
		a.Encode = e.EncodeToString
		a.ID = e.EncodeToString(a.RawID)
	})
}

// WithTrailing appends text to the JSON.
func WithTrailing(text string) Mutation {
	return AfterSigning(func(a *Answer) { a.Trailing = append(a.Trailing, text...) })
}
