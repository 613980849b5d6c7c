package inspect

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
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
	out.doubts, err = d.examine()
	if d.level == 0 && d.tee.fields > 0 {
		out.distrust = errors.New("software made the key description (attestationSecurityLevel Software), and it lists values as enforced by hardware")
	}
	return out, err
}

// examine holds the two lists against section 8.4, whichever of them counts.
func (d keyDescription) examine() (doubts []string, err error) {
	if d.software.allApplications || d.tee.allApplications {
		return nil, invalid("the key may be used by all applications, and a passkey belongs to one relying party")
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
		doubts = append(doubts, "The key description does not say where the key comes from (origin).")
	case !has(origins, originGenerated):
		return nil, differs("0 (generated)", fmt.Sprint(origins), "the key was not generated where it is kept (origin)")
	}
	switch {
	case len(purposes) == 0:
		doubts = append(doubts, "The key description does not say what the key is for (purpose).")
	case !has(purposes, purposeSign):
		return nil, differs("2 (sign)", fmt.Sprint(purposes), "the key is not there for signing (purpose)")
	}
	return doubts, nil
}

func has(list []int64, n int64) bool {
	for _, el := range list {
		if el == n {
			return true
		}
	}
	return false
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

func parseKeyDescription(der []byte) (d keyDescription, err error) {
	var raw struct {
		Version         int64
		Level           asn1.Enumerated
		KeymasterVer    int64
		KeymasterLevel  asn1.Enumerated
		Challenge       []byte
		UniqueID        []byte
		SoftwareEnforce asn1.RawValue
		TEEEnforced     asn1.RawValue
	}
	if rest, err := asn1.Unmarshal(der, &raw); err != nil || len(rest) > 0 {
		return d, invalid("the key description can't be read: %v", err)
	}
	d = keyDescription{version: raw.Version, level: int64(raw.Level), challenge: raw.Challenge}
	if d.software, err = authorizationsOf(raw.SoftwareEnforce); err != nil {
		return d, err
	}
	d.tee, err = authorizationsOf(raw.TEEEnforced)
	return d, err
}

func authorizationsOf(list asn1.RawValue) (a authorizations, err error) {
	if list.Tag != asn1.TagSequence || list.Class != asn1.ClassUniversal {
		return a, invalid("an authorization list of the key description is no sequence")
	}
	for rest := list.Bytes; len(rest) > 0; {
		var el asn1.RawValue
		if rest, err = asn1.Unmarshal(rest, &el); err != nil {
			return a, invalid("an authorization list of the key description can't be read: %v", err)
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
			if _, err := asn1.Unmarshal(el.Bytes, &n); err != nil {
				return a, invalid("origin of the key description can't be read: %v", err)
			}
			a.origin = &n
		case tagPurpose:
			if _, err := asn1.UnmarshalWithParams(el.Bytes, &a.purposes, "set"); err != nil {
				return a, invalid("purpose of the key description can't be read: %v", err)
			}
		}
	}
	return a, nil
}
