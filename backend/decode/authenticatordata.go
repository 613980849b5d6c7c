package decode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// The flags of authenticator data: Web Authentication Level 3, section 6.1.
const (
	UP = 1 << 0
	UV = 1 << 2
	BE = 1 << 3
	BS = 1 << 4
	AT = 1 << 6
	ED = 1 << 7
)

// AuthenticatorData is decoded authenticator data with the places of its fields.
type AuthenticatorData struct {
	Raw       []byte
	RPIDHash  []byte
	Flags     byte
	SignCount uint32

	Attested     bool
	AAGUID       []byte
	CredentialID []byte
	Key          []byte // a COSE_Key, well formed and no more than that

	Extensions Item
	Spans      []Span
	Irregular  bool // extensions are not in CTAP2's canonical form, but readable
}

// Has reports whether a flag is set.
func (a *AuthenticatorData) Has(flag byte) bool { return a.Flags&flag != 0 }

// ParseAuthenticatorData decodes authenticator data that fills raw. What could be read
// before an error stays in the answer.
func ParseAuthenticatorData(raw []byte) (AuthenticatorData, error) {
	a := AuthenticatorData{Raw: raw}
	if len(raw) < 37 {
		return a, fmt.Errorf("authenticator data has at least 37 bytes, here are %d", len(raw))
	}
	a.RPIDHash, a.Flags, a.SignCount = raw[:32], raw[32], binary.BigEndian.Uint32(raw[33:37])
	a.mark("rpIdHash", 0, 32)
	a.mark("flags", 32, 1)
	a.mark("signCount", 33, 4)
	off := 37
	var err error
	if a.Has(AT) {
		if off, err = a.readAttested(off); err != nil {
			return a, err
		}
	}
	if a.Has(ED) {
		if off, err = a.readExtensions(off); err != nil {
			return a, err
		}
	}
	if off != len(raw) {
		return a, fmt.Errorf("%s stand behind the authenticator data, and no flag speaks of them", ByteCount(len(raw)-off))
	}
	return a, nil
}

func (a *AuthenticatorData) mark(field string, offset, length int) {
	a.Spans = append(a.Spans, Span{Field: field, Offset: offset, Length: length})
}

// readAttested reads attested credential data: section 6.5.1.
func (a *AuthenticatorData) readAttested(off int) (int, error) {
	if len(a.Raw)-off < 18 {
		return off, fmt.Errorf("the flag AT promises attested credential data, %s are left for it", ByteCount(len(a.Raw)-off))
	}
	a.AAGUID = a.Raw[off : off+16]
	length := int(binary.BigEndian.Uint16(a.Raw[off+16:]))
	a.mark("attestedCredentialData.aaguid", off, 16)
	a.mark("attestedCredentialData.credentialIdLength", off+16, 2)
	off += 18
	if len(a.Raw)-off < length {
		return off, fmt.Errorf("the credential ID claims %d bytes, %d are left", length, len(a.Raw)-off)
	}
	a.CredentialID = a.Raw[off : off+length]
	a.mark("attestedCredentialData.credentialId", off, length)
	off += length
	n, err := extent(a.Raw[off:])
	if err != nil {
		return off, fmt.Errorf("the public key behind the credential ID is not CBOR: %w", err)
	}
	a.Key, a.Attested = a.Raw[off:off+n], true
	a.mark("attestedCredentialData.credentialPublicKey", off, n)
	return off + n, nil
}

// extent returns how many bytes the first CBOR value takes, in whatever form:
// the form of a key is judged by the step "key".
func extent(data []byte) (int, error) {
	_, w, err := walk(data)
	if err == nil {
		return w.off, nil
	}
	off, loose := skim(data, 0, 0)
	if loose != nil {
		return 0, err
	}
	return off, nil
}

func (a *AuthenticatorData) readExtensions(off int) (int, error) {
	it, w, err := walk(a.Raw[off:])
	if err != nil { // some authenticators write numbers too long here, and work everywhere
		w = &walker{data: a.Raw[off:], lax: true}
		it, err = w.item(0)
	}
	if err != nil {
		return off, fmt.Errorf("the flag ED promises extension outputs, and they are not CBOR: %w", err)
	}
	if it.Kind != Map {
		return off, fmt.Errorf("the extension outputs are %s, not a map", it.What())
	}
	a.Extensions, a.Irregular = it, w.unsorted || w.lax
	a.mark("extensions", off, w.off)
	for _, p := range it.Pairs {
		if p.Key.Kind != Text {
			return off, fmt.Errorf("an extension is named by %s, not by a text", p.Key.What())
		}
		a.mark("extensions."+Short(string(p.Key.Raw)), off+p.Value.Offset, p.Value.End-p.Value.Offset)
	}
	return off + w.off, nil
}

// skim finds the end of a well-formed CBOR value, open lengths and long heads
// too: RFC 8949, appendix C.
func skim(data []byte, off, depth int) (int, error) {
	if off >= len(data) || depth > maxDepth {
		return off, errors.New("not well formed")
	}
	major, info := data[off]>>5, data[off]&31
	off++
	n := uint64(info)
	if info >= 24 && info <= 27 {
		size := 1 << (info - 24)
		if len(data)-off < size {
			return off, errors.New("not well formed")
		}
		n = 0
		for _, b := range data[off : off+size] {
			n = n<<8 | uint64(b)
		}
		off += size
	} else if info >= 28 {
		return skimOpen(data, off, depth, major, info)
	}
	switch major {
	case 2, 3:
		if n > uint64(len(data)-off) {
			return off, errors.New("not well formed")
		}
		return off + int(n), nil
	case 4, 5, 6:
		items := n
		if major == 6 {
			items = 1
		}
		if items > uint64(len(data)-off) {
			return off, errors.New("not well formed")
		}
		if major == 5 {
			items *= 2
		}
		return skimMany(data, off, depth, items)
	}
	return off, nil
}

func skimMany(data []byte, off, depth int, items uint64) (int, error) {
	for range items {
		var err error
		if off, err = skim(data, off, depth+1); err != nil {
			return off, err
		}
	}
	return off, nil
}

// skimOpen finds the break of a value whose length is left open.
func skimOpen(data []byte, off, depth int, major, info byte) (int, error) {
	if info != 31 || major < 2 || major > 5 {
		return off, errors.New("not well formed")
	}
	for off < len(data) && data[off] != 0xff {
		var err error
		if off, err = skim(data, off, depth+1); err != nil {
			return off, err
		}
	}
	if off >= len(data) {
		return off, errors.New("not well formed")
	}
	return off + 1, nil
}

// FlagNames writes the flags as the specification abbreviates them.
func FlagNames(flags byte) string {
	names := []string{"UP", "RFU1", "UV", "BE", "BS", "RFU2", "AT", "ED"}
	var set []string
	for i, name := range names {
		if flags&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, " ")
}

// UUID writes an AAGUID as people do.
func UUID(b []byte) string {
	if len(b) != 16 {
		return HexOf(b)
	}
	h := HexOf(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
