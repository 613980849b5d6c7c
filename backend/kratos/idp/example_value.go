package idp

import (
	"crypto/rand"
	"encoding/json"
	"math/big"
	mathrand "math/rand/v2"
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// numbers returns what lies within the bounds of the rules: whole ones first.
func (x *exampler) numbers(rules []*jsonschema.Schema) []any {
	var low, high, step *big.Rat
	for _, r := range rules {
		for _, b := range []*big.Rat{r.Minimum, r.ExclusiveMinimum} {
			if b != nil && (low == nil || b.Cmp(low) > 0) {
				low = b
			}
		}
		for _, b := range []*big.Rat{r.Maximum, r.ExclusiveMaximum} {
			if b != nil && (high == nil || b.Cmp(high) < 0) {
				high = b
			}
		}
		if r.MultipleOf != nil && step == nil {
			step = r.MultipleOf
		}
	}
	var found []*big.Rat
	for _, by := range []*big.Rat{step, big.NewRat(1, 1)} {
		if by == nil || by.Sign() == 0 {
			continue
		}
		from := new(big.Rat)
		switch {
		case low != nil:
			from = downTo(low, by)
		case high != nil:
			from = new(big.Rat).Sub(downTo(high, by), new(big.Rat).Mul(by, big.NewRat(int64(x.drawn)+1, 1)))
		}
		for _, n := range []int64{int64(x.drawn), 1, 0, 2} { // the first differs from one item to the next
			found = append(found, new(big.Rat).Add(from, new(big.Rat).Mul(by, big.NewRat(n, 1))))
		}
		if high != nil {
			found = append(found, downTo(high, by))
		}
	}
	if low != nil && high != nil {
		found = append(found, new(big.Rat).Quo(new(big.Rat).Add(low, high), big.NewRat(2, 1)))
	}
	out := make([]any, 0, len(found))
	for _, r := range found {
		text := r.RatString()
		if !r.IsInt() {
			text = strings.TrimRight(r.FloatString(12), "0")
		}
		out = append(out, json.Number(text))
	}
	return out
}

// downTo returns the largest multiple of by that is not above r.
func downTo(r, by *big.Rat) *big.Rat {
	q := new(big.Rat).Quo(r, by)
	n := new(big.Int).Div(q.Num(), q.Denom()) // Euclidean: down
	return new(big.Rat).Mul(new(big.Rat).SetInt(n), by)
}

// ofFormat are texts in the formats of JSON Schema; what is drawn is put behind
// those that can tell people apart.
func (x *exampler) ofFormat(name, word string) []any {
	switch name {
	case "email", "idn-email":
		return []any{x.email, word + "@probe.invalid"}
	case "date":
		return []any{"2000-01-31"}
	case "time":
		return []any{"12:00:00Z"}
	case "date-time":
		return []any{"2000-01-31T12:00:00Z"}
	case "duration":
		return []any{"P1D"}
	case "uri", "iri", "uri-reference", "iri-reference", "uri-template":
		return []any{"https://" + word + ".probe.invalid/"}
	case "hostname", "idn-hostname":
		return []any{word + ".probe.invalid"}
	case "ipv4":
		return []any{"192.0.2.1"} // RFC 5737
	case "ipv6":
		return []any{"2001:db8::1"} // RFC 3849
	case "uuid":
		return []any{"5c8b3d0e-0000-4000-8000-" + digits(12)}
	case "tel":
		return []any{"+1555" + digits(7), "555" + digits(4)}
	case "json-pointer":
		return []any{"/" + word}
	case "relative-json-pointer":
		return []any{"0"}
	}
	return nil
}

func digits(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + mathrand.IntN(10)))
	}
	return b.String()
}

// texts returns what the rules' formats, patterns and lengths ask for.
func (x *exampler) texts(rules []*jsonschema.Schema, path []string) []any {
	word := strings.ToLower(rand.Text())
	var out []any
	if x.schema.tellsApart(path) {
		out = append(out, x.email)
	}
	least, most := 0, -1
	for _, r := range rules {
		if r.Format != nil {
			out = append(out, x.ofFormat(r.Format.Name, word)...)
		}
		if r.Pattern != nil {
			out = append(out, matching(r.Pattern.String())...)
		}
		if r.MinLength != nil {
			least = max(least, *r.MinLength)
		}
		if r.MaxLength != nil && (most < 0 || *r.MaxLength < most) {
			most = *r.MaxLength
		}
	}
	const longest = 1 << 16
	for len(word) < min(least, longest) {
		word += strings.ToLower(rand.Text())
	}
	for _, v := range out { // what no end is asked of can be made longer
		if text, ok := v.(string); ok && len(text) < least && least <= longest {
			out = append(out, text+word[:least-len(text)], word[:least-len(text)]+text)
		}
	}
	length := max(least, 16)
	if most >= 0 {
		length = min(length, most)
	}
	return append(out, word[:min(length, len(word))])
}

// matching returns texts that a pattern matches: of many lengths, since another rule
// may bound it.
func matching(pattern string) []any {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	re = re.Simplify()
	var out []any
	for _, more := range []int{12, 6, 3, 2, 1, 0, 4, 5, 7, 8, 9, 10, 16, 24, 32, 64, 128, 256} {
		w := writer{more: more}
		w.write(re)
		out = append(out, w.String())
	}
	return out
}

// writer writes one text that an expression matches.
type writer struct {
	strings.Builder
	more int // how often what may be repeated is, beyond what it must be
}

// longestText ends what repeats itself.
const longestText = 4096

func (w *writer) write(re *syntax.Regexp) {
	if w.Len() > longestText {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		w.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		w.WriteRune(oneOf(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		w.WriteRune(oneOf([]rune{'a', 'z'}))
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			w.write(sub)
		}
	case syntax.OpAlternate:
		w.write(re.Sub[mathrand.IntN(len(re.Sub))])
	case syntax.OpQuest:
		w.repeat(re.Sub[0], min(w.more%2, 1))
	case syntax.OpStar:
		w.repeat(re.Sub[0], w.more)
	case syntax.OpPlus:
		w.repeat(re.Sub[0], 1+w.more)
	case syntax.OpRepeat:
		n := re.Min + w.more
		if re.Max >= 0 {
			n = min(n, re.Max)
		}
		w.repeat(re.Sub[0], n)
	default: // the empty match, and what stands between letters
	}
}

func (w *writer) repeat(re *syntax.Regexp, n int) {
	for range n {
		w.write(re)
	}
}

// oneOf returns a rune of a class, which is pairs of first and last: a small letter
// where it has one, then a digit, then what can be seen.
func oneOf(class []rune) rune {
	for _, of := range []string{"abcdefghijklmnopqrstuvwxyz", "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "-_.+@ "} {
		var in []rune
		for _, r := range of {
			if within(class, r) {
				in = append(in, r)
			}
		}
		if len(in) > 0 {
			return in[mathrand.IntN(len(in))]
		}
	}
	for i := 0; i+1 < len(class); i += 2 {
		for r := class[i]; r <= class[i+1] && r < class[i]+100; r++ {
			if unicode.IsPrint(r) {
				return r
			}
		}
	}
	return class[0]
}

func within(class []rune, r rune) bool {
	for i := 0; i+1 < len(class); i += 2 {
		if class[i] <= r && r <= class[i+1] {
			return true
		}
	}
	return false
}
