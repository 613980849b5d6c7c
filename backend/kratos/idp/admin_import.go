package idp

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"sting/backend/identity"
)

// imported is an identity as an administrator writes it.
type imported struct {
	SchemaID       string          `json:"schema_id"`
	Traits         map[string]any  `json:"traits"`
	State          identity.State  `json:"state"`
	MetadataPublic json.RawMessage `json:"metadata_public"`
	MetadataAdmin  json.RawMessage `json:"metadata_admin"`
	Verifiable     []struct {
		Value    string `json:"value"`
		Verified bool   `json:"verified"`
		Status   string `json:"status"`
	} `json:"verifiable_addresses"`
	Credentials map[string]json.RawMessage `json:"credentials"`
}

// members are what a new identity may be described with. Kratos refuses others: a
// name that is misspelt would be taken for something that was set.
var members = []string{
	"schema_id", "traits", "state", "metadata_public", "metadata_admin", "verifiable_addresses", "recovery_addresses", "credentials",
	"organization_id",
}

// decodeNew reads the description of a new identity.
func (x *exchange) decodeNew(body *imported) error {
	var doc json.RawMessage
	if err := x.decode(&doc); err != nil {
		return err
	}
	var named map[string]json.RawMessage
	err := json.Unmarshal(doc, &named)
	if err == nil {
		err = unmarshal(doc, body)
	}
	if err != nil {
		return badRequest("Unable to decode the request body: %v.", err)
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if !slices.Contains(members, name) {
			return badRequest("json: unknown field %q", name)
		}
	}
	return nil
}

// unmarshal is json.Unmarshal with numbers that keep all their digits.
func unmarshal(doc []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	return dec.Decode(v)
}

// apply writes an administrator's words into an identity.
func (x *exchange) apply(i *identity.Identity, body imported) error {
	if body.SchemaID != "" && body.SchemaID != x.schema.ID {
		return badRequest("Identity schema %q is not known.", body.SchemaID)
	}
	if body.Traits == nil {
		body.Traits = map[string]any{}
	}
	if wrong := x.schema.validate(body.Traits); len(wrong) > 0 {
		return badRequest("%s", listed(wrong))
	}
	switch body.State {
	case "":
	case identity.Active, identity.Inactive:
		if i.State != body.State {
			i.State, i.StateAt = body.State, x.now
		}
	default:
		return badRequest("Identity state %q is not known: use active or inactive.", body.State)
	}
	x.describe(i, body.Traits)
	i.MetadataPublic, i.MetadataAdmin = present(body.MetadataPublic), present(body.MetadataAdmin)
	for _, v := range body.Verifiable {
		for n := range i.Addresses {
			if a := &i.Addresses[n]; a.Value == identity.Fold(v.Value) && v.Verified && !a.Verified {
				a.Verified, a.VerifiedAt, a.Status = true, x.now, "completed"
			}
		}
	}
	if err := x.importPassword(i, body.Credentials); err != nil {
		return err
	}
	if wrong := i.Examine(); len(wrong) > 0 {
		return badRequest("%s", wrong.Text())
	}
	return nil
}

func present(v json.RawMessage) json.RawMessage {
	if string(v) == "null" {
		return nil
	}
	return v
}

// listed says what the schema refuses, in the notation of Kratos' validator.
func listed(wrong []violation) string {
	s := ""
	for _, v := range wrong {
		at := "#/" + slashed(v.name)
		s += "I[" + at + "] S[#/properties/" + slashedProperties(v.name) + "] " + v.text.Text + "\n"
	}
	return s[:len(s)-1]
}

func (x *exchange) importPassword(i *identity.Identity, credentials map[string]json.RawMessage) error {
	for kind := range credentials {
		if kind != "password" {
			return badRequest("Credentials of type %q can't be imported here.", kind)
		}
	}
	doc, given := credentials["password"]
	if !given {
		return nil
	}
	var c struct {
		Config struct {
			Hashed string `json:"hashed_password"`
			Plain  string `json:"password"`
		} `json:"config"`
	}
	if err := json.Unmarshal(doc, &c); err != nil {
		return badRequest("Unable to decode credentials.password: %v.", err)
	}
	hash := c.Config.Hashed
	switch {
	case hash == "" && c.Config.Plain == "":
		return nil
	case hash == "":
		var err error
		if hash, err = x.Hasher.Hash(x.r.Context(), c.Config.Plain); err != nil {
			return err
		}
	default:
		if why := hashProblem(hash); why != "" {
			return badRequest("The imported password does not match any known hash format that can be compared here: %s. Use argon2id in PHC "+
				"format, or bcrypt.", why)
		}
	}
	i.Password = &identity.Password{Hash: hash, SetAt: x.now}
	return nil
}
