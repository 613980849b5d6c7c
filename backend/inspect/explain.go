// Package inspect explains ceremonies: it decodes what was sent and computes
// every step of the specification itself.
//
// Its one invariant: it judges the bytes alone, and never asks the verifier.
package inspect

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"sting/backend/api"
	"sting/backend/decode"
)

// Options are what an explanation needs beside the file.
type Options struct {
	// Now judges the validity of certificates; zero leaves it unjudged.
	Now time.Time
	// Roots are the trust anchors of attestations. A chain that ends in none of
	// them is a warning, never a refusal.
	Roots []*x509.Certificate
}

// Explain takes a ceremony apart: the file of CONTRACT section 11, a record of the tape, or
// the bare answer of a browser. It computes every step of Web Authentication
// Level 3, section 7.1 or 7.2, on the bytes themselves, in the order of the
// specification; after the first failure the others still run.
//
// The error is ErrNotACeremony where raw is no object with a kind and no answer
// that can be recognised. Whatever is wrong inside the credential is a verdict,
// not an error.
func Explain(raw []byte, o Options) (api.Explanation, error) {
	c, err := ceremonyOf(raw)
	if err != nil {
		return api.Explanation{}, err
	}
	e := &examiner{c: c, o: o, board: newBoard(c.kind), id: idsOf(c.kind)}
	e.examine()
	return e.explanation(), nil
}

// ids are the numbers of the steps that both kinds of ceremony have.
type ids struct {
	options, browser, answer, results, utf8, parses, typ, challenge, origin, cross, top string
	hash, rpID, up, uv, bs, outputs, record, result                                     string
}

func idsOf(kind string) ids {
	if kind == registration {
		return ids{
			options: "7.1.1", browser: "7.1.2", answer: "7.1.3", results: "7.1.4", utf8: "7.1.5", parses: "7.1.6", typ: "7.1.7",
			challenge: "7.1.8", origin: "7.1.9", cross: "7.1.10", top: "7.1.11", hash: "7.1.12", rpID: "7.1.14", up: "7.1.15",
			uv: "7.1.16", bs: "7.1.17", outputs: "7.1.28", record: "7.1.27", result: "7.1.29",
		}
	}
	return ids{
		options: "7.2.1", browser: "7.2.2", answer: "7.2.3", results: "7.2.4", utf8: "7.2.8", parses: "7.2.9", typ: "7.2.10",
		challenge: "7.2.11", origin: "7.2.12", cross: "7.2.13", top: "7.2.14", hash: "7.2.20", rpID: "7.2.15", up: "7.2.16",
		uv: "7.2.17", bs: "7.2.18", outputs: "7.2.23", record: "7.2.24", result: "7.2.25",
	}
}

// examiner is one explanation in the making.
type examiner struct {
	*board
	c  ceremony
	o  Options
	id ids

	answer  answer
	client  clientData
	auth    decode.AuthenticatorData
	hasAuth bool             // auth was decoded to its end
	key     decode.PublicKey // of the credential
	keyErr  error

	decoded api.ExplainedParts
	ranges  []api.ExplainedSpan
}

// examine takes the steps. What an earlier one could not decode, later ones
// leave skipped.
func (e *examiner) examine() {
	e.examineOptions()
	if !e.readAnswer() {
		return
	}
	e.examineFieldsAsText()
	e.examineEncoding()
	e.examineResults()
	e.examineClientData()
	if e.c.kind == registration {
		e.examineRegistration()
		return
	}
	e.examineAuthentication()
}

// examineOptions compares the options as sent with what the file says was
// asked for.
func (e *examiner) examineOptions() {
	o := e.c.options
	if !o.known {
		return
	}
	switch {
	case o.challenge != nil && e.c.challenge != nil && *o.challenge != *e.c.challenge:
		e.warn(e.id.options, *e.c.challenge, decode.Short(*o.challenge),
			"The options carry another challenge than the file says was issued; the file's is used.")
	case o.rpID != nil && e.c.rpID != nil && *o.rpID != *e.c.rpID:
		e.warn(e.id.options, *e.c.rpID, decode.Short(*o.rpID), "The options name another RP ID than the file; the file's is used.")
	default:
		e.pass(e.id.options, "", "", "The options as sent agree with what the file says was asked for.")
	}
}

// explanation draws the conclusion.
func (e *examiner) explanation() api.Explanation {
	x := api.Explanation{Kind: e.c.kind, Decoded: e.decoded, Ranges: e.ranges, Notes: e.c.notes}
	fillParts(&x.Decoded)
	if x.Ranges == nil {
		x.Ranges = []api.ExplainedSpan{}
	}
	if !e.failed() {
		e.doubtWhatIsUnknown()
	}
	e.conclude()
	x.Steps = slices.Clone(e.steps)
	first, failed := x.FirstFailed()
	switch {
	case failed:
		x.Verdict, x.Fault, x.Cause, x.Fix = Refused, first.Fault, first.Cause, first.Fix
	case e.open != nil:
		x.Verdict, x.Fault, x.Cause, x.Fix = Unverified, ErrNotVerifiable.Code, e.open.cause, e.open.fix
	default:
		x.Verdict = Accepted
	}
	return x
}

// doubtWhatIsUnknown keeps an answer from being called good where nobody said
// what it has to answer.
func (e *examiner) doubtWhatIsUnknown() {
	var unknown []string
	for _, m := range []struct {
		missing bool
		name    string
	}{{e.c.rpID == nil, "rp_id"}, {e.c.origins == nil, "origins"}, {e.c.challenge == nil, "challenge"}} {
		if m.missing {
			unknown = append(unknown, m.name)
		}
	}
	if len(unknown) == 0 {
		return
	}
	is, members := " is", "member"
	if len(unknown) > 1 {
		is, members = " are", "members"
	}
	cause := "The file does not say what the relying party asked for: " + enumerate(unknown, "") + is +
		" missing, so the answer could not be held against it."
	fix := fmt.Sprintf("Add the missing %s %s, as the relying party had it: %s.", members, enumerate(unknown, `"`), missingShape(unknown))
	if e.open == nil {
		e.doubt(cause, fix)
		return
	}
	e.open.cause, e.open.fix = joinNotes(e.open.cause, cause), joinNotes(e.open.fix, fix)
}

// missingShape shows how the missing members are written. The origin and the
// challenge are not taken from the answer: it would be held against itself.
func missingShape(unknown []string) string {
	shapes := map[string]string{"rp_id": `"rp_id": "example.org"`, "origins": `"origins": ["https://example.org"]`,
		"challenge": `"challenge": "..." in base64url`}
	var list []string
	for _, name := range unknown {
		list = append(list, shapes[name])
	}
	return strings.Join(list, ", ")
}

// enumerate writes "a, b and c".
func enumerate(list []string, quote string) string {
	var b strings.Builder
	for i, el := range list {
		switch {
		case i > 0 && i == len(list)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(quote + el + quote)
	}
	return b.String()
}

// conclude judges the last steps, which only sum up.
func (e *examiner) conclude() {
	switch {
	case e.failed():
		stop := ""
		for _, s := range e.steps {
			if s.Verdict == Failed {
				stop = s.ID
				break
			}
		}
		e.skip(e.id.record, "", "Nothing is stored: the ceremony ends at step "+stop+".")
		e.skip(e.id.result, "rejected", "The ceremony ends at step "+stop+".")
	case e.open != nil:
		e.skip(e.id.record, "", "Nothing should be stored before everything could be checked.")
		e.skip(e.id.result, "unverified", e.open.cause)
	default:
		e.pass(e.id.record, "", e.recordToBe(), "This is what the relying party stores.")
		e.pass(e.id.result, "", "accepted", "")
	}
}
