package inspect

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
)

var oidKeyDescription = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 1, 17}

// Tags of an authorization list, and the values that a passkey needs:
// Android's key attestation.
const (
	tagPurpose         = 1
	tagAllApplications = 600
	tagOrigin          = 702

	purposeSign     = 2
	originGenerated = 0
	levelSoftware   = 0
)

// keyDescription is the extension in which Android says how a key was made.
type keyDescription struct {
	version       int64
	level         int64 // 0 software, 1 trusted environment, 2 StrongBox
	challenge     []byte
	software, tee authorizations
}

type authorizations struct {
	fields          int
	allApplications bool
	purposes        []int64
	origin          *int64
}

// verifyAndroidKey verifies the format of section 8.4.
func verifyAndroidKey(st item, in subject) (outcome, error) {
	out := outcome{kind: "basic", shown: map[string]any{}, aging: true}
	alg, err := fieldAlg(st)
	if err != nil {
		return out, err
	}
	out.shown["alg"] = algName(alg)
	sig, err := field(st, "sig", cborBytes)
	if err != nil {
		return out, err
	}
	if out.path, err = certificates(st); err != nil {
		return out, err
	}
	leaf := out.path[0]
	if err := checkStatement(leaf.PublicKey, alg, in.signed, sig.raw, "the key of the first certificate"); err != nil {
		return out, err
	}
	if !sameKey(leaf.PublicKey, in.key.pub) {
		return out, invalid("the first certificate is for another key than the credential's")
	}
	d, err := keyDescriptionOf(leaf)
	if err != nil {
		return out, err
	}
	out.shown["keyDescription"] = d.show()
	if !bytes.Equal(d.challenge, in.hash) {
		return out, differs(hexOf(in.hash), hexOf(d.challenge), "attestationChallenge of the key description is not the hash of the client data")
	}
	if err := d.examine(); err != nil {
		return out, err
	}
	out.doubts = d.doubts()
	return out, nil
}

// examine holds the union of the two lists against section 8.4. A list that says
// nothing of origin or purpose is equal to neither value: the specification's
// first published vector had empty lists, and was changed for it
// (w3c/webauthn#2378).
func (d keyDescription) examine() error {
	if d.software.allApplications || d.tee.allApplications {
		return invalid("the key may be used by all applications, and a passkey belongs to one relying party")
	}
	var origins, purposes []int64
	for _, list := range []authorizations{d.tee, d.software} {
		if list.origin != nil {
			origins = append(origins, *list.origin)
		}
		purposes = append(purposes, list.purposes...)
	}
	switch {
	case len(origins) == 0:
		return differs("0 (generated)", "none", "the key description does not say where the key comes from (origin), and section 8.4 wants a generated one")
	case !slices.Contains(origins, originGenerated):
		return differs("0 (generated)", fmt.Sprint(origins), "the key was not generated where it is kept (origin)")
	case len(purposes) == 0:
		return differs("2 (sign)", "none", "the key description does not say what the key is for (purpose), and section 8.4 wants one for signing")
	case !slices.Contains(purposes, purposeSign):
		return differs("2 (sign)", fmt.Sprint(purposes), "the key is not there for signing (purpose)")
	}
	return nil
}

// doubts says what section 8.4 does not ask about, and a relying party may.
func (d keyDescription) doubts() []string {
	if d.level != levelSoftware {
		return nil
	}
	doubt := "Software made this attestation (attestationSecurityLevel Software), not a trusted environment"
	if d.tee.fields > 0 {
		doubt += ", though it lists values as enforced by hardware (teeEnforced); Android's own software attestation does that"
	}
	return []string{doubt + ". Section 8.4 asks nothing about it, so it refuses nothing."}
}

func (d keyDescription) show() map[string]any {
	level, ok := map[int64]string{0: "software", 1: "trusted environment", 2: "StrongBox"}[d.level]
	if !ok {
		level = fmt.Sprint(d.level)
	}
	return map[string]any{"attestationVersion": d.version, "attestationSecurityLevel": level, "attestationChallenge": Hex(d.challenge),
		"softwareEnforced": d.software.show(), "teeEnforced": d.tee.show()}
}

func (a authorizations) show() map[string]any {
	m := map[string]any{"members": a.fields, "allApplications": a.allApplications}
	if a.purposes != nil {
		m["purpose"] = a.purposes
	}
	if a.origin != nil {
		m["origin"] = *a.origin
	}
	return m
}

func keyDescriptionOf(c *x509.Certificate) (d keyDescription, err error) {
	for _, ext := range c.Extensions {
		if ext.Id.Equal(oidKeyDescription) {
			return parseKeyDescription(ext.Value)
		}
	}
	return d, invalid("the first certificate has no key description (%s)", oidKeyDescription)
}

// keyDescriptionFields are the members of Android's KeyDescription in their
// order, each with its universal ASN.1 tag.
var keyDescriptionFields = [...]struct {
	name string
	tag  int
}{
	{"attestationVersion", asn1.TagInteger}, {"attestationSecurityLevel", asn1.TagEnum},
	{"keyMintVersion", asn1.TagInteger}, {"keyMintSecurityLevel", asn1.TagEnum},
	{"attestationChallenge", asn1.TagOctetString}, {"uniqueId", asn1.TagOctetString},
	{"softwareEnforced", asn1.TagSequence}, {"teeEnforced", asn1.TagSequence},
}

func parseKeyDescription(der []byte) (d keyDescription, err error) {
	var whole asn1.RawValue
	rest, err := asn1.Unmarshal(der, &whole)
	if err != nil || len(rest) > 0 || whole.Tag != asn1.TagSequence || whole.Class != asn1.ClassUniversal {
		return d, invalid("the key description is no ASN.1 sequence")
	}
	var members [len(keyDescriptionFields)]asn1.RawValue
	rest = whole.Bytes
	for i, f := range keyDescriptionFields {
		if rest, err = asn1.Unmarshal(rest, &members[i]); err != nil {
			return d, invalid("the key description ends, or can't be read, at %s", f.name)
		}
		if got := members[i]; got.Class != asn1.ClassUniversal || got.Tag != f.tag {
			return d, misshapenField(f.name, f.tag, got)
		}
	}
	for i, into := range map[int]*int64{0: &d.version, 1: &d.level} {
		n, ok := smallInt(members[i].Bytes)
		if !ok {
			return d, invalid("%s of the key description is no number that fits", keyDescriptionFields[i].name)
		}
		*into = n
	}
	d.challenge = members[4].Bytes
	if d.software, err = authorizationsOf(members[6]); err != nil {
		return d, err
	}
	d.tee, err = authorizationsOf(members[7])
	return d, err
}

// misshapenField says which member of a key description has which other type.
func misshapenField(name string, want int, got asn1.RawValue) error {
	if want == asn1.TagEnum && got.Class == asn1.ClassUniversal && got.Tag == asn1.TagInteger {
		return differs("ENUMERATED", "INTEGER", "%s of the key description is an INTEGER, where Android's schema has an ENUMERATED; the specification's own vector once had that mistake (w3c/webauthn#2373)", name)
	}
	return differs(asn1Name(asn1.ClassUniversal, want), asn1Name(got.Class, got.Tag), "%s of the key description has another ASN.1 type than Android's schema", name)
}

func asn1Name(class, tag int) string {
	names := map[int]string{asn1.TagBoolean: "BOOLEAN", asn1.TagInteger: "INTEGER", asn1.TagOctetString: "OCTET STRING",
		asn1.TagNull: "NULL", asn1.TagEnum: "ENUMERATED", asn1.TagUTF8String: "UTF8String", asn1.TagSequence: "SEQUENCE", asn1.TagSet: "SET"}
	if name := names[tag]; class == asn1.ClassUniversal && name != "" {
		return name
	}
	return fmt.Sprintf("class %d, tag %d", class, tag)
}

// smallInt reads the content of an INTEGER or ENUMERATED of at most 8 bytes.
func smallInt(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	n = int64(int8(b[0]))
	for _, el := range b[1:] {
		n = n<<8 | int64(el)
	}
	return n, true
}

func authorizationsOf(list asn1.RawValue) (a authorizations, err error) {
	if list.Tag != asn1.TagSequence || list.Class != asn1.ClassUniversal {
		return a, invalid("an authorization list of the key description is no sequence")
	}
	for rest := list.Bytes; len(rest) > 0; {
		var el asn1.RawValue
		if rest, err = asn1.Unmarshal(rest, &el); err != nil {
			return a, invalid("an authorization list of the key description is cut short")
		}
		a.fields++
		if el.Class != asn1.ClassContextSpecific {
			continue
		}
		switch el.Tag {
		case tagAllApplications:
			a.allApplications = true
		case tagOrigin:
			var n int64
			if rest, err := asn1.Unmarshal(el.Bytes, &n); err != nil || len(rest) > 0 {
				return a, invalid("origin of the key description is not one INTEGER")
			}
			a.origin = &n
		case tagPurpose:
			if _, err := asn1.UnmarshalWithParams(el.Bytes, &a.purposes, "set"); err != nil {
				return a, invalid("purpose of the key description is no SET of INTEGERs")
			}
		}
	}
	return a, nil
}
