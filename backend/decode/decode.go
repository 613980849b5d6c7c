// Package decode reads what a browser and an authenticator send: CBOR, COSE keys,
// authenticator data, client data, attestation statements and what stands in
// them.
//
// Its one invariant: it says what bytes mean and where they stand, and judges
// nothing.
package decode

// Span says where a decoded field stands: Offset and Length count bytes of what
// was decoded.
type Span struct {
	Field          string
	Offset, Length int
}
