package inspect

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// statement is an attestation statement as it stands in the object.
type statement struct {
	format string
	body   item
}

// subject is what a statement attests.
type subject struct {
	auth   authData
	hash   []byte // of the client data
	signed []byte // authenticator data and hash
	key    publicKey
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

// unchecked says why a statement could be decoded and not verified.
type unchecked string

func (u unchecked) Error() string { return string(u) }

// verifier verifies the statements of one format.
type verifier func(st item, in subject) (outcome, error)

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

const fixAttestation = `Ask for attestation "none" if you don't need to know the authenticator's make; if you do, this one did not prove it, and its answer should be refused.`

// examineStatement takes steps 21 to 24.
func (e *examiner) examineStatement(object item, st statement) {
	if st.format == "" {
		return
	}
	e.decoded.Attestation = map[string]any{"fmt": short(st.format)}
	if extra := strangers(object, "fmt", "attStmt", "authData"); extra != "" {
		e.warn("7.1.13", "", "", "The attestation object has members that nobody reads: "+extra+".")
	}
	verify := verifierOf(st.format)
	if verify == nil {
		cause := fmt.Sprintf("The attestation format %q is not known here: the statement was not checked.", short(st.format))
		e.warn("7.1.21", "a registered format", short(st.format), cause)
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
	in.signed = append(append([]byte{}, e.auth.raw...), hash...)
	return in
}

func (e *examiner) refuseStatement(st statement, err error, verify verifier) {
	format := st.format
	if u, ok := errors.AsType[unchecked](err); ok {
		e.unverifiable("7.1.22", format, string(u), `Take another implementation to check this attestation, or ask for attestation "none".`)
		return
	}
	f, ok := errors.AsType[*finding](err)
	if !ok {
		f = &finding{fault: "ATTESTATION_INVALID", cause: err.Error()}
	}
	out := *f
	out.cause = fmt.Sprintf("The %s attestation does not hold: %s.", format, strings.TrimSuffix(out.cause, "."))
	out.fix = fixAttestation
	e.blameRewriting(&out, func(client []byte) bool {
		hash := sha256.Sum256(client)
		_, err := verify(st.body, e.subject(hash[:]))
		return err == nil
	})
	e.fail("7.1.22", out)
}

// strangers lists the members of a map whose names nobody knows.
func strangers(m item, known ...string) string {
	var list []string
	for _, p := range m.pairs {
		if p.key.kind != cborText || !slices.Contains(known, string(p.key.raw)) {
			list = append(list, short(p.key.label()))
		}
	}
	return strings.Join(list, ", ")
}

// field returns a member of a statement that has to be of a kind.
func field(st item, name string, kind cborKind) (item, error) {
	it, ok := st.text(name)
	if !ok {
		return it, invalid("%s is missing", name)
	}
	if it.kind != kind {
		return it, invalid("%s is %s, where it should be %s", name, it.what(), item{kind: kind}.what())
	}
	if kind == cborBytes && len(it.raw) == 0 {
		return it, invalid("%s is empty", name)
	}
	return it, nil
}

// fieldAlg returns the algorithm of a statement.
func fieldAlg(st item) (int64, error) {
	it, ok := st.text("alg")
	if !ok {
		return 0, invalid("alg is missing")
	}
	alg, ok := it.int()
	if !ok {
		return 0, invalid("alg is %s, where it should be a number", it.what())
	}
	return alg, nil
}

// checkStatement verifies a statement's signature, and says which one it was.
func checkStatement(pub any, alg int64, data, sig []byte, by string) error {
	switch err := checkSignature(pub, alg, data, sig); {
	case err == nil:
		return nil
	case errors.Is(err, errAlgorithm):
		return unchecked(fmt.Sprintf("The attestation's signature could not be checked: this explainer does not verify %s.", algName(alg)))
	case errors.Is(err, errSignature):
		return &finding{
			fault: "BAD_SIGNATURE", cause: fmt.Sprintf("its signature (%s, beginning %s) does not fit %s and what it should cover", bytesOf(len(sig)), hexOf(sig[:min(8, len(sig))]), by),
			expected: fmt.Sprintf("a %s signature of %s", algName(alg), by), received: hexOf(sig[:min(16, len(sig))]) + "...",
		}
	default:
		return invalid("%v", err)
	}
}

// verifyNone holds a statement that states nothing: section 8.7.
func verifyNone(st item, _ subject) (outcome, error) {
	if len(st.pairs) > 0 {
		return outcome{}, differs("an empty map", strangers(st), "the format is none, and the statement is not empty")
	}
	return outcome{kind: "none"}, nil
}

// verifyCompound verifies several statements about one credential: section 8.9.
// All of them have to hold.
func verifyCompound(st item, in subject) (outcome, error) {
	if st.kind != cborArray {
		return outcome{}, invalid("the statement is %s, where it should be an array of statements", st.what())
	}
	if len(st.items) < 2 {
		return outcome{}, invalid("a compound attestation holds two statements or more, here are %d", len(st.items))
	}
	whole := outcome{kind: "compound"}
	var parts []map[string]any
	var open error
	for i, el := range st.items {
		part, shown, err := verifyPart(el, in)
		parts = append(parts, shown)
		whole.shown = map[string]any{"statements": parts}
		if u, ok := errors.AsType[unchecked](err); ok {
			open = u
			continue
		}
		if f, ok := errors.AsType[*finding](err); ok {
			named := *f
			named.cause = fmt.Sprintf("statement %d (%v): %s", i+1, shown["fmt"], f.cause)
			return whole, &named
		}
		whole.doubts = append(whole.doubts, part.doubts...)
		if len(whole.path) == 0 {
			whole.path, whole.aging = part.path, part.aging
		}
	}
	return whole, open
}

func verifyPart(el item, in subject) (outcome, map[string]any, error) {
	shown := map[string]any{}
	if el.kind != cborMap {
		return outcome{}, shown, invalid("it is %s, not a map", el.what())
	}
	format, err := field(el, "fmt", cborText)
	if err != nil {
		return outcome{}, shown, err
	}
	shown["fmt"] = short(string(format.raw))
	body, err := field(el, "attStmt", cborMap)
	if err != nil {
		return outcome{}, shown, err
	}
	verify := verifierOf(string(format.raw))
	if string(format.raw) == "compound" {
		return outcome{}, shown, invalid("a compound attestation stands in a compound attestation")
	}
	if verify == nil {
		return outcome{}, shown, unchecked(fmt.Sprintf("The attestation format %q is not known here: the statement was not checked.", short(string(format.raw))))
	}
	out, err := verify(body, in)
	for name, v := range out.shown {
		shown[name] = v
	}
	return out, shown, err
}
