package inspect

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"sting/backend/decode"
)

// statement is an attestation statement as it stands in the object.
type statement struct {
	format string
	body   decode.Item
}

// subject is what a statement attests.
type subject struct {
	auth   decode.AuthenticatorData
	hash   []byte // of the client data
	signed []byte // authenticator data and hash
	key    decode.PublicKey
	keyErr error
}

// outcome is what a statement that holds has shown.
type outcome struct {
	kind   string              // none, self, basic, anonymization CA
	path   []*x509.Certificate // leaf first
	shown  map[string]any
	doubts []string // unusual, and no reason to refuse
	// aging says that certificates of the format run out by design.
	aging bool
}

// Error lets a finding travel as an error.
func (f *finding) Error() string { return f.cause }

// invalid says why a statement does not hold.
func invalid(format string, args ...any) error {
	return &finding{fault: "ATTESTATION_INVALID", cause: fmt.Sprintf(format, args...)}
}

// differs is an invalid statement with the two values that differ.
func differs(expected, received, format string, args ...any) error {
	return &finding{fault: "ATTESTATION_INVALID", cause: fmt.Sprintf(format, args...), expected: expected, received: received}
}

// findingOf is why a statement does not hold, where err is what decoding or
// verifying it came to.
func findingOf(err error) finding {
	if f, ok := errors.AsType[*finding](err); ok {
		return *f
	}
	f := finding{fault: "ATTESTATION_INVALID", cause: err.Error()}
	if m, ok := errors.AsType[*decode.Mismatch](err); ok {
		f.expected, f.received = m.Expected, m.Received
	}
	return f
}

// verifier verifies the statements of one format.
type verifier func(st decode.Item, in subject) (outcome, error)

// verifierOf returns nil for a format that nobody here knows. The registered
// ones stand in sections 8.2 to 8.9; android-safetynet was one in Level 2.
func verifierOf(format string) verifier {
	switch format {
	case "none":
		return verifyNone
	case "packed":
		return verifyPacked
	case "fido-u2f":
		return verifyU2F
	case "tpm":
		return verifyTPM
	case "android-key":
		return verifyAndroidKey
	case "android-safetynet":
		return verifySafetyNet
	case "apple":
		return verifyApple
	case "compound":
		return verifyCompound
	}
	return nil
}

const fixAttestation = `Ask for attestation "none" if you don't need to know the authenticator's make; if you do, this one did not ` +
	`prove it, and its answer should be refused.`

// examineStatement takes steps 21 to 24.
func (e *examiner) examineStatement(object decode.Item, st statement) {
	if st.format == "" {
		return
	}
	e.decoded.Attestation = map[string]any{"fmt": decode.Short(st.format)}
	if extra := decode.Strangers(object, "fmt", "attStmt", "authData"); extra != "" {
		e.warn("7.1.13", "", "", "The attestation object has members that nobody reads: "+extra+".")
	}
	verify := verifierOf(st.format)
	if verify == nil {
		cause := fmt.Sprintf("The attestation format %q is not known here: the statement was not checked.", decode.Short(st.format))
		e.warn("7.1.21", "a registered format", decode.Short(st.format), cause)
		e.skip("7.1.22", "", cause)
		e.doubt(cause, `Ask for attestation "none", or take an implementation that knows the format.`)
		return
	}
	e.pass("7.1.21", "a registered format", st.format, "")
	out, err := verify(st.body, e.subject(e.client.hash))
	for name, v := range out.shown {
		e.decoded.Attestation[name] = v
	}
	e.showPath(out)
	if err != nil {
		e.refuseStatement(st, err, verify)
		return
	}
	e.decoded.Attestation["type"] = out.kind
	for _, doubt := range out.doubts {
		e.warn("7.1.22", "", st.format, doubt)
	}
	e.pass("7.1.22", "", fmt.Sprintf("%s, %s", st.format, out.kind), "")
	e.examineTrust(out)
}

// subject is what the statement has to attest, over client data of a hash.
func (e *examiner) subject(hash []byte) subject {
	in := subject{auth: e.auth, hash: hash, key: e.key, keyErr: e.keyErr}
	in.signed = append(append([]byte{}, e.auth.Raw...), hash...)
	return in
}

func (e *examiner) refuseStatement(st statement, err error, verify verifier) {
	format := st.format
	if u, ok := errors.AsType[decode.Unsupported](err); ok {
		e.unverifiable("7.1.22", format, string(u), `Take another implementation to check this attestation, or ask for attestation "none".`)
		return
	}
	out := findingOf(err)
	out.cause = fmt.Sprintf("The %s attestation does not hold: %s.", format, strings.TrimSuffix(out.cause, "."))
	out.fix = fixAttestation
	e.blameRewriting(&out, func(client []byte) bool {
		hash := sha256.Sum256(client)
		_, err := verify(st.body, e.subject(hash[:]))
		return err == nil
	})
	e.fail("7.1.22", out)
}

// checkStatement verifies a statement's signature, and says which one it was.
func checkStatement(pub any, alg int64, data, sig []byte, by string) error {
	switch err := checkSignature(pub, alg, data, sig); {
	case err == nil:
		return nil
	case errors.Is(err, errAlgorithm):
		return decode.Unsupported(fmt.Sprintf("The attestation's signature could not be checked: this explainer does not verify %s.",
			decode.AlgorithmName(alg)))
	case errors.Is(err, errSignature):
		return &finding{
			fault: "BAD_SIGNATURE", cause: fmt.Sprintf("its signature (%s, beginning %s) does not fit %s and what it should cover",
				decode.ByteCount(len(sig)), decode.HexOf(sig[:min(8, len(sig))]), by),
			expected: fmt.Sprintf("a %s signature of %s", decode.AlgorithmName(alg), by), received: decode.HexOf(sig[:min(16, len(sig))]) + "...",
		}
	default:
		return invalid("%v", err)
	}
}

// verifyNone holds a statement that states nothing: section 8.7.
func verifyNone(st decode.Item, _ subject) (outcome, error) {
	if len(st.Pairs) > 0 {
		return outcome{}, differs("an empty map", decode.Strangers(st), "the format is none, and the statement is not empty")
	}
	return outcome{kind: "none"}, nil
}

// verifyCompound verifies several statements about one credential: section 8.9.
// All of them have to hold.
func verifyCompound(st decode.Item, in subject) (outcome, error) {
	if st.Kind != decode.Array {
		return outcome{}, invalid("the statement is %s, where it should be an array of statements", st.What())
	}
	if len(st.Items) < 2 {
		return outcome{}, invalid("a compound attestation holds two statements or more, here are %d", len(st.Items))
	}
	whole := outcome{kind: "compound"}
	var parts []map[string]any
	var open error
	for i, el := range st.Items {
		part, shown, err := verifyPart(el, in)
		parts = append(parts, shown)
		whole.shown = map[string]any{"statements": parts}
		if u, ok := errors.AsType[decode.Unsupported](err); ok {
			open = u
			continue
		}
		if err != nil {
			named := findingOf(err)
			named.cause = fmt.Sprintf("statement %d (%v): %s", i+1, shown["fmt"], named.cause)
			return whole, &named
		}
		whole.doubts = append(whole.doubts, part.doubts...)
		if len(whole.path) == 0 {
			whole.path, whole.aging = part.path, part.aging
		}
	}
	return whole, open
}

func verifyPart(el decode.Item, in subject) (outcome, map[string]any, error) {
	shown := map[string]any{}
	if el.Kind != decode.Map {
		return outcome{}, shown, invalid("it is %s, not a map", el.What())
	}
	format, err := decode.Field(el, "fmt", decode.Text)
	if err != nil {
		return outcome{}, shown, err
	}
	shown["fmt"] = decode.Short(string(format.Raw))
	body, err := decode.Field(el, "attStmt", decode.Map)
	if err != nil {
		return outcome{}, shown, err
	}
	verify := verifierOf(string(format.Raw))
	if string(format.Raw) == "compound" {
		return outcome{}, shown, invalid("a compound attestation stands in a compound attestation")
	}
	if verify == nil {
		return outcome{}, shown, decode.Unsupported(fmt.Sprintf("The attestation format %q is not known here: the statement was not checked.",
			decode.Short(string(format.Raw))))
	}
	out, err := verify(body, in)
	for name, v := range out.shown {
		shown[name] = v
	}
	return out, shown, err
}
