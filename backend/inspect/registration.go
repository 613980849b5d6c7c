package inspect

import (
	"fmt"
	"strings"

	"sting/backend/decode"
)

// maxCredentialID is in bytes: Web Authentication Level 3, section 7.1 step 25.
const maxCredentialID = 1023

// examineRegistration takes the steps of section 7.1 that are a
// registration's own.
func (e *examiner) examineRegistration() {
	object, st, ok := e.decodeAttestation()
	if !ok {
		return
	}
	e.examineRPID()
	e.examineFlags()
	e.examinePolicies()
	if !e.auth.Attested {
		return
	}
	e.examineAlgorithm()
	e.examineKey()
	e.examineStatement(object, st)
	e.examineCredentialID()
	if e.hasAuth {
		e.examineOutputs()
	}
}

// decodeAttestation takes the attestation object apart: step 13. ok is false
// where not even the head of the authenticator data could be read.
func (e *examiner) decodeAttestation() (object decode.Item, st statement, ok bool) {
	raw := e.answer.bytes["attestationObject"]
	if raw == nil {
		return object, st, false
	}
	refuse := func(format string, args ...any) {
		e.fail("7.1.13", finding{
			fault: "MALFORMED", cause: "The attestation object does not decode: " + fmt.Sprintf(format, args...) + ".", fix: fixShape,
			expected: "one CBOR map of fmt, attStmt and authData, in CTAP2's canonical form", received: decode.ByteCount(len(raw)),
		})
	}
	object, sorted, err := decode.ParseCBOR(raw)
	if err != nil {
		refuse("%v", err)
		return object, st, false
	}
	if object.Kind != decode.Map {
		refuse("it is %s, not a map", object.What())
		return object, st, false
	}
	e.rangeAttestation(object)
	st = statementOf(object, refuse)
	data, there := object.Member("authData")
	if !there || data.Kind != decode.Bytes {
		refuse("authData is %s, not a byte string", missing(data, there))
		return object, st, false
	}
	e.readAuthData(data.Raw, func(err error) { refuse("%v", err) })
	if e.hasAuth && !e.auth.Attested {
		refuse("the flag AT is not set: there is no credential in the authenticator data")
	}
	e.compareCopies(data.Raw)
	if !sorted {
		e.warn("7.1.13", "CTAP2's canonical order", "another order",
			"The members of the attestation object are not in CTAP2's canonical order (by length, then by bytes); some authenticators do that, "+
				"and it refuses nothing.")
	}
	e.pass("7.1.13", "one CBOR map", fmt.Sprintf("fmt %q, %s of authenticator data", decode.Short(st.format),
		decode.ByteCount(len(data.Raw))), "")
	return object, st, len(e.auth.RPIDHash) > 0
}

// statementOf returns the statement of an object, the zero one where it has
// none that could be verified.
func statementOf(object decode.Item, refuse func(string, ...any)) statement {
	format, okFmt := object.Member("fmt")
	body, okStmt := object.Member("attStmt")
	switch {
	case !okFmt || format.Kind != decode.Text:
		refuse("fmt is %s, not a text", missing(format, okFmt))
	case len(format.Raw) == 0:
		refuse("fmt is empty")
	case !okStmt || body.Kind != decode.Map && string(format.Raw) != "compound":
		refuse("attStmt is %s, not a map", missing(body, okStmt))
	default:
		return statement{format: string(format.Raw), body: body}
	}
	return statement{}
}

func missing(it decode.Item, there bool) string {
	if !there {
		return "missing"
	}
	return it.What()
}

// readAuthData decodes authenticator data into e; refuse is told why it can't.
func (e *examiner) readAuthData(raw []byte, refuse func(error)) {
	a, err := decode.ParseAuthenticatorData(raw)
	e.auth, e.hasAuth = a, err == nil
	e.place("authenticatorData", "authenticatorData", 0, a.Spans)
	shown := showAuthenticatorData(a)
	for name, v := range e.decoded.AuthenticatorData {
		shown[name] = v
	}
	e.decoded.AuthenticatorData = shown
	if err != nil {
		refuse(err)
	}
}

// compareCopies looks at what the browser read out for those who can't decode
// CBOR: nothing of it is signed.
func (e *examiner) compareCopies(data []byte) {
	if copied, ok := e.answer.bytes["authenticatorData"]; ok && string(copied) != string(data) {
		e.warn("7.1.13", decode.HexOf(data[:min(37, len(data))]), decode.HexOf(copied[:min(37, len(copied))]),
			"response.authenticatorData is not what stands in the attestation object; only the latter counts.")
	}
}

// examineFlags judges UP, UV and the backup flags, for both kinds.
func (e *examiner) examineFlags() {
	a := e.auth
	received := fmt.Sprintf("%s (flags 0x%02x: %s)", yesNo(a.Has(decode.UP)), a.Flags, decode.FlagNames(a.Flags))
	switch {
	case a.Has(decode.UP):
		e.pass(e.id.up, "set", received, "")
	case e.c.kind == registration && e.c.options.conditional:
		e.pass(e.id.up, "set, unless the registration is conditional", received,
			"The options ask for a conditional registration, in which nobody need be present.")
	default:
		e.fail(e.id.up, finding{
			cause: "The authenticator says that nobody was present: the flag UP is not set.",
			fix: "Confirm on the authenticator, with a touch or with the screen's prompt; an authenticator that never sets UP can't be used " +
				"here.",
			expected: "set", received: received,
		})
	}
	received = fmt.Sprintf("%s (flags 0x%02x: %s)", yesNo(a.Has(decode.UV)), a.Flags, decode.FlagNames(a.Flags))
	switch {
	case e.c.userVerification == "required" && !a.Has(decode.UV):
		e.fail(e.id.uv, finding{
			cause: "User verification is required, and the authenticator did not verify the person: the flag UV is not set.",
			fix: "Use an authenticator with a PIN, a fingerprint or a face, and ask for userVerification \"required\" in the options too; or " +
				"set user_verification to preferred.",
			expected: "set", received: received,
		})
	case e.c.userVerification == "required":
		e.pass(e.id.uv, "set", received, "")
	case e.c.userVerification == "":
		e.skip(e.id.uv, received, "The file does not say whether user verification was required.")
	default:
		e.pass(e.id.uv, "set or not: "+decode.Short(e.c.userVerification), received, "")
	}
	received = fmt.Sprintf("BE %s, BS %s", yesNo(a.Has(decode.BE)), yesNo(a.Has(decode.BS)))
	if a.Has(decode.BS) && !a.Has(decode.BE) {
		e.fail(e.id.bs, finding{
			cause:    "The authenticator says that the passkey is backed up and can't be: BS is set, BE is not.",
			fix:      "This is a defect of the authenticator or of what changed its answer; try another one.",
			expected: "BE set wherever BS is", received: received,
		})
		return
	}
	e.pass(e.id.bs, "BE set wherever BS is", received, "")
}

// examinePolicies says what a relying party could refuse on purpose, and this
// file can't tell.
func (e *examiner) examinePolicies() {
	e.skip("7.1.18", "BE "+yesNo(e.auth.Has(decode.BE)), "A policy on backup eligibility is the relying party's own; the file has none.")
	e.skip("7.1.19", "BS "+yesNo(e.auth.Has(decode.BS)), "A policy on the backup state is the relying party's own; the file has none.")
}

const weakRS1 = "RS1 signs with SHA-1, which is broken; that is the relying party's own affair and refuses nothing."

// examineAlgorithm is step 20. A file that names no algorithms means any that
// can be verified here (CONTRACT section 11); one that can't be is left open, as
// it is at a sign-in, and not called unasked.
func (e *examiner) examineAlgorithm() {
	e.key, e.keyErr = decode.ParseCOSEKey(e.auth.Key)
	if !e.key.HasAlgorithm {
		e.skip("7.1.20", "none", "The key names no algorithm that could be held against the options.")
		return
	}
	alg, got := e.key.Algorithm, decode.AlgorithmName(e.key.Algorithm)
	known, _ := decode.AlgorithmOf(alg)
	switch {
	case len(e.c.algorithms) > 0:
		if !e.examineOffer(alg, got) {
			return
		}
	case known.Verified:
		e.pass("7.1.20", "an algorithm that can be verified", got, "The file names no algorithms, so any that can be verified was offered.")
	default:
		e.skip("7.1.20", got, fmt.Sprintf("The file names no algorithms, so whether %s was offered can't be told.", got))
	}
	if alg == decode.RS1 {
		e.warn("7.1.20", "", got, weakRS1)
	}
}

// examineOffer holds an algorithm against those that the file names.
func (e *examiner) examineOffer(alg int64, got string) bool {
	var offered []string
	for _, id := range e.c.algorithms {
		offered = append(offered, decode.AlgorithmName(id))
	}
	want := strings.Join(offered, ", ")
	if e.c.offered(alg) {
		e.pass("7.1.20", want, got, "")
		return true
	}
	e.fail("7.1.20", finding{
		cause: fmt.Sprintf("The key is one of %s, the options offered %s.", got, want),
		fix:   "Offer the algorithm in pubKeyCredParams, or use an authenticator that keeps to what was offered.", expected: want, received: got,
	})
	return false
}

// examineKey is our step: a key that can never verify is refused when it comes,
// not at the first sign-in.
func (e *examiner) examineKey() {
	e.showKey()
	const expected = "a key that can verify"
	if e.keyErr != nil {
		e.fail("key", finding{
			cause:    "The public key can't be used: " + e.keyErr.Error() + ".",
			fix:      "This is a defect of the authenticator, or of what changed its answer: no sign-in with this passkey could ever succeed.",
			expected: expected, received: decode.AlgorithmName(e.key.Algorithm),
		})
		return
	}
	for _, doubt := range e.key.Doubts {
		e.warn("key", expected, decode.AlgorithmName(e.key.Algorithm), doubt)
	}
	if !e.key.Verifiable() {
		cause := fmt.Sprintf("The key is one of %s: it was decoded, and this explainer verifies no such signatures.",
			decode.AlgorithmName(e.key.Algorithm))
		e.warn("key", expected, decode.AlgorithmName(e.key.Algorithm), cause)
		e.doubt(cause, "Take another implementation to check this ceremony, or offer ES256 (-7), EdDSA (-8) and RS256 (-257).")
		return
	}
	e.pass("key", expected, describeKey(e.key), "")
}

func describeKey(k decode.PublicKey) string {
	if k.KeyType == decode.RSA {
		return fmt.Sprintf("%s, %d bits", decode.AlgorithmName(k.Algorithm), len(strings.TrimLeft(decode.HexOf(k.Modulus), "0"))*4)
	}
	return fmt.Sprintf("%s on %s", decode.AlgorithmName(k.Algorithm), decode.CurveName(k.Curve))
}

// examineCredentialID is steps 25 and 26.
func (e *examiner) examineCredentialID() {
	id := e.auth.CredentialID
	raw, there := e.answer.bytes["rawId"]
	received := fmt.Sprintf("%s: %s", decode.ByteCount(len(id)), decode.Short(decode.Base64URL(id)))
	switch {
	case len(id) > maxCredentialID:
		e.fail("7.1.25", finding{fault: "MALFORMED",
			cause: fmt.Sprintf("The credential ID has %d bytes, %d are the most.", len(id), maxCredentialID),
			fix:   "This is a defect of the authenticator; try another one.", expected: "1023 bytes or fewer", received: received})
	case len(id) == 0:
		e.fail("7.1.25", finding{fault: "MALFORMED", cause: "The credential ID is empty.",
			fix: "This is a defect of the authenticator; try another one.", expected: "1 byte or more", received: received})
	case there && string(raw) != string(id):
		e.fail("7.1.25", finding{fault: "MALFORMED",
			cause: fmt.Sprintf("The answer says that the credential is %s, the authenticator says %s.", decode.Short(decode.Base64URL(raw)),
				decode.Short(decode.Base64URL(id))), fix: fixShape, expected: decode.Short(decode.Base64URL(id)),
			received: decode.Short(decode.Base64URL(raw))})
	default:
		e.pass("7.1.25", "1023 bytes or fewer", received, "")
	}
	if e.c.options.exclude == nil {
		e.skip("7.1.26", "", "The file does not hold the credentials that are registered already.")
		return
	}
	for _, known := range *e.c.options.exclude {
		if known == decode.Base64URL(id) {
			e.fail("7.1.26", finding{
				cause: fmt.Sprintf("The credential %s is registered already: the options listed it in excludeCredentials.",
					decode.Short(decode.Base64URL(id))),
				fix:      "Sign in with this passkey instead, or use another authenticator.",
				expected: "a new credential", received: decode.Short(decode.Base64URL(id)),
			})
			return
		}
	}
	e.pass("7.1.26", "a new credential", decode.Short(decode.Base64URL(id)),
		fmt.Sprintf("It is none of the %d that the options excluded; those of other people are not in the file.", len(*e.c.options.exclude)))
}

func yesNo(b bool) string {
	if b {
		return "set"
	}
	return "not set"
}
