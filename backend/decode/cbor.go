package decode

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"
)

// maxDepth bounds the nesting of CBOR. CTAP2 stops at four; a compound
// attestation with certificates needs five.
const maxDepth = 8

// Kind of a CBOR item: its major type.
type Kind byte

const (
	Uint   Kind = 0
	NegInt Kind = 1
	Bytes  Kind = 2
	Text   Kind = 3
	Array  Kind = 4
	Map    Kind = 5
	Simple Kind = 7
)

// Item is one CBOR value with the place where it stands, which is what no
// library tells: the bytes off to end of what was walked, its content from body.
type Item struct {
	Kind              Kind
	Offset, Body, End int
	N                 uint64 // of cborUint, and of cborNegInt (-1-n); the bits of cborSimple
	Raw               []byte // of cborBytes and cborText
	Items             []Item // of cborArray
	Pairs             []Pair // of cborMap, as they stand
	float             bool   // of cborSimple
}

// Pair is a member of a map.
type Pair struct{ Key, Value Item }

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
func walk(data []byte) (Item, *walker, error) {
	w := &walker{data: data}
	it, err := w.item(0)
	return it, w, err
}

// ParseCBOR reads one value that fills data. sorted is false where the keys of a
// map are not in CTAP2's order.
func ParseCBOR(data []byte) (it Item, sorted bool, err error) {
	it, w, err := walk(data)
	if err == nil && w.off != len(data) {
		err = fmt.Errorf("%d bytes stand behind the CBOR value", len(data)-w.off)
	}
	return it, !w.unsorted, err
}

func (w *walker) item(depth int) (it Item, err error) {
	if depth > maxDepth {
		return it, fmt.Errorf("CBOR is nested more than %d deep", maxDepth)
	}
	it.Offset = w.off
	info, err := w.head(&it)
	if err != nil {
		return it, err
	}
	it.Body = w.off
	switch it.Kind {
	case Bytes, Text:
		err = w.str(&it)
	case Array:
		err = w.array(&it, depth)
	case Map:
		err = w.dict(&it, depth)
	case Simple:
		it.float = info >= 25
		if info == 24 {
			err = fmt.Errorf("byte %d: a simple value that nobody uses", it.Offset)
		}
	}
	it.End = w.off
	return it, err
}

// head reads the major type and the argument.
func (w *walker) head(it *Item) (info byte, err error) {
	if w.off >= len(w.data) {
		return 0, fmt.Errorf("CBOR ends at byte %d, in the middle of a value", w.off)
	}
	first := w.data[w.off]
	it.Kind, info = Kind(first>>5), first&31
	w.off++
	if it.Kind == 6 {
		return info, fmt.Errorf("byte %d: a CBOR tag, which CTAP2's canonical form does not have", it.Offset)
	}
	switch {
	case info < 24:
		it.N = uint64(info)
		return info, nil
	case info > 27 && info < 31:
		return info, fmt.Errorf("byte %d: a CBOR head that is reserved", it.Offset)
	case info == 31:
		return info, fmt.Errorf("byte %d: a length that is left open, where CTAP2's canonical form writes it", it.Offset)
	}
	size := 1 << (info - 24)
	if len(w.data)-w.off < size {
		return info, fmt.Errorf("CBOR ends at byte %d, in the middle of a head", len(w.data))
	}
	var wide [8]byte
	copy(wide[8-size:], w.data[w.off:w.off+size])
	it.N = binary.BigEndian.Uint64(wide[:])
	w.off += size
	if least := []uint64{24, 1 << 8, 1 << 16, 1 << 32}[info-24]; it.Kind != Simple && it.N < least && !w.lax {
		return info, fmt.Errorf("byte %d: %d is written longer than it need be, which CTAP2's canonical form forbids", it.Offset, it.N)
	}
	return info, nil
}

func (w *walker) str(it *Item) error {
	if it.N > uint64(len(w.data)-w.off) {
		return fmt.Errorf("byte %d: a string claims %d bytes, %d are left", it.Offset, it.N, len(w.data)-w.off)
	}
	it.Raw = w.data[w.off : w.off+int(it.N)]
	w.off += int(it.N)
	if it.Kind == Text && !utf8.Valid(it.Raw) {
		return fmt.Errorf("byte %d: a text that is not UTF-8", it.Offset)
	}
	return nil
}

func (w *walker) array(it *Item, depth int) error {
	if it.N > uint64(len(w.data)-w.off) { // an element is a byte at least
		return fmt.Errorf("byte %d: an array claims %d elements, %d bytes are left", it.Offset, it.N, len(w.data)-w.off)
	}
	for range it.N {
		el, err := w.item(depth + 1)
		if err != nil {
			return err
		}
		it.Items = append(it.Items, el)
	}
	return nil
}

func (w *walker) dict(it *Item, depth int) error {
	if it.N > uint64(len(w.data)-w.off)/2 {
		return fmt.Errorf("byte %d: a map claims %d members, %d bytes are left", it.Offset, it.N, len(w.data)-w.off)
	}
	seen, last := map[string]bool{}, ""
	for range it.N {
		key, err := w.item(depth + 1)
		if err != nil {
			return err
		}
		name := string(w.data[key.Offset:key.End])
		if seen[name] {
			return fmt.Errorf("byte %d: the key %s stands in the map twice", key.Offset, key.label())
		}
		if last != "" && !(len(last) < len(name) || len(last) == len(name) && last < name) {
			w.unsorted = true
		}
		seen[name], last = true, name
		value, err := w.item(depth + 1)
		if err != nil {
			return err
		}
		it.Pairs = append(it.Pairs, Pair{key, value})
	}
	return nil
}

// label says a key as people write it.
func (it Item) label() string {
	if it.Kind == Text {
		return fmt.Sprintf("%q", it.Raw)
	}
	if n, ok := it.Int(); ok {
		return fmt.Sprint(n)
	}
	return it.What()
}

// What names the kind, with its article.
func (it Item) What() string {
	switch it.Kind {
	case Uint, NegInt:
		return "a number"
	case Bytes:
		return "a byte string"
	case Text:
		return "a text"
	case Array:
		return "an array"
	case Map:
		return "a map"
	case Simple:
		if b, ok := it.Bool(); ok {
			return fmt.Sprint(b)
		}
	}
	return "a simple value"
}

// Int returns a number that fits into 64 bits with a sign.
func (it Item) Int() (int64, bool) {
	if it.N > math.MaxInt64 {
		return 0, false
	}
	switch it.Kind {
	case Uint:
		return int64(it.N), true
	case NegInt:
		return -1 - int64(it.N), true
	}
	return 0, false
}

// Bool returns a truth value; ok is false where it is none.
func (it Item) Bool() (value, ok bool) {
	if it.Kind != Simple || it.float || it.N != 20 && it.N != 21 {
		return false, false
	}
	return it.N == 21, true
}

// Member returns the member of a map whose key is a text.
func (it Item) Member(key string) (Item, bool) {
	for _, p := range it.Pairs {
		if p.Key.Kind == Text && string(p.Key.Raw) == key {
			return p.Value, true
		}
	}
	return Item{}, false
}

// at returns the member of a map whose key is a number.
func (it Item) at(key int64) (Item, bool) {
	for _, p := range it.Pairs {
		if n, ok := p.Key.Int(); ok && n == key {
			return p.Value, true
		}
	}
	return Item{}, false
}
