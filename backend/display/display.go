// Package display owns the one rule of what text is kept that people are shown:
// names of passkeys, names and other traits of persons.
//
// Its one invariant: two texts that pass and look the same in every font hold the
// same characters, but for those that look alike; nothing in one can hide, reorder
// or end what stands around it.
package display

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Name says why a text can't be the name of something, "" where it can: one line,
// in which every character can be seen or belongs to one that can. Refused are
//
//   - control characters (C0, C1, DEL) and the separators of lines and paragraphs;
//   - what turns the direction of text: U+061C, U+200E, U+200F, U+202A to U+202E,
//     U+2066 to U+2069;
//   - what nobody sees: every other format character, soft hyphens, blanks without
//     width, fillers, tags, and whatever Unicode lets a font leave out;
//   - what is no character: halves of surrogate pairs, U+FFFD, which stands where
//     one was, and noncharacters.
//
// Three kinds stay where writing needs them: the joiners U+200C and U+200D between
// two letters of a script whose letters join, U+200D between two emoji; one
// variation selector behind a character that can be seen; tags behind the flag
// that they spell. A text that is nothing but blanks and marks is none.
func Name(s string) string { return examine(s, false) }

// Text is Name for what may have several lines: tabs and ends of lines are kept,
// and it may be empty.
func Text(s string) string { return examine(s, true) }

func examine(s string, lines bool) string {
	if !utf8.ValidString(s) {
		return "It is no UTF-8."
	}
	runes, visible := []rune(s), false
	for i, r := range runes {
		if lines && (r == '\n' || r == '\t' || r == '\r') {
			continue
		}
		if !allowed(runes, i) {
			return fmt.Sprintf("Character %d is U+%04X, which nobody sees or which moves what stands around it.", i+1, r)
		}
		visible = visible || seen(r)
	}
	if !visible && !lines {
		return "Nothing in it can be seen."
	}
	return ""
}

// seen reports whether a character shows by itself.
func seen(r rune) bool {
	return unicode.IsOneOf([]*unicode.RangeTable{unicode.L, unicode.N, unicode.P, unicode.S, unicode.Co}, r)
}

func allowed(s []rune, i int) bool {
	switch r := s[i]; {
	case r == zwnj || r == zwj:
		return joins(s, i)
	case unicode.Is(unicode.Variation_Selector, r):
		return i > 0 && (seen(s[i-1]) || unicode.Is(unicode.Mc, s[i-1])) && !ignorable(s[i-1])
	case isTag(r):
		return spellsFlag(s, i)
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r): // such as U+06DD, which is drawn
		return true
	case r == utf8.RuneError, unicode.Is(unicode.Noncharacter_Code_Point, r), ignorable(r):
		return false
	}
	return !unicode.IsOneOf([]*unicode.RangeTable{unicode.Cc, unicode.Cf, unicode.Cs, unicode.Zl, unicode.Zp}, s[i])
}

// ignorable reports what fonts leave out or draw as nothing.
func ignorable(r rune) bool {
	return unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || r == 0x2800 // braille without a dot
}

const (
	zwnj = 0x200C
	zwj  = 0x200D
)

// joining are scripts in which a joiner changes how the letters beside it look:
// RFC 5892, appendix A.1 and A.2, and Unicode, section 23.2.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mandaic, unicode.Nko, unicode.Mongolian, unicode.Phags_Pa, unicode.Manichaean, unicode.Adlam,
	unicode.Hanifi_Rohingya, unicode.Sogdian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya,
	unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
	unicode.Balinese, unicode.Javanese, unicode.Sundanese, unicode.Limbu, unicode.Tai_Tham, unicode.Cham, unicode.Meetei_Mayek,
	unicode.Grantha, unicode.Newa, unicode.Brahmi, unicode.Chakma,
}

// joins reports whether a joiner stands between what it can join.
func joins(s []rune, i int) bool {
	if i == 0 || i == len(s)-1 {
		return false
	}
	before, after := s[i-1], s[i+1]
	letter := func(r rune) bool { return unicode.IsOneOf(joining, r) && unicode.In(r, unicode.L, unicode.M) }
	if letter(before) && letter(after) {
		return true
	}
	return s[i] == zwj && (isEmoji(before) || before == 0xFE0F || isTag(before)) && isEmoji(after)
}

// isEmoji reports whether a character can be a part of an emoji: a symbol, or the
// colour of a skin.
func isEmoji(r rune) bool {
	return unicode.Is(unicode.So, r) && !ignorable(r) || r >= 0x1F3FB && r <= 0x1F3FF || r >= 0x2190 && r <= 0x21FF
}

const (
	blackFlag = 0x1F3F4
	tagEnd    = 0xE007F
)

func isTag(r rune) bool { return r >= 0xE0020 && r <= tagEnd }

// spellsFlag reports whether the tag at i is a part of a flag of a region: at most
// six letters or digits and an end, behind a black flag.
func spellsFlag(s []rune, i int) bool {
	from := i
	for from > 0 && isTag(s[from-1]) && s[from-1] != tagEnd {
		from--
	}
	if from == 0 || s[from-1] != blackFlag {
		return false
	}
	to := from
	for to < len(s) && to-from < 7 && isTag(s[to]) && s[to] != tagEnd {
		to++
	}
	return to > from && to-from <= 6 && to < len(s) && s[to] == tagEnd && i <= to
}
