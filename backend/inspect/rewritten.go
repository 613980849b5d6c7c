package inspect

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"sting/backend/decode"
)

// What pages do to an answer on its way is named here: they decode what they
// should pass on, encode twice, or parse client data and write them again.

const (
	fixRaw = "Send response.clientDataJSON byte for byte as the browser gave it, its bytes in base64url: don't parse it and write it again, " +
		"and decode only a copy of it. credential.toJSON() does it."

	fixPassBytes = "Pass the challenge to navigator.credentials as the bytes that it stands for: decode it from base64url, " +
		"or use PublicKeyCredential.parseCreationOptionsFromJSON and parseRequestOptionsFromJSON."
)

// challengeAs says what a page made of the bytes of the challenge, where that
// explains got, the text that came in the client data. Browsers write base64url of
// the bytes that they were given: what is no base64url was written by the page, and
// what is base64url of something else was given by it.
func challengeAs(got string, want string, issued []byte) (cause, fix string, ok bool) {
	if how := shapeOf(got, issued); how != "" {
		return fmt.Sprintf("The client data were rewritten: browsers write the challenge in base64url, here it stands %s.", how), fixRaw, true
	}
	if strings.EqualFold(got, want) {
		return "The challenge is the right one with letters in another case; base64url tells them apart.",
			"Pass the challenge and the client data on unchanged, letter by letter.", true
	}
	given, isBase64 := decode.LooseBase64(got)
	if !isBase64 {
		return "", "", false
	}
	if string(given) == want {
		return "The challenge was encoded twice: the page passed the text of the challenge to the browser, not its bytes.", fixPassBytes, true
	}
	text := string(given)
	if again, ok := decode.LooseBase64(text); ok && (bytes.Equal(again, issued) || string(again) == want) {
		return "The challenge was encoded twice: the page passed its text, in base64, to the browser, not its bytes.", fixPassBytes, true
	}
	if how := shapeOf(text, issued); how != "" && text != string(issued) {
		return fmt.Sprintf("The page passed the challenge to the browser %s, not as its bytes.", how), fixPassBytes, true
	}
	return "", "", false
}

// shapeOf recognises the bytes of a challenge in a text that is no base64url of
// them.
func shapeOf(text string, issued []byte) string {
	if len(issued) == 0 {
		return ""
	}
	switch {
	case text == string(issued):
		return "decoded, as a text of its bytes"
	case text == latin1(issued):
		return "decoded, with each byte as a character (atob)"
	case lossy(text) == lossy(string(issued)) && strings.ContainsRune(text, utf8.RuneError):
		return "decoded as UTF-8, which lost what is none (TextDecoder)"
	case strings.EqualFold(strings.NewReplacer(":", "", "-", "", " ", "").Replace(text), hex.EncodeToString(issued)):
		return "in hexadecimal"
	case bytes.Equal(bytesOfList(strings.Trim(text, "[]")), issued):
		return "as a list of numbers"
	case strings.HasPrefix(text, "[object "):
		return "as " + decode.Short(text) + ", which JavaScript makes of an object that is no text"
	}
	return ""
}

// latin1 is what atob gives: a text whose characters are the bytes.
func latin1(b []byte) string {
	units := make([]uint16, 0, len(b))
	for _, el := range b {
		units = append(units, uint16(el))
	}
	return string(utf16.Decode(units))
}

// lossy writes each run of what is no UTF-8 as one replacement character: decoders
// differ in how many they write.
func lossy(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	var b strings.Builder
	last := rune(0)
	for _, r := range s {
		if r != utf8.RuneError || last != utf8.RuneError {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// bytesOfList reads "1,2,3", which JavaScript makes of an array of bytes.
func bytesOfList(text string) []byte {
	var list []int
	if json.Unmarshal([]byte("["+text+"]"), &list) != nil || len(list) == 0 {
		return nil
	}
	out := make([]byte, 0, len(list))
	for _, n := range list {
		if n < 0 || n > 255 {
			return nil
		}
		out = append(out, byte(n))
	}
	return out
}

// misencoded says in which other way a field was encoded, where what it decodes
// to makes no sense and what that decodes to does. looks judges the sense.
func misencoded(text string, looks func([]byte) bool) string {
	if looks([]byte(text)) {
		return "was decoded by the page: what came is the content itself, not base64url of it"
	}
	if b, err := hex.DecodeString(text); err == nil && looks(b) {
		return "is in hexadecimal"
	}
	b, ok := decode.LooseBase64(text)
	if !ok || looks(b) {
		return ""
	}
	inner := strings.Trim(string(b), "\"' \r\n")
	if again, ok := decode.LooseBase64(inner); ok && looks(again) {
		return "was encoded twice: what it decodes to is base64 again"
	}
	if again, err := hex.DecodeString(inner); err == nil && looks(again) {
		return "was encoded twice: what it decodes to is hexadecimal"
	}
	if list := bytesOfList(strings.Trim(inner, "[]")); looks(list) {
		return "was encoded twice: what it decodes to is a list of numbers"
	}
	return ""
}

// senses are what the fields of a response have to look like.
var senses = map[string]func([]byte) bool{
	"clientDataJSON": func(b []byte) bool {
		o, err := decode.ParseObject(bytes.TrimSpace(decode.TrimBOM(b)))
		return err == nil && o.Has("challenge") && o.Has("origin")
	},
	"attestationObject": func(b []byte) bool {
		it, _, err := decode.ParseCBOR(b)
		_, ok := it.Member("authData")
		return err == nil && ok
	},
	"authenticatorData": func(b []byte) bool { _, err := decode.ParseAuthenticatorData(b); return len(b) < 4096 && err == nil },
}

// examineFieldsAsText names fields that a page encoded in another way than the
// wire's: without that, the steps below only see bytes that mean nothing.
func (e *examiner) examineFieldsAsText() {
	for _, name := range []string{"clientDataJSON", "attestationObject", "authenticatorData"} {
		text, ok := e.answer.response.Text(name)
		if !ok || text == "" {
			continue
		}
		if how := misencoded(text, senses[name]); how != "" {
			e.fail("encoding", finding{
				cause:    fmt.Sprintf("response.%s %s.", name, how),
				fix:      fmt.Sprintf("Encode the bytes of response.%s as base64url without padding, once. credential.toJSON() does it.", name),
				expected: "base64url of the bytes, once", received: decode.Short(text),
			})
		}
	}
}

// rewrittenClientData returns the client data as they were when they were signed,
// where that can be found: fits reports whether a signature fits a text. A page
// that parses and writes them again changes order, blanks or escapes, and no
// signature covers the result.
func (e *examiner) rewrittenClientData(fits func(client []byte) bool) (text []byte, ok bool) {
	came := e.answer.bytes["clientDataJSON"]
	for _, o := range e.clientOrders() {
		for _, slashes := range []bool{false, true} {
			text := []byte(o.Encode())
			if slashes { // as Android's clients write them
				text = bytes.ReplaceAll(text, []byte("/"), []byte(`\/`))
			}
			if !bytes.Equal(text, came) && fits(text) {
				return text, true
			}
		}
	}
	return nil, false
}

// clientOrders are the client data in the orders that browsers have written them:
// that of section 5.8.1.1, the alphabet, and as they came; with crossOrigin and
// without.
func (e *examiner) clientOrders() (list []decode.Object) {
	plain := compact(e.client.object)
	spec, alphabet := slices.Clone(plain), slices.Clone(plain)
	place := func(m decode.Member) int {
		if i := slices.Index([]string{"type", "challenge", "origin", "crossOrigin", "topOrigin"}, m.Name); i >= 0 {
			return i
		}
		return len(clientMembers)
	}
	slices.SortStableFunc(spec, func(a, b decode.Member) int { return place(a) - place(b) })
	slices.SortStableFunc(alphabet, func(a, b decode.Member) int { return strings.Compare(a.Name, b.Name) })
	for _, members := range [][]decode.Member{plain, spec, alphabet} {
		without := slices.DeleteFunc(slices.Clone(members), func(m decode.Member) bool { return m.Name == "crossOrigin" })
		list = append(list, decode.Object{Members: members}, decode.Object{Members: without})
		if len(without) == len(members) {
			at := min(3, len(members))
			list = append(list, decode.Object{Members: slices.Insert(slices.Clone(members), at,
				decode.Member{Name: "crossOrigin", Raw: json.RawMessage("false")})})
		}
	}
	return list
}

// compact writes every value without blanks and needless escapes.
func compact(o decode.Object) (members []decode.Member) {
	for _, m := range o.Members {
		var b bytes.Buffer
		if text := ""; decode.IsString(m.Raw) && json.Unmarshal(m.Raw, &text) == nil {
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			if enc.Encode(text) != nil {
				return nil
			}
		} else if json.Compact(&b, m.Raw) != nil {
			return nil
		}
		members = append(members, decode.Member{Name: m.Name, Raw: bytes.TrimSpace(b.Bytes())})
	}
	return members
}

// blameRewriting adds to the finding of a signature that does not fit that the
// client data were written anew, where that is proven.
func (e *examiner) blameRewriting(f *finding, fits func(client []byte) bool) {
	if text, ok := e.rewrittenClientData(fits); ok {
		f.cause += fmt.Sprintf(" The client data were rewritten after they were signed: the signature fits them as %s.",
			decode.Short(string(text)))
		f.fix = fixRaw
	}
}

// whatBytes names a value that stands where base64url belongs, by what JavaScript
// makes of bytes.
func whatBytes(raw json.RawMessage) string {
	what := decode.JSONKind(raw)
	o, err := decode.ParseObject(raw)
	switch {
	case err == nil && len(o.Members) == 0:
		return what + " without members, as JSON.stringify writes an ArrayBuffer: its bytes are lost"
	case err == nil && o.Has("challenge"):
		return what + ": the page decoded and parsed the client data"
	case len(numbersOf(raw)) > 0 && err == nil:
		return what + " of numbers, as JSON.stringify writes a Uint8Array or a Buffer"
	case len(numbersOf(raw)) > 0:
		return what + " of numbers, the bytes one by one"
	}
	return what
}
