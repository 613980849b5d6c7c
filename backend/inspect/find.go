package inspect

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"

	"sting/backend/decode"
)

// maxWrappers bounds how deep a bare answer is looked for: a request's body, the
// member of a framework, and a text of JSON in it come to five.
const maxWrappers = 8

// wrappers are the members under which tools put a browser's answer; they are
// looked into before the others.
var wrappers = []string{
	"credential", "registrationResponse", "authenticationResponse", "attestationResponse", "assertionResponse",
	"rpkc", "pkc", // webauthn-rs, beside the options as ccr and rcr
	"attestation", "assertion", "publicKeyCredential", "publicKey", "response", "data", "result",
}

// fileText returns a file as UTF-8: what editors and shells of Windows write
// begins with a byte order mark, and may be UTF-16.
func fileText(raw []byte) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}):
		raw = raw[2:]
	case bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		raw, order = raw[2:], binary.BigEndian
	case len(raw) > 1 && raw[0] != 0 && raw[1] == 0:
	case len(raw) > 1 && raw[0] == 0 && raw[1] != 0:
		order = binary.BigEndian
	default:
		return decode.TrimBOM(raw)
	}
	units := make([]uint16, 0, len(raw)/2)
	for ; len(raw) > 1; raw = raw[2:] {
		units = append(units, order.Uint16(raw))
	}
	return []byte(string(utf16.Decode(units)))
}

// finding of an answer: the objects around it, the outermost first.
type foundAnswer struct {
	answer decode.Object
	around []decode.Object
	within []string // the member of each that led to the answer
}

// findAnswer looks for a browser's answer in a JSON value, in texts of JSON too.
func findAnswer(raw json.RawMessage) (f foundAnswer, ok bool) { return findWithin(maxWrappers, raw) }

func findWithin(levels int, raw json.RawMessage) (f foundAnswer, ok bool) {
	if levels == 0 {
		return f, false
	}
	raw = unwrapText(raw)
	if list := listOf(raw); len(list) > 0 {
		for _, el := range list[:min(len(list), 8)] {
			if f, ok := findWithin(levels-1, el); ok {
				return f, true
			}
		}
		return f, false
	}
	o, err := decode.ParseObject(raw)
	if err != nil {
		return f, false
	}
	if answer, is := answerIn(o); is {
		return foundAnswer{answer: answer}, true
	}
	for _, m := range wrappersFirst(o.Members) {
		if f, ok := findWithin(levels-1, m.Raw); ok {
			f.around = append([]decode.Object{o}, f.around...)
			f.within = append([]string{m.Name}, f.within...)
			return f, true
		}
	}
	return f, false
}

// unwrapText returns the JSON in a text of JSON, anything else as it is.
func unwrapText(raw json.RawMessage) json.RawMessage {
	var text string
	if !decode.IsString(raw) || json.Unmarshal(raw, &text) != nil {
		return raw
	}
	if in := strings.TrimSpace(text); strings.HasPrefix(in, "{") {
		return json.RawMessage(in)
	}
	return raw
}

// listOf returns the objects and texts of a list: numbers are bytes.
func listOf(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if trimmed := bytes.TrimSpace(raw); len(trimmed) == 0 || trimmed[0] != '[' || json.Unmarshal(trimmed, &list) != nil {
		return nil
	}
	return slices.DeleteFunc(list, func(el json.RawMessage) bool {
		el = bytes.TrimSpace(el)
		return len(el) == 0 || el[0] != '{' && el[0] != '"'
	})
}

func wrappersFirst(members []decode.Member) []decode.Member {
	rank := func(m decode.Member) int {
		if i := slices.Index(wrappers, m.Name); i >= 0 {
			return i
		}
		return len(wrappers)
	}
	sorted := slices.Clone(members)
	slices.SortStableFunc(sorted, func(a, b decode.Member) int { return rank(a) - rank(b) })
	return sorted
}

// answerIn recognises a credential with its response, and a response alone, as
// forms post it: Keycloak's, Okta's and others leave the credential out.
func answerIn(o decode.Object) (answer decode.Object, ok bool) {
	if response, ok := o.Object("response"); ok && named(response).Has("clientDataJSON") {
		return o, true
	}
	response := named(o)
	if !response.Has("clientDataJSON") {
		return decode.Object{}, false
	}
	var whole decode.Object
	for _, name := range []string{"id", "rawId", "credentialId", "publicKeyCredentialId"} {
		if raw, ok := o.Member(name); ok && decode.IsString(raw) {
			whole.Members = append(whole.Members, decode.Member{Name: "id", Raw: raw})
			break
		}
	}
	whole.Members = append(whole.Members, decode.Member{Name: "response", Raw: response.Encode()})
	return whole, true
}

// otherNames are what frameworks call the members of a response.
var otherNames = map[string]string{
	"clientData": "clientDataJSON", "attestationData": "attestationObject", "signatureData": "signature",
	"attestation": "attestationObject",
}

// named returns a response with its members called as on the wire. A name that
// differs in case only is one of fido2-net-lib's.
func named(o decode.Object) decode.Object {
	out := decode.Object{Members: slices.Clone(o.Members)}
	for i, m := range out.Members {
		if slices.Contains(responseMembers, m.Name) {
			continue
		}
		name := otherNames[m.Name]
		for _, known := range responseMembers {
			if strings.EqualFold(known, m.Name) {
				name = known
			}
		}
		if name != "" && !o.Has(name) && !(m.Name == "attestation" && !decode.IsString(m.Raw)) {
			out.Members[i].Name = name
		}
	}
	return out
}

// findOptions looks for the options of a ceremony in a JSON value that an answer
// was found in.
func findOptions(levels int, raw json.RawMessage) (options decode.Object, ok bool) {
	if levels == 0 {
		return decode.Object{}, false
	}
	o, err := decode.ParseObject(unwrapText(raw))
	if err != nil {
		return decode.Object{}, false
	}
	if _, is := answerIn(o); is {
		return decode.Object{}, false
	}
	if in, ok := o.Object("publicKey"); ok && areOptions(in) || areOptions(o) {
		return o, true
	}
	for _, m := range o.Members {
		if options, ok := findOptions(levels-1, m.Raw); ok {
			return options, true
		}
	}
	return decode.Object{}, false
}

func areOptions(o decode.Object) bool {
	return o.Has("challenge") && slices.ContainsFunc([]string{"rp", "rpId", "pubKeyCredParams", "allowCredentials"}, o.Has)
}

var errNotJSON = errors.New("it is not JSON")

// formObject reads the body of a form, as a browser posts it, as an object of
// texts.
func formObject(raw []byte) (decode.Object, error) {
	text := strings.TrimSpace(string(raw))
	if !strings.Contains(text, "=") || strings.ContainsAny(text, "{}\" \n") {
		return decode.Object{}, errNotJSON
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return decode.Object{}, errNotJSON
	}
	var o decode.Object
	for name := range values {
		value, _ := json.Marshal(values.Get(name)) // a text always encodes
		o.Members = append(o.Members, decode.Member{Name: name, Raw: value})
	}
	slices.SortFunc(o.Members, func(a, b decode.Member) int { return strings.Compare(a.Name, b.Name) })
	return o, nil
}
