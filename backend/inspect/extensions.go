package inspect

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sting/backend/decode"
)

// secret is what stands in place of a value that is never shown: the results of
// PRF are keys, large blobs are what a person put away.
const secret = "(not shown)"

// examineResults judges clientExtensionResults: what the browser says about
// extensions, unsigned.
func (e *examiner) examineResults() {
	raw, there := e.answer.whole.Member("clientExtensionResults")
	if !there {
		e.skip(e.id.results, "", "The answer has no clientExtensionResults; toJSON() always writes them.")
		return
	}
	o, err := decode.ParseObject(raw)
	if err != nil {
		e.fail(e.id.results, finding{fault: "MALFORMED",
			cause: fmt.Sprintf("clientExtensionResults is %s, not an object.", decode.JSONKind(raw)), fix: fixShape, expected: "an object",
			received: decode.JSONKind(raw)})
		return
	}
	shown := map[string]any{}
	for _, m := range o.Members {
		shown[m.Name] = showResult(m.Name, m.Raw)
		if doubt := oddResult(m.Name, m.Raw); doubt != "" {
			e.warn(e.id.results, "", m.Name, doubt)
		}
		if e.c.options.known && !e.asked(m.Name) {
			e.warn(e.id.results, "", m.Name, fmt.Sprintf("Nobody asked for the extension %s; that refuses nothing.", decode.Short(m.Name)))
		}
	}
	text, _ := json.Marshal(shown) // made of JSON
	if len(shown) > 0 {
		e.decodedClientExtensions(shown)
	}
	e.pass(e.id.results, "", decode.Short(string(text)), "")
}

// decodedClientExtensions shows the results beside the client data: they come
// from the same hand.
func (e *examiner) decodedClientExtensions(shown map[string]any) {
	if e.decoded.AuthenticatorData == nil {
		e.decoded.AuthenticatorData = map[string]any{}
	}
	e.decoded.AuthenticatorData["clientExtensionResults"] = shown
}

func (e *examiner) asked(extension string) bool {
	_, ok := e.c.options.extensions[extension]
	return ok
}

// showResult writes a result without what it must not show.
func showResult(name string, raw json.RawMessage) any {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	m, isMap := v.(map[string]any)
	switch name {
	case "prf", "hmacGetSecret", "hmac-secret":
		if isMap {
			return keepOnly(m, "enabled")
		}
	case "largeBlob":
		if isMap {
			return keepOnly(m, "supported", "written")
		}
	case "getCredBlob", "credBlob":
	default:
		return v
	}
	if b, ok := v.(bool); ok {
		return b
	}
	return secret
}

// keepOnly hides every member but the named ones that are booleans.
func keepOnly(m map[string]any, shown ...string) map[string]any {
	out := map[string]any{}
	for name, v := range m {
		if _, isBool := v.(bool); isBool && slices.Contains(shown, name) {
			out[name] = v
			continue
		}
		out[name] = secret
	}
	return out
}

// oddResult says what is unusual about a result that we know.
func oddResult(name string, raw json.RawMessage) string {
	isBool := json.Unmarshal(raw, new(bool)) == nil && string(raw) != "null"
	o, err := decode.ParseObject(raw)
	switch name {
	case "credProps":
		rk, there := o.Member("rk")
		if err != nil || there && json.Unmarshal(rk, new(bool)) != nil {
			return "credProps should be an object with a boolean rk."
		}
	case "prf", "largeBlob":
		if err != nil {
			return name + " should be an object."
		}
	case "appid", "appidExclude":
		if !isBool {
			return name + " should be true or false."
		}
	case "credentialProtectionPolicy", "enforceCredentialProtectionPolicy", "minPinLength", "credProtect":
		return name + " is an input, or an output of the authenticator; as a result of the browser it means nothing."
	}
	return ""
}

// showOutputs writes the authenticator's own outputs, signed with the rest.
func showOutputs(it decode.Item) map[string]any {
	m := map[string]any{}
	for _, p := range it.Pairs {
		m[string(p.Key.Raw)] = showOutput(string(p.Key.Raw), p.Value)
	}
	return m
}

func showOutput(name string, v decode.Item) any {
	if b, ok := v.Bool(); ok {
		return b
	}
	n, isNumber := v.Int()
	switch {
	case name == "credProtect" && isNumber:
		return fmt.Sprintf("%d (%s)", n, protection(n))
	case isNumber:
		return n
	case name == "uvm":
		return "an array"
	case v.Kind == decode.Text:
		return decode.Short(string(v.Raw))
	case v.Kind == decode.Bytes: // hmac-secret, credBlob, largeBlobKey: all of them secrets or private
		return fmt.Sprintf("%s %s", decode.ByteCount(len(v.Raw)), secret)
	}
	return v.What()
}

func protection(n int64) string {
	if name, ok := map[int64]string{1: "user verification optional", 2: "user verification optional with a list of credentials",
		3: "user verification required"}[n]; ok {
		return name
	}
	return "no such level"
}

// examineOutputs judges the authenticator's outputs: Web Authentication Level 3,
// section 7.1 step 28 and 7.2 step 23. None of them refuses a ceremony.
func (e *examiner) examineOutputs() {
	it := e.auth.Extensions
	if it.Kind != decode.Map {
		e.pass(e.id.outputs, "", "none", "The authenticator sent no extension outputs.")
		return
	}
	var shown []string
	for _, p := range it.Pairs {
		name := string(p.Key.Raw)
		shown = append(shown, fmt.Sprintf("%s: %v", decode.Short(name), showOutput(name, p.Value)))
		if doubt := oddOutput(e.c.kind, name, p.Value); doubt != "" {
			e.warn(e.id.outputs, "", strings.Join(shown, ", "), doubt)
		}
	}
	if e.auth.Irregular {
		e.warn(e.id.outputs, "", strings.Join(shown, ", "),
			"The outputs are not in CTAP2's canonical form; they can be read, so it refuses nothing.")
	}
	e.pass(e.id.outputs, "", strings.Join(shown, ", "), "")
}

func oddOutput(kind, name string, v decode.Item) string {
	n, isNumber := v.Int()
	_, isBool := v.Bool()
	switch name {
	case "credProtect":
		if !isNumber || n < 1 || n > 3 {
			return "credProtect should be 1, 2 or 3."
		}
	case "minPinLength":
		if !isNumber || n < 4 || n > 63 {
			return "minPinLength should be a number of 4 to 63."
		}
	case "hmac-secret":
		if kind == registration && !isBool {
			return "hmac-secret of a registration should be true or false."
		}
		// One or two values of 32 bytes: as they are in the first PIN protocol, behind an IV of 16 bytes in the second.
		if kind == authentication && (v.Kind != decode.Bytes || !slices.Contains([]int{32, 64, 48, 80}, len(v.Raw))) {
			return fmt.Sprintf("hmac-secret of a sign-in should be one or two encrypted values of 32, 64, 48 or 80 bytes; it is %s of %s.",
				v.What(), decode.ByteCount(len(v.Raw)))
		}
	}
	return ""
}
