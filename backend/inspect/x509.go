package inspect

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"
	"time"

	"sting/backend/decode"
)

// oidAAGUID is id-fido-gen-ce-aaguid: section 8.2.1.
var oidAAGUID = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 45724, 1, 1, 4}

// certificateAAGUID compares the extension that names the model, where the
// certificate has it.
func certificateAAGUID(c *x509.Certificate, aaguid []byte) error {
	for _, ext := range c.Extensions {
		if !ext.Id.Equal(oidAAGUID) {
			continue
		}
		if ext.Critical {
			return invalid("the AAGUID extension of the attestation certificate is marked critical, which section 8.2.1 forbids")
		}
		var inner []byte
		if rest, err := asn1.Unmarshal(ext.Value, &inner); err != nil || len(rest) > 0 || len(inner) != 16 {
			return differs("an octet string of 16 bytes", decode.HexOf(ext.Value),
				"the AAGUID extension of the attestation certificate is misshapen")
		}
		if !bytes.Equal(inner, aaguid) {
			return differs(decode.UUID(inner), decode.UUID(aaguid),
				"the attestation certificate is for the AAGUID %s, the authenticator data say %s", decode.UUID(inner), decode.UUID(aaguid))
		}
	}
	return nil
}

// sameKey compares two public keys.
func sameKey(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && b != nil && k.Equal(b)
}

// examineTrust takes steps 23 and 24: where the chain ends, and whether it is
// one.
func (e *examiner) examineTrust(out outcome) {
	if len(out.path) == 0 {
		e.skip("7.1.23", "", fmt.Sprintf("The attestation is of the type %q: there is no chain to anchor.", out.kind))
		e.skip("7.1.24", "", fmt.Sprintf("The attestation is of the type %q: whether that is enough is the relying party's own policy.",
			out.kind))
		return
	}
	top := out.path[len(out.path)-1]
	if root := e.rootOf(out.path); root != nil {
		e.pass("7.1.23", "a known root", decode.Short(root.Subject.String()), "")
	} else {
		e.warn("7.1.23", "a known root", decode.Short(top.Issuer.String()),
			fmt.Sprintf("Nobody here knows the root that %s was issued by, so the make of the authenticator is what it says of itself. %s",
				nameOf(top), addRoot))
	}
	if err := e.chain(out); err != nil {
		e.fail("7.1.24", finding{fault: "ATTESTATION_INVALID",
			cause: "The certificates of the attestation are no valid chain: " + err.Error() + ".", fix: fixAttestation,
			expected: "certificates that are valid and signed by the next one"})
	}
	e.pass("7.1.24", "certificates that are valid and signed by the next one", pathNames(out.path), "")
}

// rootOf returns the known root that the path ends in, or nil.
func (e *examiner) rootOf(path []*x509.Certificate) *x509.Certificate {
	top := path[len(path)-1]
	for _, root := range e.o.Roots {
		if root.Equal(top) || top.CheckSignatureFrom(root) == nil {
			return root
		}
	}
	return nil
}

// chain holds each certificate against the next one and against the time.
func (e *examiner) chain(out outcome) error {
	for i, c := range out.path {
		if i+1 < len(out.path) {
			err := c.CheckSignatureFrom(out.path[i+1])
			if _, weak := errors.AsType[x509.InsecureAlgorithmError](err); weak {
				e.warn("7.1.24", "", c.SignatureAlgorithm.String(),
					fmt.Sprintf("%s is signed with %s, which is broken; that was not checked.", nameOf(c), c.SignatureAlgorithm))
			} else if err != nil {
				return fmt.Errorf("%s is not signed by the next one, %s (%v)", nameOf(c), nameOf(out.path[i+1]), err)
			}
		}
		if err := e.timely(c); err != nil {
			if !out.aging {
				return err
			}
			e.warn("7.1.24", "", pathNames(out.path),
				strings.ToUpper(err.Error()[:1])+err.Error()[1:]+
					". Certificates of this format are made to run out; what counts is that they were valid at the registration.")
		}
	}
	return nil
}

func (e *examiner) timely(c *x509.Certificate) error {
	now := e.o.Now
	switch {
	case now.IsZero():
		return nil
	case now.Before(c.NotBefore):
		return fmt.Errorf("%s is valid from %s on, and it is %s", nameOf(c), day(c.NotBefore), day(now))
	case now.After(c.NotAfter):
		return fmt.Errorf("%s was valid until %s, and it is %s", nameOf(c), day(c.NotAfter), day(now))
	}
	return nil
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02") }

func nameOf(c *x509.Certificate) string {
	if c.Subject.CommonName != "" {
		return fmt.Sprintf("the certificate %q", decode.Short(c.Subject.CommonName))
	}
	return "the certificate without a name, number " + decode.Short(c.SerialNumber.String())
}

func pathNames(path []*x509.Certificate) string {
	var list []string
	for _, c := range path {
		list = append(list, decode.Short(c.Subject.String()))
	}
	return strings.Join(list, " < ")
}

// showPath writes the chain for people.
func (e *examiner) showPath(out outcome) {
	var list []map[string]any
	for _, c := range out.path {
		list = append(list, map[string]any{
			"subject": decode.Short(c.Subject.String()), "issuer": decode.Short(c.Issuer.String()), "serial": c.SerialNumber.String(),
			"notBefore": c.NotBefore.UTC().Format(time.RFC3339), "notAfter": c.NotAfter.UTC().Format(time.RFC3339),
			"signatureAlgorithm": c.SignatureAlgorithm.String(), "publicKeyAlgorithm": c.PublicKeyAlgorithm.String(), "ca": c.IsCA,
			"der": decode.Base64URL(c.Raw),
		})
	}
	if list != nil {
		e.decoded.Attestation["x5c"] = list
	}
}
