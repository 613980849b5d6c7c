package inspect

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sting/backend/decode"
	"sting/backend/fault"
	"sting/backend/origin"
)

// ErrNotACeremony means that a file is no ceremony at all: not an object with a
// kind, and no answer of an authenticator that can be recognised.
var ErrNotACeremony = fault.New(fault.Invalid, "MALFORMED", "This is not a recorded ceremony.",
	`A ceremony is a JSON object with "kind": "registration" or "authentication", or the bare answer of a browser with `+
		`"response.clientDataJSON" in it.`)

// ceremony is a file as it was understood: CONTRACT section 11. What a file
// leaves out, or has in another shape, is unknown: the pointer is nil.
type ceremony struct {
	kind             string
	bare             bool // an answer without what the relying party asked for
	rpID             *string
	origins          *[]string // canonical where they can be
	topOrigins       []string
	challenge        *string
	userVerification string
	algorithms       []int64
	options          options
	credential       json.RawMessage // nil: none came
	stored           storedRecord
	page             *string // the origin of the page that asked, as the recorder saw it
	notes            []string
}

// options is what of the options as sent matters here.
type options struct {
	known       bool
	challenge   *string
	rpID        *string
	conditional bool
	timeoutMS   float64
	allow       *[]string // credential IDs in base64url
	exclude     *[]string
	extensions  map[string]json.RawMessage
}

// storedRecord is the credential record before the ceremony.
type storedRecord struct {
	known          bool
	publicKey      *string
	signCount      *uint32
	backupEligible *bool
	backupState    *bool
	userHandle     *string
}

// ceremonyOf reads a file. The error is ErrNotACeremony with its cause.
func ceremonyOf(raw []byte) (ceremony, error) {
	raw = fileText(raw)
	o, err := decode.ParseObject(raw)
	if form, notForm := formObject(raw); err != nil && notForm == nil {
		o, err = form, nil
		raw = o.Encode()
	}
	if err == nil && !o.Has("kind") || errors.Is(err, decode.ErrNotObject) {
		return bareCeremony(raw)
	}
	if err != nil {
		return ceremony{}, ErrNotACeremony.Because(err)
	}
	kind, _ := o.Text("kind")
	if kind != registration && kind != authentication {
		value, _ := o.Member("kind")
		return ceremony{}, ErrNotACeremony.Because(fmt.Errorf("kind is %s", decode.Short(string(value))))
	}
	c := ceremony{kind: kind}
	c.read(o)
	return c, nil
}

// read takes the members of the contract's file; the others belong to the
// recorder, or to nobody, and are skipped.
func (c *ceremony) read(o decode.Object) {
	c.rpID, c.page = c.textOf(o, "rp_id"), c.textOf(o, "origin")
	if list, ok := c.textsOf(o, "origins"); ok && len(list) > 0 {
		c.origins = &list
	}
	c.topOrigins, _ = c.textsOf(o, "top_origins")
	c.challenge = c.textOf(o, "challenge")
	if uv := c.textOf(o, "user_verification"); uv != nil {
		c.userVerification = *uv
	}
	if raw, ok := o.Member("algorithms"); ok && json.Unmarshal(raw, &c.algorithms) != nil {
		c.algorithms = nil
		c.notes = append(c.notes, "algorithms is not a list of numbers and was not read.")
	}
	if raw, ok := o.Member("credential"); ok || o.Has("credential") {
		c.credential = raw
	}
	if in, ok := o.Object("options"); ok {
		c.options = optionsOf(in)
	}
	if in, ok := o.Object("stored"); ok {
		c.stored = storedOf(in, &c.notes)
	}
}

// textOf returns a member that is a string and not empty.
func (c *ceremony) textOf(o decode.Object, name string) *string {
	raw, there := o.Member(name)
	if !there {
		return nil
	}
	s, ok := o.Text(name)
	if !ok {
		c.notes = append(c.notes, fmt.Sprintf("%s is %s, not a string, and was not read.", name, decode.JSONKind(raw)))
		return nil
	}
	if s == "" {
		return nil
	}
	return &s
}

func (c *ceremony) textsOf(o decode.Object, name string) (list []string, ok bool) {
	raw, there := o.Member(name)
	if !there {
		return nil, false
	}
	if json.Unmarshal(raw, &list) != nil {
		c.notes = append(c.notes, name+" is not a list of strings and was not read.")
		return nil, false
	}
	for i, text := range list {
		if canonical, err := origin.Accept(text); err == nil {
			list[i] = canonical
		}
	}
	return list, true
}

// optionsOf reads options as they were sent, flat or under publicKey.
func optionsOf(o decode.Object) options {
	out := options{known: true}
	mediation, _ := o.Text("mediation")
	out.conditional = mediation == "conditional"
	if in, ok := o.Object("publicKey"); ok {
		if more, ok := in.Text("mediation"); ok {
			out.conditional = more == "conditional"
		}
		o = in
	}
	raw, _ := o.Member("challenge")
	if text, ok := foreignBytes(raw); ok { // a list of numbers, as some tools write it
		raw = text
	}
	if s := ""; json.Unmarshal(raw, &s) == nil && s != "" {
		out.challenge = &s
	}
	if s, ok := o.Text("rpId"); ok {
		out.rpID = &s
	}
	if raw, ok := o.Member("timeout"); ok && json.Unmarshal(raw, &out.timeoutMS) != nil {
		out.timeoutMS = 0
	}
	if rp, ok := o.Object("rp"); ok {
		if s, ok := rp.Text("id"); ok {
			out.rpID = &s
		}
	}
	out.allow, out.exclude = descriptors(o, "allowCredentials"), descriptors(o, "excludeCredentials")
	if raw, ok := o.Member("extensions"); ok && json.Unmarshal(raw, &out.extensions) != nil {
		out.extensions = nil
	}
	return out
}

// discoverable reports whether the options of a sign-in left it to the
// authenticator whose passkey answers.
func (o options) discoverable() bool {
	return o.challenge != nil && (o.allow == nil || len(*o.allow) == 0)
}

// descriptors returns the IDs of a list of credentials, nil where the options
// have none.
func descriptors(o decode.Object, name string) *[]string {
	raw, ok := o.Member(name)
	if !ok {
		return nil
	}
	var list []struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	ids := make([]string, 0, len(list))
	for _, d := range list {
		ids = append(ids, strings.TrimRight(d.ID, "="))
	}
	return &ids
}

func storedOf(o decode.Object, notes *[]string) storedRecord {
	s := storedRecord{known: true}
	var wrong []string
	take := func(name string, into any) {
		if raw, ok := o.Member(name); ok && json.Unmarshal(raw, into) != nil {
			wrong = append(wrong, name)
		}
	}
	take("public_key", &s.publicKey)
	take("sign_count", &s.signCount)
	take("backup_eligible", &s.backupEligible)
	take("backup_state", &s.backupState)
	take("user_handle", &s.userHandle)
	for _, text := range []**string{&s.publicKey, &s.userHandle} {
		if *text != nil && **text == "" {
			*text = nil
		}
	}
	if len(wrong) > 0 {
		*notes = append(*notes, "stored has members of the wrong kind, which were not read: "+strings.Join(wrong, ", ")+".")
	}
	return s
}

// errNoAnswer is the cause where a file has no kind and nothing that looks like
// an answer.
var errNoAnswer = errors.New(`it has no "kind", and no "response.clientDataJSON"`)

// offered reports whether the relying party asked for an algorithm.
func (c *ceremony) offered(alg int64) bool { return slices.Contains(c.algorithms, alg) }
