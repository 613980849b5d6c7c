// Package list says how what the lab keeps is listed: in an order, a stretch at a
// time, and how many there are.
//
// Its one invariant: an item stands at one place of an order, which its cursor names
// also after the item is gone.
package list

import (
	"slices"
	"strings"

	"sting/backend/fault"
)

// Order is an order of a list.
type Order string

const (
	Newest Order = "newest" // what was made last comes first
	Name   Order = "name"   // by the name that people see, folded
)

// Pick returns the order that was asked for, or the first of those there are for "".
// INVALID_FIELD for another.
func Pick(asked string, have ...Order) (Order, error) {
	if asked == "" {
		return have[0], nil
	}
	if !slices.Contains(have, Order(asked)) {
		var names []string
		for _, o := range have {
			names = append(names, string(o))
		}
		return "", fault.ErrInvalidField.In("order").Saying("There is no order %q of this list.", asked).Hinting("Use %s.",
			strings.Join(names, " or "))
	}
	return Order(asked), nil
}

// ErrCursor means that a list can't go on where it was told to.
var ErrCursor = fault.ErrInvalidField.In("after").Saying("The list can't go on behind that.").
	Hinting("Use the \"next\" of the stretch before, in the same order, or begin the list anew.")

// Item is one of a list, with what names its place.
type Item[T any] struct {
	Value  T
	Cursor string
}

// Stretch is a part of a list.
type Stretch[T any] struct {
	Items []Item[T]
	Total int // of the whole list, or Unknown
}

// Found is what a search found, in an order.
type Found[T any] struct {
	Items  []Item[T]
	Behind int // the first that stands behind where the search goes on
}

// Unknown is the total of a list that isn't counted.
const Unknown = -1

// Words are the words of texts, folded, each once: what a search is for.
func Words(texts ...string) (words []string) {
	for _, text := range texts {
		for word := range strings.FieldsFuncSeq(strings.ToLower(text), between) {
			words = append(words, word[:min(len(word), longestWord)])
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// longestWord is how many bytes of a word are looked for.
const longestWord = 64

func between(r rune) bool {
	return r <= ' ' || r == 0x7f || strings.ContainsRune("@.,;:+-_/\\()[]<>\"'", r)
}

// Matches reports whether a text holds what is looked for, or each of its words begins
// a word of the texts.
func Matches(want string, texts ...string) bool {
	want = strings.ToLower(strings.TrimSpace(want))
	if slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), want) }) {
		return true
	}
	looked, have := Words(want), Words(texts...)
	for _, word := range looked {
		if !slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, word) }) {
			return false
		}
	}
	return len(looked) > 0
}
