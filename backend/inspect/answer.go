package inspect

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sting/backend/decode"
)

// answer is a RegistrationResponseJSON or an AuthenticationResponseJSON, its
// bytes decoded.
type answer struct {
	whole, response decode.Object
	bytes           map[string][]byte // by member: rawId, clientDataJSON, ...
}

var (
	credentialMembers = []string{"id", "rawId", "type", "response", "clientExtensionResults", "authenticatorAttachment"}
	responseMembers   = []string{"clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle", "transports",
		"publicKey", "publicKeyAlgorithm"}
	clientMembers = []string{"type", "challenge", "origin", "crossOrigin", "topOrigin", "tokenBinding"}
)

const fixShape = "Send the answer as credential.toJSON() gives it, whole and unchanged."

// readAnswer judges the shape of the credential. It reports false where
// nothing can be decoded.
func (e *examiner) readAnswer() bool {
	raw := e.c.credential
	if refused, ok := exceptionOf(raw); ok {
		e.explainException(refused)
		return false
	}
	misshapen := func(format string, args ...any) {
		e.fail(e.id.answer, finding{fault: "MALFORMED", cause: fmt.Sprintf(format, args...), fix: fixShape,
			expected: "a PublicKeyCredential in JSON", received: decode.JSONKind(raw)})
	}
	if raw == nil {
		misshapen("There is no credential in the file: no answer came, or it was not recorded.")
		return false
	}
	whole, err := decode.ParseObject(raw)
	if err != nil {
		misshapen("The credential is %s: %v.", decode.JSONKind(raw), err)
		return false
	}
	e.answer = answer{whole: whole, bytes: map[string][]byte{}}
	e.skip(e.id.browser, "", "This happened in the browser: it answered with what is judged below.")
	e.checkHead(misshapen)
	response, ok := whole.Object("response")
	if !ok {
		in, _ := whole.Member("response")
		misshapen("response is %s, where the authenticator's answer should be an object.", decode.JSONKind(in))
		return false
	}
	e.answer.response = response
	need := []string{"clientDataJSON", "attestationObject"}
	if e.c.kind == authentication {
		need = []string{"clientDataJSON", "authenticatorData", "signature"}
	}
	if e.otherKind(response) {
		return true // what is decoded below is what there is
	}
	for _, name := range need {
		e.checkText(response, "response.", name, misshapen)
	}
	for _, name := range []string{"userHandle", "publicKey", "authenticatorData"} {
		if in, there := response.Member(name); there && !decode.IsString(in) && !slices.Contains(need, name) {
			misshapen("response.%s is %s, not a string.", name, decode.JSONKind(in))
		}
	}
	if in, there := response.Member("transports"); e.c.kind == registration && there && json.Unmarshal(in, new([]string)) != nil {
		misshapen("response.transports is not a list of strings.")
	}
	e.pass(e.id.answer, "", strings.Join(memberNames(response), ", "), "")
	return true
}

// otherKind recognises an answer of create() that was sent to a sign-in, and one
// of get() that was sent to a registration.
func (e *examiner) otherKind(response decode.Object) bool {
	made, used := response.Has("attestationObject"), response.Has("signature")
	if e.c.kind == authentication && made && !used {
		e.fail(e.id.answer, finding{
			fault: "MALFORMED", cause: "This is the answer of a registration: it has an attestationObject and no signature, and a sign-in needs " +
				"what navigator.credentials.get() returns.",
			fix:      "Send what create() returned to registration/complete, and what get() returned to authentication/complete.",
			expected: "an assertion response", received: strings.Join(memberNames(response), ", "),
		})
		return true
	}
	if e.c.kind == registration && used && !made {
		e.fail(e.id.answer, finding{
			fault: "MALFORMED", cause: "This is the answer of a sign-in: it has a signature and no attestationObject, and a registration needs " +
				"what navigator.credentials.create() returns.",
			fix:      "Send what get() returned to authentication/complete, and what create() returned to registration/complete.",
			expected: "an attestation response", received: strings.Join(memberNames(response), ", "),
		})
		return true
	}
	return false
}

func memberNames(o decode.Object) (list []string) {
	for _, m := range o.Members {
		list = append(list, decode.Short(m.Name))
	}
	return list
}

// checkHead judges id, rawId and type.
func (e *examiner) checkHead(misshapen func(string, ...any)) {
	whole := e.answer.whole
	id, okID := whole.Text("id")
	rawID, okRaw := whole.Text("rawId")
	if !e.c.bare || whole.Has("id") {
		e.checkText(whole, "", "id", misshapen)
		e.checkText(whole, "", "rawId", misshapen)
	}
	if a, b := strings.TrimRight(id, "="), strings.TrimRight(rawID, "="); okID && okRaw && a != b {
		x, _ := decode.LooseBase64(a)
		if y, _ := decode.LooseBase64(b); string(x) != string(y) || len(x) == 0 {
			misshapen("id is %s and rawId is %s: two different credentials.", decode.Short(id), decode.Short(rawID))
		}
	}
	in, _ := whole.Member("type")
	if typ, ok := whole.Text("type"); !ok {
		misshapen("type is %s, where it should be the string public-key.", decode.JSONKind(in))
	} else if typ != "public-key" {
		misshapen("type is %q, where it should be public-key.", decode.Short(typ))
	}
	if in, there := whole.Member("authenticatorAttachment"); there && !decode.IsString(in) {
		misshapen("authenticatorAttachment is %s, not a string.", decode.JSONKind(in))
	}
}

func (e *examiner) checkText(o decode.Object, where, name string, misshapen func(string, ...any)) {
	in, _ := o.Member(name)
	switch s, ok := o.Text(name); {
	case !o.Has(name):
		misshapen("%s%s is missing.", where, name)
	case !ok:
		misshapen("%s%s is %s, where it should be a string of base64url.", where, name, whatBytes(in))
	case s == "":
		misshapen("%s%s is empty.", where, name)
	}
}

// examineEncoding decodes base64url, and refuses what a forgiving parser would
// let pass: two readers of one answer must not see two different answers.
func (e *examiner) examineEncoding() {
	for _, f := range []struct {
		o     decode.Object
		where string
		name  string
	}{
		{e.answer.whole, "", "id"}, {e.answer.whole, "", "rawId"},
		{e.answer.response, "response.", "clientDataJSON"}, {e.answer.response, "response.", "attestationObject"},
		{e.answer.response, "response.", "authenticatorData"}, {e.answer.response, "response.", "signature"},
		{e.answer.response, "response.", "userHandle"}, {e.answer.response, "response.", "publicKey"},
	} {
		e.decodeField(f.o, f.where, f.name)
	}
	if id, ok := e.answer.bytes["id"]; ok && e.answer.bytes["rawId"] == nil {
		e.answer.bytes["rawId"] = id
	}
	quirks := []error{
		e.answer.whole.Quirk("the credential", credentialMembers...), e.answer.response.Quirk("response", responseMembers...),
		decode.DeepQuirk("the credential", e.answer.whole.Encode()),
	}
	if client, err := decode.ParseObject(decode.TrimBOM(e.answer.bytes["clientDataJSON"])); err == nil {
		quirks = append(quirks, client.Quirk("the client data", clientMembers...), decode.DeepQuirk("the client data", client.Encode()))
	}
	for _, err := range quirks {
		if err != nil {
			e.fail("encoding", finding{
				cause: "Two readers could take this answer for two different ones: " + err.Error() + ".",
				fix:   "Send the answer as credential.toJSON() gives it, each member once and in its own spelling.", expected: "each member once",
			})
			return
		}
	}
	e.pass("encoding", "base64url without padding, each member once", "as expected", "")
}

func (e *examiner) decodeField(o decode.Object, where, name string) {
	text, ok := o.Text(name)
	if !ok || text == "" {
		return
	}
	b, err := decode.ParseBase64URL(text)
	if err != nil {
		e.fail("encoding", finding{
			cause: fmt.Sprintf("%s%s is not base64url without padding: %v.", where, name, err),
			fix: `Encode bytes as base64url without padding: the alphabet ends in "-" and "_", and no "=" stands at the end. ` +
				`credential.toJSON() does it.`,
			expected: "base64url without padding", received: decode.Short(text),
		})
		b, ok = decode.LooseBase64(text)
	}
	if ok {
		e.answer.bytes[name] = b
	}
}
