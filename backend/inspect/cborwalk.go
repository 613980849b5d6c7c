package inspect

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"
)

// maxDepth bounds the nesting of CBOR. CTAP2 stops at four; a compound
// attestation with certificates needs five.
const maxDepth = 8

// kind of a CBOR item: its major type.
type cborKind byte

const (
	cborUint   cborKind = 0
	cborNegInt cborKind = 1
	cborBytes  cborKind = 2
	cborText   cborKind = 3
	cborArray  cborKind = 4
	cborMap    cborKind = 5
	cborSimple cborKind = 7
)

// item is one CBOR value with the place where it stands, which is what no
// library tells: the bytes off to end of what was walked, its content from body.
type item struct {
	kind           cborKind
	off, body, end int
	n              uint64 // of cborUint, and of cborNegInt (-1-n); the bits of cborSimple
	raw            []byte // of cborBytes and cborText
	items          []item // of cborArray
	pairs          []pair // of cborMap, as they stand
	float          bool   // of cborSimple
}

type pair struct{ key, value item }

// walker reads CBOR in CTAP2's canonical form: definite lengths, the shortest
// heads, no tags, no key twice. CTAP 2.1, section 8. The order of keys is
// noted, not enforced: answers of real authenticators break it.
type walker struct {
	data     []byte
	off      int
	unsorted bool
	lax      bool // heads may be longer than they need be
}

// walk reads one value at the beginning of data and returns it with the walker
// that stands behind it.
func walk(data []byte) (item, *walker, error) {
	w := &walker{data: data}
	it, err := w.item(0)
	return it, w, err
}

// walkAll reads one value that fills data.
func walkAll(data []byte) (item, *walker, error) {
	it, w, err := walk(data)
	if err == nil && w.off != len(data) {
		err = fmt.Errorf("%d bytes stand behind the CBOR value", len(data)-w.off)
	}
	return it, w, err
}

func (w *walker) item(depth int) (it item, err error) {
	if depth > maxDepth {
		return it, fmt.Errorf("CBOR is nested more than %d deep", maxDepth)
	}
	it.off = w.off
	info, err := w.head(&it)
	if err != nil {
		return it, err
	}
	it.body = w.off
	switch it.kind {
	case cborBytes, cborText:
		err = w.str(&it)
	case cborArray:
		err = w.array(&it, depth)
	case cborMap:
		err = w.dict(&it, depth)
	case cborSimple:
		it.float = info >= 25
		if info == 24 {
			err = fmt.Errorf("byte %d: a simple value that nobody uses", it.off)
		}
	}
	it.end = w.off
	return it, err
}

// head reads the major type and the argument.
func (w *walker) head(it *item) (info byte, err error) {
	if w.off >= len(w.data) {
		return 0, fmt.Errorf("CBOR ends at byte %d, in the middle of a value", w.off)
	}
	first := w.data[w.off]
	it.kind, info = cborKind(first>>5), first&31
	w.off++
	if it.kind == 6 {
		return info, fmt.Errorf("byte %d: a CBOR tag, which CTAP2's canonical form does not have", it.off)
	}
	switch {
	case info < 24:
		it.n = uint64(info)
		return info, nil
	case info > 27 && info < 31:
		return info, fmt.Errorf("byte %d: a CBOR head that is reserved", it.off)
	case info == 31:
		return info, fmt.Errorf("byte %d: a length that is left open, where CTAP2's canonical form writes it", it.off)
	}
	size := 1 << (info - 24)
	if len(w.data)-w.off < size {
		return info, fmt.Errorf("CBOR ends at byte %d, in the middle of a head", len(w.data))
	}
	var wide [8]byte
	copy(wide[8-size:], w.data[w.off:w.off+size])
	it.n = binary.BigEndian.Uint64(wide[:])
	w.off += size
	if least := []uint64{24, 1 << 8, 1 << 16, 1 << 32}[info-24]; it.kind != cborSimple && it.n < least && !w.lax {
		return info, fmt.Errorf("byte %d: %d is written longer than it need be, which CTAP2's canonical form forbids", it.off, it.n)
	}
	return info, nil
}

func (w *walker) str(it *item) error {
	if it.n > uint64(len(w.data)-w.off) {
		return fmt.Errorf("byte %d: a string claims %d bytes, %d are left", it.off, it.n, len(w.data)-w.off)
	}
	it.raw = w.data[w.off : w.off+int(it.n)]
	w.off += int(it.n)
	if it.kind == cborText && !utf8.Valid(it.raw) {
		return fmt.Errorf("byte %d: a text that is not UTF-8", it.off)
	}
	return nil
}

func (w *walker) array(it *item, depth int) error {
	if it.n > uint64(len(w.data)-w.off) { // an element is a byte at least
		return fmt.Errorf("byte %d: an array claims %d elements, %d bytes are left", it.off, it.n, len(w.data)-w.off)
	}
	for range it.n {
		el, err := w.item(depth + 1)
		if err != nil {
			return err
		}
		it.items = append(it.items, el)
	}
	return nil
}

func (w *walker) dict(it *item, depth int) error {
	if it.n > uint64(len(w.data)-w.off)/2 {
		return fmt.Errorf("byte %d: a map claims %d members, %d bytes are left", it.off, it.n, len(w.data)-w.off)
	}
	seen, last := map[string]bool{}, ""
	for range it.n {
		key, err := w.item(depth + 1)
		if err != nil {
			return err
		}
		name := string(w.data[key.off:key.end])
		if seen[name] {
			return fmt.Errorf("byte %d: the key %s stands in the map twice", key.off, key.label())
		}
		if last != "" && !(len(last) < len(name) || len(last) == len(name) && last < name) {
			w.unsorted = true
		}
		seen[name], last = true, name
		value, err := w.item(depth + 1)
		if err != nil {
			return err
		}
		it.pairs = append(it.pairs, pair{key, value})
	}
	return nil
}

// label says a key as people write it.
func (it item) label() string {
	if it.kind == cborText {
		return fmt.Sprintf("%q", it.raw)
	}
	if n, ok := it.int(); ok {
		return fmt.Sprint(n)
	}
	return it.what()
}

// what names the kind, with its article.
func (it item) what() string {
	switch it.kind {
	case cborUint, cborNegInt:
		return "a number"
	case cborBytes:
		return "a byte string"
	case cborText:
		return "a text"
	case cborArray:
		return "an array"
	case cborMap:
		return "a map"
	case cborSimple:
		if b, ok := it.bool(); ok {
			return fmt.Sprint(b)
		}
	}
	return "a simple value"
}

// int returns a number that fits into 64 bits with a sign.
func (it item) int() (int64, bool) {
	if it.n > math.MaxInt64 {
		return 0, false
	}
	switch it.kind {
	case cborUint:
		return int64(it.n), true
	case cborNegInt:
		return -1 - int64(it.n), true
	}
	return 0, false
}

func (it item) bool() (value, ok bool) {
	if it.kind != cborSimple || it.float || it.n != 20 && it.n != 21 {
		return false, false
	}
	return it.n == 21, true
}

// text returns the member of a map whose key is a text.
func (it item) text(key string) (item, bool) {
	for _, p := range it.pairs {
		if p.key.kind == cborText && string(p.key.raw) == key {
			return p.value, true
		}
	}
	return item{}, false
}

// at returns the member of a map whose key is a number.
func (it item) at(key int64) (item, bool) {
	for _, p := range it.pairs {
		if n, ok := p.key.int(); ok && n == key {
			return p.value, true
		}
	}
	return item{}, false
}
