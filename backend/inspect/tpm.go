package inspect

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Values of the TPM 2.0 library, part 2.
const (
	tpmGenerated     = 0xff544347
	tpmAttestCertify = 0x8017
	tpmRSA           = 0x0001
	tpmECC           = 0x0023
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
		r.err = fmt.Errorf("%s stand behind it", bytesOf(len(r.data)))
	}
	return r.err
}

// certInfo is TPMS_ATTEST with a certified key in it.
type certInfo struct {
	magic               uint32
	kind                uint16
	signer, extraData   []byte
	firmware            []byte
	name, qualifiedName []byte
}

func certInfoOf(raw []byte) (c certInfo, err error) {
	r := &tpmReader{data: raw}
	c.magic, c.kind = r.u32(), r.u16()
	c.signer, c.extraData = r.sized(), r.sized()
	r.take(8 + 4 + 4 + 1) // clockInfo: not used
	c.firmware = r.take(8)
	if c.kind != tpmAttestCertify { // what follows depends on the type, which is judged later
		return c, r.err
	}
	c.name, c.qualifiedName = r.sized(), r.sized()
	return c, r.end()
}

func (c certInfo) show() map[string]any {
	return map[string]any{
		"magic": fmt.Sprintf("0x%08x", c.magic), "type": fmt.Sprintf("0x%04x", c.kind), "extraData": Hex(c.extraData),
		"name": Hex(c.name), "firmwareVersion": Hex(c.firmware),
	}
}

// pubArea is TPMT_PUBLIC of a signing key.
type pubArea struct {
	kind, nameAlg uint16
	attributes    uint32
	keyBits       uint16
	exponent      uint32
	curve         uint16
	modulus, x, y []byte
}

func pubAreaOf(raw []byte) (a pubArea, err error) {
	r := &tpmReader{data: raw}
	a.kind, a.nameAlg, a.attributes = r.u16(), r.u16(), r.u32()
	r.sized() // authPolicy
	switch a.kind {
	case tpmRSA:
		symmetric(r)
		scheme(r)
		a.keyBits, a.exponent = r.u16(), r.u32()
		a.modulus = r.sized()
	case tpmECC:
		symmetric(r)
		scheme(r)
		a.curve = r.u16()
		scheme(r) // the key derivation function has the same shape
		a.x, a.y = r.sized(), r.sized()
	default:
		return a, errors.Join(r.err, fmt.Errorf("keys of the kind 0x%04x are not known here", a.kind))
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

func (a pubArea) show() map[string]any {
	m := map[string]any{"type": fmt.Sprintf("0x%04x", a.kind), "nameAlg": fmt.Sprintf("0x%04x", a.nameAlg), "objectAttributes": fmt.Sprintf("0x%08x", a.attributes)}
	if a.kind == tpmRSA {
		m["keyBits"], m["exponent"] = a.keyBits, a.exponent
		return m
	}
	m["curve"] = fmt.Sprintf("0x%04x", a.curve)
	return m
}
