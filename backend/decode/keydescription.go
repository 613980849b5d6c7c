package decode

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
)

var oidKeyDescription = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 1, 17}

// Tags of an authorization list: Android's key attestation.
const (
	tagPurpose         = 1
	tagAllApplications = 600
	tagOrigin          = 702
)

// KeyDescription is the extension in which Android says how a key was made.
type KeyDescription struct {
	version       int64
	Level         int64 // 0 software, 1 trusted environment, 2 StrongBox
	Challenge     []byte
	Software, TEE Authorizations
}

// Authorizations are the members of an authorization list that matter to a
// passkey.
type Authorizations struct {
	Fields          int
	AllApplications bool
	Purposes        []int64
	Origin          *int64
}

// Show writes the key description for people.
func (d KeyDescription) Show() map[string]any {
	level, ok := map[int64]string{0: "software", 1: "trusted environment", 2: "StrongBox"}[d.Level]
	if !ok {
		level = fmt.Sprint(d.Level)
	}
	return map[string]any{"attestationVersion": d.version, "attestationSecurityLevel": level, "attestationChallenge": Hex(d.Challenge),
		"softwareEnforced": d.Software.show(), "teeEnforced": d.TEE.show()}
}

func (a Authorizations) show() map[string]any {
	m := map[string]any{"members": a.Fields, "allApplications": a.AllApplications}
	if a.Purposes != nil {
		m["purpose"] = a.Purposes
	}
	if a.Origin != nil {
		m["origin"] = *a.Origin
	}
	return m
}

// ParseKeyDescription reads the extension of a certificate; the error says that
// it has none, or what is wrong with it.
func ParseKeyDescription(c *x509.Certificate) (d KeyDescription, err error) {
	for _, ext := range c.Extensions {
		if ext.Id.Equal(oidKeyDescription) {
			return parseKeyDescriptionDER(ext.Value)
		}
	}
	return d, fmt.Errorf("the first certificate has no key description (%s)", oidKeyDescription)
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

func parseKeyDescriptionDER(der []byte) (d KeyDescription, err error) {
	var whole asn1.RawValue
	rest, err := asn1.Unmarshal(der, &whole)
	if err != nil || len(rest) > 0 || whole.Tag != asn1.TagSequence || whole.Class != asn1.ClassUniversal {
		return d, errors.New("the key description is no ASN.1 sequence")
	}
	var members [len(keyDescriptionFields)]asn1.RawValue
	rest = whole.Bytes
	for i, f := range keyDescriptionFields {
		if rest, err = asn1.Unmarshal(rest, &members[i]); err != nil {
			return d, fmt.Errorf("the key description ends, or can't be read, at %s", f.name)
		}
		if got := members[i]; got.Class != asn1.ClassUniversal || got.Tag != f.tag {
			return d, misshapenField(f.name, f.tag, got)
		}
	}
	for i, into := range map[int]*int64{0: &d.version, 1: &d.Level} {
		n, ok := smallInt(members[i].Bytes)
		if !ok {
			return d, fmt.Errorf("%s of the key description is no number that fits", keyDescriptionFields[i].name)
		}
		*into = n
	}
	d.Challenge = members[4].Bytes
	if d.Software, err = authorizationsOf(members[6]); err != nil {
		return d, err
	}
	d.TEE, err = authorizationsOf(members[7])
	return d, err
}

// misshapenField says which member of a key description has which other type.
func misshapenField(name string, want int, got asn1.RawValue) error {
	if want == asn1.TagEnum && got.Class == asn1.ClassUniversal && got.Tag == asn1.TagInteger {
		return mismatch("ENUMERATED", "INTEGER",
			"%s of the key description is an INTEGER, where Android's schema has an ENUMERATED; the specification's own vector once had that "+
				"mistake (w3c/webauthn#2373)", name)
	}
	return mismatch(asn1Name(asn1.ClassUniversal, want), asn1Name(got.Class, got.Tag),
		"%s of the key description has another ASN.1 type than Android's schema", name)
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

func authorizationsOf(list asn1.RawValue) (a Authorizations, err error) {
	if list.Tag != asn1.TagSequence || list.Class != asn1.ClassUniversal {
		return a, errors.New("an authorization list of the key description is no sequence")
	}
	for rest := list.Bytes; len(rest) > 0; {
		var el asn1.RawValue
		if rest, err = asn1.Unmarshal(rest, &el); err != nil {
			return a, errors.New("an authorization list of the key description is cut short")
		}
		a.Fields++
		if el.Class != asn1.ClassContextSpecific {
			continue
		}
		switch el.Tag {
		case tagAllApplications:
			a.AllApplications = true
		case tagOrigin:
			var n int64
			if rest, err := asn1.Unmarshal(el.Bytes, &n); err != nil || len(rest) > 0 {
				return a, errors.New("origin of the key description is not one INTEGER")
			}
			a.Origin = &n
		case tagPurpose:
			if _, err := asn1.UnmarshalWithParams(el.Bytes, &a.Purposes, "set"); err != nil {
				return a, errors.New("purpose of the key description is no SET of INTEGERs")
			}
		}
	}
	return a, nil
}
