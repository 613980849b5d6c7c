package inspect

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sting/backend/decode"
)

// contractMembers are those of a ceremony's file, which count beside a bare answer
// too.
var contractMembers = []string{"rp_id", "origins", "top_origins", "challenge", "user_verification", "algorithms", "options", "stored"}

// bareCeremony recognises an answer without a kind: what toJSON gives, or what
// a browser's tool exports, or a framework sends, around it.
func bareCeremony(raw json.RawMessage) (ceremony, error) {
	f, ok := findAnswer(raw)
	if !ok {
		return ceremony{}, ErrNotACeremony.Because(errNoAnswer)
	}
	response, _ := f.answer.Object("response")
	c := ceremony{bare: true, kind: authentication}
	if named(response).Has("attestationObject") {
		c.kind = registration
	}
	if outermost, err := decode.ParseObject(unwrapText(raw)); err == nil {
		c.read(outermost)
	}
	asked := c.adopt(raw)
	if skipped := f.skipped(asked); len(skipped) > 0 {
		c.notes = append(c.notes, "Members beside the answer that were not read: "+strings.Join(skipped, ", ")+".")
	}
	c.credential = c.normalised(f.answer, named(response))
	return c, nil
}

// skipped lists the members around an answer that nobody read.
func (f foundAnswer) skipped(asked decode.Object) (list []string) {
	for i, o := range f.around {
		for _, m := range o.Members {
			inner, _ := decode.ParseObject(unwrapText(m.Raw))
			isOptions := len(asked.Members) > 0 && string(inner.Encode()) == string(asked.Encode())
			if m.Name != f.within[i] && !isOptions && !(i == 0 && slices.Contains(contractMembers, m.Name)) {
				list = append(list, decode.Short(m.Name))
			}
		}
	}
	return list
}

// adopt takes from options beside the answer what the relying party asked for, and
// returns them.
func (c *ceremony) adopt(raw json.RawMessage) decode.Object {
	options, ok := findOptions(maxWrappers, raw)
	if !ok {
		return decode.Object{}
	}
	c.options = optionsOf(options)
	c.challenge, c.rpID = cmp.Or(c.challenge, c.options.challenge), cmp.Or(c.rpID, c.options.rpID)
	in := options
	if pk, ok := options.Object("publicKey"); ok {
		in = pk
	}
	uv, _ := in.Text("userVerification")
	if sel, ok := in.Object("authenticatorSelection"); ok {
		uv, _ = sel.Text("userVerification")
	}
	c.userVerification = cmp.Or(c.userVerification, uv)
	var list struct {
		Params []struct {
			Alg int64 `json:"alg"`
		} `json:"pubKeyCredParams"`
	}
	if json.Unmarshal(in.Encode(), &list) == nil && c.algorithms == nil {
		for _, p := range list.Params {
			c.algorithms = append(c.algorithms, p.Alg)
		}
	}
	if c.origins == nil {
		c.notes = append(c.notes, "The options beside the answer say what was asked for; the origins are not in them.")
	}
	return options
}

// normalised writes an answer in the form of the wire: tools export bytes as
// arrays of numbers, as objects of numbered members and as plain base64.
func (c *ceremony) normalised(answer, response decode.Object) json.RawMessage {
	var changed []string
	fix := func(o decode.Object, names ...string) decode.Object {
		for i, m := range o.Members {
			if text, ok := foreignBytes(m.Raw); ok && slices.Contains(names, m.Name) {
				o.Members[i].Raw, changed = text, append(changed, m.Name)
			}
		}
		return o
	}
	response = fix(response, "clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle", "publicKey")
	answer = fix(answer, "id", "rawId")
	var whole decode.Object
	for _, m := range answer.Members {
		if m.Name == "response" {
			m.Raw = response.Encode()
		}
		whole.Members = append(whole.Members, m)
	}
	for _, name := range []string{"id", "rawId"} {
		if other := map[string]string{"id": "rawId", "rawId": "id"}[name]; !whole.Has(name) && whole.Has(other) {
			raw, _ := whole.Member(other)
			whole.Members = append(whole.Members, decode.Member{Name: name, Raw: raw})
			c.notes = append(c.notes, fmt.Sprintf("The answer had no %s; it was taken from %s.", name, other))
		}
	}
	if !whole.Has("type") {
		whole.Members = append(whole.Members, decode.Member{Name: "type", Raw: json.RawMessage(`"public-key"`)})
		c.notes = append(c.notes, "The answer had no type; it was read as public-key.")
	}
	if len(changed) > 0 {
		c.notes = append(c.notes, "Bytes that were not base64url were read as the tool meant them: "+strings.Join(changed, ", ")+
			". A server that gets them in this form refuses them.")
	}
	return whole.Encode()
}

// foreignBytes turns [1,2], {"0":1,"1":2}, {"type":"Buffer","data":[1,2]} and
// padded or plain base64 into a JSON string of base64url. ok is false where raw
// is none of these.
func foreignBytes(raw json.RawMessage) (text json.RawMessage, ok bool) {
	if decode.IsString(raw) {
		var s string
		if json.Unmarshal(raw, &s) != nil || !strings.ContainsAny(s, "+/=") {
			return nil, false
		}
		b, ok := decode.LooseBase64(s)
		return json.RawMessage(`"` + decode.Base64URL(b) + `"`), ok
	}
	nums := numbersOf(raw)
	out := make([]byte, 0, len(nums))
	for _, n := range nums {
		if n < 0 || n > 255 {
			return nil, false
		}
		out = append(out, byte(n))
	}
	return json.RawMessage(`"` + decode.Base64URL(out) + `"`), len(out) > 0
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
