// Package document examines JSON that came from outside before anybody decodes
// it: what two readers could understand differently, and what would choke one.
//
// Its one invariant: of a document without problems every reader sees the same
// values.
package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sting/backend/fault"
)

// MaxDepth is how deep values may stand in one another.
const MaxDepth = 64

// mostFound bounds what is collected: a hostile file has no end of them.
const mostFound = 200

// Examine reports text that is no UTF-8 or has a NUL in it, members that come
// twice, values deeper than MaxDepth, and what is no JSON or more than one value.
// Names are compared in any case, as Go decodes them, but for what stands below
// one of the members called free ("" is the whole): there they are the writer's own.
func Examine(raw []byte, free ...string) fault.Problems {
	var found fault.Problems
	if !utf8.Valid(raw) {
		found.Add("", "Write the file as UTF-8.", "It holds bytes that are no UTF-8.")
		return found
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	w := walk{d: d, free: free, found: &found}
	err := w.value("", 0, slices.Contains(free, ""))
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something stands behind the value")
		}
	}
	if err != nil && !errors.Is(err, errEnough) {
		found.Add("", "Look at byte "+strconv.FormatInt(d.InputOffset(), 10)+".", "It is no JSON: %v.", err)
	}
	return found
}

// errEnough ends a walk early.
var errEnough = errors.New("enough was found")

type walk struct {
	d     *json.Decoder
	free  []string
	found *fault.Problems
}

func (w walk) value(at string, depth int, free bool) error {
	if depth > MaxDepth {
		w.found.Add(at, "Make it flatter.", "Values stand more than %d deep in one another.", MaxDepth)
		return errEnough
	}
	t, err := w.d.Token()
	if err != nil {
		return err
	}
	switch v := t.(type) {
	case string:
		return w.text(at, v)
	case json.Delim:
		if v == '{' {
			err = w.object(at, depth, free)
		} else {
			err = w.list(at, depth, free)
		}
		if err != nil {
			return err
		}
		_, err = w.d.Token() // the end
	}
	return err
}

func (w walk) object(at string, depth int, free bool) error {
	seen := map[string]bool{}
	for w.d.More() {
		t, err := w.d.Token()
		if err != nil {
			return err
		}
		name := t.(string) // a key: Token returns nothing else here
		key := name
		if !free {
			key = strings.ToLower(name)
		}
		inner := joined(at, name)
		if seen[key] {
			w.found.Add(inner, "Leave one of them.", "The member comes twice: two readers could disagree about which counts.")
		}
		seen[key] = true
		if err := w.text(inner, name); err != nil {
			return err
		}
		if err := w.value(inner, depth+1, free || slices.Contains(w.free, name)); err != nil {
			return err
		}
	}
	return nil
}

func (w walk) list(at string, depth int, free bool) error {
	for n := 0; w.d.More(); n++ {
		if err := w.value(at+"["+strconv.Itoa(n)+"]", depth+1, free); err != nil {
			return err
		}
	}
	return nil
}

func (w walk) text(at, s string) error {
	if strings.ContainsRune(s, 0) {
		w.found.Add(at, `Take out \u0000.`, "The text has a NUL in it.")
	}
	if len(*w.found) >= mostFound {
		return errEnough
	}
	return nil
}

// joined is where a member stands. A name that would hide the rest is cut.
func joined(at, name string) string {
	if len(name) > 64 {
		name = strings.ToValidUTF8(name[:64], "") + "…"
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		name = strconv.Quote(name)
	}
	if at == "" {
		return name
	}
	return at + "." + name
}
