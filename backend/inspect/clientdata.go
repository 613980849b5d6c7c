package inspect

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"sting/backend/decode"
)

// clientData is decoded client data: Web Authentication Level 3, section 5.8.1.
type clientData struct {
	object decode.Object
	hash   []byte // SHA-256 of the bytes as they came
}

func (e *examiner) examineClientData() {
	raw := e.answer.bytes["clientDataJSON"]
	if raw == nil {
		return
	}
	e.place("clientDataJSON", "clientData", 0, decode.ClientDataSpans(raw))
	sum := sha256.Sum256(raw)
	e.client.hash = sum[:]
	e.pass(e.id.hash, "", decode.HexOf(sum[:]), "SHA-256 of the client data, byte for byte as they came.")
	switch {
	case !utf8.Valid(raw):
		e.fail(e.id.utf8, finding{fault: "MALFORMED", cause: "The client data are not UTF-8.", fix: fixShape, expected: "UTF-8",
			received: decode.Short(string(bytes.ToValidUTF8(raw, []byte("\uFFFD"))))})
	case bytes.HasPrefix(raw, decode.BOM):
		e.warn(e.id.utf8, "UTF-8", "UTF-8 behind a byte order mark", "No browser writes a byte order mark; the specification skips it.")
	default:
		e.pass(e.id.utf8, "UTF-8", fmt.Sprintf("UTF-8, %s", decode.ByteCount(len(raw))), "")
	}
	o, err := decode.ParseObject(decode.TrimBOM(raw))
	if err != nil {
		e.fail(e.id.parses, finding{
			fault: "MALFORMED", cause: "The client data can't be read: " + err.Error() + ".",
			fix: fixShape, expected: "one JSON object", received: decode.Short(string(bytes.ToValidUTF8(raw, []byte("\uFFFD")))),
		})
		return
	}
	e.client.object = o
	e.decoded.ClientData = decode.ClientDataValues(o)
	e.examineTokenBinding()
	e.pass(e.id.parses, "a JSON object", strings.Join(memberNames(o), ", "), "")
	e.examineType()
	e.examineChallenge()
	e.examineOrigin()
	e.examineFrames()
}

// text returns a member of the client data for a step that needs a string.
func (e *examiner) clientText(id, name, expected string) (string, bool) {
	raw, _ := e.client.object.Member(name)
	if s, ok := e.client.object.Text(name); ok {
		return s, true
	}
	what := "is " + decode.JSONKind(raw) + ", where it should be a string"
	if !e.client.object.Has(name) {
		what = "is missing"
	}
	e.fail(id, finding{cause: fmt.Sprintf("%s of the client data %s.", name, what), fix: fixShape, expected: expected,
		received: decode.Short(string(raw))})
	return "", false
}

// examineTokenBinding judges a member that browsers no longer write and that
// nobody uses; what it can be stands in Level 2.
func (e *examiner) examineTokenBinding() {
	raw, there := e.client.object.Member("tokenBinding")
	if !there { // null is as good as absent: nothing was bound
		return
	}
	wrong := func(what string) {
		e.fail(e.id.parses, finding{fault: "MALFORMED", cause: "tokenBinding of the client data " + what + ".", fix: fixShape,
			expected: `an object with a status of "present", "supported" or "not-supported"`, received: decode.Short(string(raw))})
	}
	in, ok := e.client.object.Object("tokenBinding")
	if !ok {
		wrong("is " + decode.JSONKind(raw) + ", not an object")
		return
	}
	status, _ := in.Text("status")
	if !slices.Contains([]string{"present", "supported", "not-supported"}, status) {
		wrong(fmt.Sprintf("has the status %q, which there is not", decode.Short(status)))
		return
	}
	id, isText := in.Text("id")
	if raw, there := in.Member("id"); there && !isText {
		wrong("has the id " + decode.Short(string(raw)) + ", which is no text")
		return
	}
	if status == "present" && id == "" {
		e.warn(e.id.parses, "", status, "tokenBinding says that there is a binding, and gives no id of it.")
	}
	e.warn(e.id.parses, "", status, "tokenBinding was taken out of the specification; nobody checks it.")
}

func (e *examiner) examineType() {
	want, other := "webauthn.create", "webauthn.get"
	if e.c.kind == authentication {
		want, other = other, want
	}
	got, ok := e.clientText(e.id.typ, "type", want)
	switch {
	case !ok:
	case got == want:
		e.pass(e.id.typ, want, got, "")
	case got == other:
		e.fail(e.id.typ, finding{
			cause: fmt.Sprintf("The answer belongs to the other kind of ceremony: the client data say %s, this %s needs %s.", got, e.c.kind,
				want),
			fix:      "Send the answer of navigator.credentials.create() to the registration's end and that of get() to the sign-in's.",
			expected: want, received: got,
		})
	default:
		e.fail(e.id.typ, finding{cause: fmt.Sprintf("type of the client data is %q, this %s needs %s.", decode.Short(got), e.c.kind, want),
			fix: fixShape, expected: want, received: decode.Short(got)})
	}
}

// leastChallenge is how many bytes make guessing hopeless: section 13.4.3.
const leastChallenge = 16

func (e *examiner) examineChallenge() {
	want := ""
	if e.c.challenge != nil {
		want = *e.c.challenge
	}
	if e.challengeAsBytes(want) {
		return
	}
	got, ok := e.clientText(e.id.challenge, "challenge", want)
	if !ok {
		return
	}
	if e.c.challenge == nil {
		e.skip(e.id.challenge, decode.Short(got), "The file does not say which challenge was issued.")
		return
	}
	b, decodes := decode.LooseBase64(want)
	if got != want && (!decodes || got != decode.Base64URL(b)) {
		e.fail(e.id.challenge, e.otherChallenge(want, got))
		return
	}
	if !decodes || len(b) >= leastChallenge {
		e.pass(e.id.challenge, want, got, "")
		return
	}
	e.warn(e.id.challenge, want, got, fmt.Sprintf("The challenge is the right one, and has %s only; %d random ones are the least that can't "+
		"be guessed (section 13.4.3). "+
		"This step compares, so that refuses nothing: draw 32 random bytes for every challenge.", decode.ByteCount(len(b)), leastChallenge))
}

// challengeAsBytes names a challenge that stands in the client data as a list of
// its bytes: a browser writes a text, so a page wrote this.
func (e *examiner) challengeAsBytes(want string) bool {
	raw, _ := e.client.object.Member("challenge")
	text, ok := foreignBytes(raw)
	if decode.IsString(raw) || !ok {
		return false
	}
	var inner string
	issued, known := decode.LooseBase64(want)
	if got, _ := decode.LooseBase64(strings.Trim(string(text), `"`)); json.Unmarshal(text, &inner) != nil || known &&
		string(got) != string(issued) {
		return false
	}
	e.fail(e.id.challenge, finding{
		cause:    "The client data were rewritten: browsers write the challenge in base64url, here it stands as a list of numbers.",
		fix:      fixRaw,
		expected: want, received: decode.Short(string(raw)),
	})
	return true
}

func (e *examiner) otherChallenge(want, got string) finding {
	f := finding{
		cause: fmt.Sprintf("The answer is to the challenge %s, the relying party issued %s.", decode.Short(got), decode.Short(want)),
		fix: "Begin a new ceremony and send the answer to that very one: an answer of an earlier attempt, of another tab or of a " +
			"recording is never accepted.",
		expected: want, received: decode.Short(got),
	}
	a, okA := decode.LooseBase64(got)
	b, okB := decode.LooseBase64(want)
	cause, fix, known := challengeAs(got, want, b)
	switch {
	case okA && okB && string(a) == string(b):
		f.cause = fmt.Sprintf("The challenge is the right one in another spelling: %s, where browsers write base64url without padding, %s.",
			decode.Short(got), decode.Base64URL(b))
		f.fix = fixRaw
	case okB && known:
		f.cause, f.fix = cause, fix
	case got == "":
		f.cause = "challenge of the client data is empty."
	}
	return f
}
