package decode

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
)

// Values of the TPM 2.0 library, part 2.
const (
	TPMGenerated     = 0xff544347
	TPMAttestCertify = 0x8017
	TPMRSA           = 0x0001
	TPMECC           = 0x0023
	tpmNull          = 0x0010
)

// tpmReader reads the TPM's big-endian structures; the first error stays.
type tpmReader struct {
	data []byte
	err  error
}

func (r *tpmReader) take(n int) []byte {
	if r.err == nil && len(r.data) < n {
		r.err = fmt.Errorf("it ends %d bytes too early", n-len(r.data))
	}
	if r.err != nil {
		return make([]byte, min(n, 8))
	}
	out := r.data[:n]
	r.data = r.data[n:]
	return out
}

func (r *tpmReader) u16() uint16 { return binary.BigEndian.Uint16(r.take(2)) }
func (r *tpmReader) u32() uint32 { return binary.BigEndian.Uint32(r.take(4)) }

// sized reads a TPM2B: two bytes of length and then so many.
func (r *tpmReader) sized() []byte {
	n := int(r.u16())
	if r.err != nil {
		return nil
	}
	return r.take(n)
}

func (r *tpmReader) end() error {
	if r.err == nil && len(r.data) > 0 {
		r.err = fmt.Errorf("%s stand behind it", ByteCount(len(r.data)))
	}
	return r.err
}

// CertInfo is TPMS_ATTEST with a certified key in it.
type CertInfo struct {
	Magic               uint32
	Kind                uint16
	signer, ExtraData   []byte
	firmware            []byte
	Name, qualifiedName []byte
}

// ParseCertInfo decodes TPMS_ATTEST that fills raw.
func ParseCertInfo(raw []byte) (c CertInfo, err error) {
	r := &tpmReader{data: raw}
	c.Magic, c.Kind = r.u32(), r.u16()
	c.signer, c.ExtraData = r.sized(), r.sized()
	r.take(8 + 4 + 4 + 1) // clockInfo: not used
	c.firmware = r.take(8)
	if c.Kind != TPMAttestCertify { // what follows depends on the type, which is judged later
		return c, r.err
	}
	c.Name, c.qualifiedName = r.sized(), r.sized()
	return c, r.end()
}

// Show writes certInfo for people.
func (c CertInfo) Show() map[string]any {
	return map[string]any{
		"magic": fmt.Sprintf("0x%08x", c.Magic), "type": fmt.Sprintf("0x%04x", c.Kind), "extraData": Hex(c.ExtraData),
		"name": Hex(c.Name), "firmwareVersion": Hex(c.firmware),
	}
}

// PubArea is TPMT_PUBLIC of a signing key.
type PubArea struct {
	Kind, NameAlg uint16
	attributes    uint32
	keyBits       uint16
	Exponent      uint32
	Curve         uint16
	Modulus, X, Y []byte
}

// ParsePubArea decodes TPMT_PUBLIC that fills raw.
func ParsePubArea(raw []byte) (a PubArea, err error) {
	r := &tpmReader{data: raw}
	a.Kind, a.NameAlg, a.attributes = r.u16(), r.u16(), r.u32()
	r.sized() // authPolicy
	switch a.Kind {
	case TPMRSA:
		symmetric(r)
		scheme(r)
		a.keyBits, a.Exponent = r.u16(), r.u32()
		a.Modulus = r.sized()
	case TPMECC:
		symmetric(r)
		scheme(r)
		a.Curve = r.u16()
		scheme(r) // the key derivation function has the same shape
		a.X, a.Y = r.sized(), r.sized()
	default:
		return a, errors.Join(r.err, fmt.Errorf("keys of the kind 0x%04x are not known here", a.Kind))
	}
	return a, r.end()
}

// symmetric skips TPMT_SYM_DEF_OBJECT.
func symmetric(r *tpmReader) {
	if r.u16() != tpmNull {
		r.take(4) // keyBits, mode
	}
}

// scheme skips an asymmetric scheme, whose details are a hash.
func scheme(r *tpmReader) {
	if r.u16() != tpmNull {
		r.u16()
	}
}

// Show writes pubArea for people.
func (a PubArea) Show() map[string]any {
	m := map[string]any{"type": fmt.Sprintf("0x%04x", a.Kind), "nameAlg": fmt.Sprintf("0x%04x", a.NameAlg),
		"objectAttributes": fmt.Sprintf("0x%08x", a.attributes)}
	if a.Kind == TPMRSA {
		m["keyBits"], m["exponent"] = a.keyBits, a.Exponent
		return m
	}
	m["curve"] = fmt.Sprintf("0x%04x", a.Curve)
	return m
}

var (
	oidSAN             = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidTPMManufacturer = asn1.ObjectIdentifier{2, 23, 133, 2, 1}
	oidTPMModel        = asn1.ObjectIdentifier{2, 23, 133, 2, 2}
	oidTPMVersion      = asn1.ObjectIdentifier{2, 23, 133, 2, 3}
)

// TPMStatement is the statement of section 8.3, its structures not yet decoded.
type TPMStatement struct {
	Version                      string
	Algorithm                    int64
	Signature, CertInfo, PubArea []byte
}

// ParseTPMStatement reads the members of a statement of the format tpm.
func ParseTPMStatement(st Item) (s TPMStatement, err error) {
	ver, err := Field(st, "ver", Text)
	if err != nil {
		return s, err
	}
	s.Version = string(ver.Raw)
	if s.Algorithm, err = AlgorithmField(st); err != nil {
		return s, err
	}
	for _, f := range []struct {
		name string
		into *[]byte
	}{{"sig", &s.Signature}, {"certInfo", &s.CertInfo}, {"pubArea", &s.PubArea}} {
		it, err := Field(st, f.name, Bytes)
		if err != nil {
			return s, err
		}
		*f.into = it.Raw
	}
	return s, nil
}

// TPMVendor reads the subject alternative name: TPM 2.0 EK profile, section
// 3.2.9.
func TPMVendor(c *x509.Certificate) (map[string]string, error) {
	vendor := map[string]string{}
	for _, ext := range c.Extensions {
		if !ext.Id.Equal(oidSAN) {
			continue
		}
		var general []asn1.RawValue
		if rest, err := asn1.Unmarshal(ext.Value, &general); err != nil || len(rest) > 0 {
			return vendor, fmt.Errorf("the subject alternative name of the identity key's certificate can't be read: %v", err)
		}
		for _, name := range general {
			var directory pkix.RDNSequence
			if name.Tag != 4 {
				continue
			}
			if _, err := asn1.Unmarshal(name.Bytes, &directory); err != nil {
				return vendor, fmt.Errorf("the subject alternative name of the identity key's certificate can't be read: %v", err)
			}
			for _, set := range directory {
				takeVendor(vendor, set)
			}
		}
	}
	for _, name := range []string{"manufacturer", "model", "version"} {
		if vendor[name] == "" {
			return vendor, fmt.Errorf("the identity key's certificate does not name the TPM's %s in its subject alternative name", name)
		}
	}
	return vendor, nil
}

func takeVendor(vendor map[string]string, set pkix.RelativeDistinguishedNameSET) {
	for _, att := range set {
		text, _ := att.Value.(string)
		switch {
		case att.Type.Equal(oidTPMManufacturer):
			vendor["manufacturer"] = Short(text)
		case att.Type.Equal(oidTPMModel):
			vendor["model"] = Short(text)
		case att.Type.Equal(oidTPMVersion):
			vendor["version"] = Short(text)
		}
	}
}
