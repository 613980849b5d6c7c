package inspect

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// wrappers are the members under which tools put a browser's answer.
var wrappers = []string{
	"credential", "registrationResponse", "authenticationResponse", "attestationResponse", "assertionResponse",
	"attestation", "assertion", "publicKeyCredential", "response", "data", "result",
}

// optionMembers are the members under which they put the options.
var optionMembers = []string{"options", "creationOptions", "requestOptions", "publicKeyCredentialCreationOptions", "publicKeyCredentialRequestOptions", "publicKey"}

// bareCeremony recognises an answer without a kind: what toJSON gives, or what
// a browser's tool exports around it.
func bareCeremony(o object) (ceremony, error) {
	answer, skipped, ok := findAnswer(o)
	if !ok {
		return ceremony{}, ErrNotACeremony.Because(errNoAnswer)
	}
	response, _ := answer.object("response")
	c := ceremony{bare: true, kind: authentication}
	if response.has("attestationObject") {
		c.kind = registration
	}
	if len(skipped) > 0 {
		c.notes = append(c.notes, "Members beside the answer that were not read: "+strings.Join(skipped, ", ")+".")
	}
	c.adopt(o)
	c.credential = c.normalised(answer, response)
	return c, nil
}

// findAnswer looks for the credential in o, or one step below.
func findAnswer(o object) (answer object, skipped []string, ok bool) {
	isAnswer := func(o object) bool {
		response, ok := o.object("response")
		return ok && response.has("clientDataJSON")
	}
	if isAnswer(o) {
		return o, nil, true
	}
	if o.has("clientDataJSON") { // the response alone
		raw := []byte(`{"response":` + string(o.encode()) + `}`)
		if wrapped, err := objectOf(raw); err == nil {
			return wrapped, nil, true
		}
	}
	for _, name := range wrappers {
		in, there := o.object(name)
		if !there || !isAnswer(in) {
			continue
		}
		for _, m := range o.members {
			if m.name != name && !slices.Contains(optionMembers, m.name) {
				skipped = append(skipped, m.name)
			}
		}
		return in, skipped, true
	}
	return object{}, nil, false
}

// adopt takes from options beside the answer what the relying party asked for.
func (c *ceremony) adopt(o object) {
	for _, name := range optionMembers {
		in, ok := o.object(name)
		if !ok {
			continue
		}
		c.options = optionsOf(in)
		c.challenge, c.rpID = c.options.challenge, c.options.rpID
		if pk, ok := in.object("publicKey"); ok {
			in = pk
		}
		c.userVerification, _ = in.text("userVerification")
		if sel, ok := in.object("authenticatorSelection"); ok {
			c.userVerification, _ = sel.text("userVerification")
		}
		var list struct {
			Params []struct {
				Alg int64 `json:"alg"`
			} `json:"pubKeyCredParams"`
		}
		if json.Unmarshal(in.encode(), &list) == nil {
			for _, p := range list.Params {
				c.algorithms = append(c.algorithms, p.Alg)
			}
		}
		c.notes = append(c.notes, "The options beside the answer say what was asked for; the origins are not in them.")
		return
	}
}

// normalised writes an answer in the form of the wire: tools export bytes as
// arrays of numbers, as objects of numbered members and as plain base64.
func (c *ceremony) normalised(answer, response object) json.RawMessage {
	var changed []string
	fix := func(o object, names ...string) object {
		for i, m := range o.members {
			if text, ok := foreignBytes(m.raw); ok && slices.Contains(names, m.name) {
				o.members[i].raw, changed = text, append(changed, m.name)
			}
		}
		return o
	}
	response = fix(response, "clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle", "publicKey")
	answer = fix(answer, "id", "rawId")
	var whole object
	for _, m := range answer.members {
		if m.name == "response" {
			m.raw = response.encode()
		}
		whole.members = append(whole.members, m)
	}
	for _, name := range []string{"id", "rawId"} {
		if other := map[string]string{"id": "rawId", "rawId": "id"}[name]; !whole.has(name) && whole.has(other) {
			raw, _ := whole.member(other)
			whole.members = append(whole.members, member{name, raw})
			c.notes = append(c.notes, fmt.Sprintf("The answer had no %s; it was taken from %s.", name, other))
		}
	}
	if !whole.has("type") {
		whole.members = append(whole.members, member{"type", json.RawMessage(`"public-key"`)})
		c.notes = append(c.notes, "The answer had no type; it was read as public-key.")
	}
	if len(changed) > 0 {
		c.notes = append(c.notes, "Bytes that were not base64url were read as the tool meant them: "+strings.Join(changed, ", ")+". A server that gets them in this form refuses them.")
	}
	return whole.encode()
}

// foreignBytes turns [1,2], {"0":1,"1":2}, {"type":"Buffer","data":[1,2]} and
// padded or plain base64 into a JSON string of base64url. ok is false where raw
// is none of these.
func foreignBytes(raw json.RawMessage) (text json.RawMessage, ok bool) {
	if isString(raw) {
		var s string
		if json.Unmarshal(raw, &s) != nil || !strings.ContainsAny(s, "+/=") {
			return nil, false
		}
		b, ok := loose64(s)
		return json.RawMessage(`"` + b64(b) + `"`), ok
	}
	nums := numbersOf(raw)
	out := make([]byte, 0, len(nums))
	for _, n := range nums {
		if n < 0 || n > 255 {
			return nil, false
		}
		out = append(out, byte(n))
	}
	return json.RawMessage(`"` + b64(out) + `"`), len(out) > 0
}

// numbersOf reads the ways in which JSON.stringify writes bytes.
func numbersOf(raw json.RawMessage) (nums []int) {
	if json.Unmarshal(raw, &nums) == nil {
		return nums
	}
	var buffer struct {
		Data []int `json:"data"`
	}
	if json.Unmarshal(raw, &buffer) == nil && buffer.Data != nil {
		return buffer.Data
	}
	var numbered map[int]int
	if json.Unmarshal(raw, &numbered) != nil {
		return nil
	}
	nums = make([]int, 0, len(numbered))
	for i := range len(numbered) {
		n, there := numbered[i]
		if !there {
			return nil
		}
		nums = append(nums, n)
	}
	return nums
}

// encode writes the object as it stood.
func (o object) encode() json.RawMessage {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range o.members {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name) // a string always encodes
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.raw)
	}
	b.WriteByte('}')
	return json.RawMessage(b.String())
}
