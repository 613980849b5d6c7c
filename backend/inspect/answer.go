package inspect

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// answer is a RegistrationResponseJSON or an AuthenticationResponseJSON, its
// bytes decoded.
type answer struct {
	whole, response object
	bytes           map[string][]byte // by member: rawId, clientDataJSON, ...
}

var (
	credentialMembers = []string{"id", "rawId", "type", "response", "clientExtensionResults", "authenticatorAttachment"}
	responseMembers   = []string{"clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle", "transports", "publicKey", "publicKeyAlgorithm"}
	clientMembers     = []string{"type", "challenge", "origin", "crossOrigin", "topOrigin", "tokenBinding"}
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
		e.fail(e.id.answer, finding{fault: "MALFORMED", cause: fmt.Sprintf(format, args...), fix: fixShape, expected: "a PublicKeyCredential in JSON", received: whatJSON(raw)})
	}
	if raw == nil {
		misshapen("There is no credential in the file: no answer came, or it was not recorded.")
		return false
	}
	whole, err := objectOf(raw)
	if err != nil {
		misshapen("The credential is %s: %v.", whatJSON(raw), err)
		return false
	}
	e.answer = answer{whole: whole, bytes: map[string][]byte{}}
	e.skip(e.id.browser, "", "This happened in the browser: it answered with what is judged below.")
	e.checkHead(misshapen)
	response, ok := whole.object("response")
	if !ok {
		in, _ := whole.member("response")
		misshapen("response is %s, where the authenticator's answer should be an object.", whatJSON(in))
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
		if in, there := response.member(name); there && !isString(in) && !slices.Contains(need, name) {
			misshapen("response.%s is %s, not a string.", name, whatJSON(in))
		}
	}
	if in, there := response.member("transports"); e.c.kind == registration && there && json.Unmarshal(in, new([]string)) != nil {
		misshapen("response.transports is not a list of strings.")
	}
	e.pass(e.id.answer, "", strings.Join(memberNames(response), ", "), "")
	return true
}

// otherKind recognises an answer of create() that was sent to a sign-in, and one
// of get() that was sent to a registration.
func (e *examiner) otherKind(response object) bool {
	made, used := response.has("attestationObject"), response.has("signature")
	if e.c.kind == authentication && made && !used {
		e.fail(e.id.answer, finding{
			fault: "MALFORMED", cause: "This is the answer of a registration: it has an attestationObject and no signature, and a sign-in needs what navigator.credentials.get() returns.",
			fix: "Send what create() returned to registration/complete, and what get() returned to authentication/complete.", expected: "an assertion response", received: strings.Join(memberNames(response), ", "),
		})
		return true
	}
	if e.c.kind == registration && used && !made {
		e.fail(e.id.answer, finding{
			fault: "MALFORMED", cause: "This is the answer of a sign-in: it has a signature and no attestationObject, and a registration needs what navigator.credentials.create() returns.",
			fix: "Send what get() returned to authentication/complete, and what create() returned to registration/complete.", expected: "an attestation response", received: strings.Join(memberNames(response), ", "),
		})
		return true
	}
	return false
}

func memberNames(o object) (list []string) {
	for _, m := range o.members {
		list = append(list, short(m.name))
	}
	return list
}

// checkHead judges id, rawId and type.
func (e *examiner) checkHead(misshapen func(string, ...any)) {
	whole := e.answer.whole
	id, okID := whole.text("id")
	rawID, okRaw := whole.text("rawId")
	if !e.c.bare || whole.has("id") {
		e.checkText(whole, "", "id", misshapen)
		e.checkText(whole, "", "rawId", misshapen)
	}
	if a, b := strings.TrimRight(id, "="), strings.TrimRight(rawID, "="); okID && okRaw && a != b {
		x, _ := loose64(a)
		if y, _ := loose64(b); string(x) != string(y) || len(x) == 0 {
			misshapen("id is %s and rawId is %s: two different credentials.", short(id), short(rawID))
		}
	}
	in, _ := whole.member("type")
	if typ, ok := whole.text("type"); !ok {
		misshapen("type is %s, where it should be the string public-key.", whatJSON(in))
	} else if typ != "public-key" {
		misshapen("type is %q, where it should be public-key.", short(typ))
	}
	if in, there := whole.member("authenticatorAttachment"); there && !isString(in) {
		misshapen("authenticatorAttachment is %s, not a string.", whatJSON(in))
	}
}

func (e *examiner) checkText(o object, where, name string, misshapen func(string, ...any)) {
	in, _ := o.member(name)
	switch s, ok := o.text(name); {
	case !o.has(name):
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
		o     object
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
		e.answer.whole.quirk("the credential", credentialMembers...), e.answer.response.quirk("response", responseMembers...),
		deepQuirk("the credential", e.answer.whole.encode()),
	}
	if client, err := objectOf(trimBOM(e.answer.bytes["clientDataJSON"])); err == nil {
		quirks = append(quirks, client.quirk("the client data", clientMembers...), deepQuirk("the client data", client.encode()))
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

func (e *examiner) decodeField(o object, where, name string) {
	text, ok := o.text(name)
	if !ok || text == "" {
		return
	}
	b, err := decode64(text)
	if err != nil {
		e.fail("encoding", finding{
			cause:    fmt.Sprintf("%s%s is not base64url without padding: %v.", where, name, err),
			fix:      `Encode bytes as base64url without padding: the alphabet ends in "-" and "_", and no "=" stands at the end. credential.toJSON() does it.`,
			expected: "base64url without padding", received: short(text),
		})
		b, ok = loose64(text)
	}
	if ok {
		e.answer.bytes[name] = b
	}
}
