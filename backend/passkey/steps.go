package passkey

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"sting/backend/fault"
	"sting/backend/origin"
)

// What follows are the checks that answer with a code of their own, in the order
// of Web Authentication Level 3, sections 7.1 and 7.2. go-webauthn repeats them
// and stays the judge: it verifies signatures and attestations, and nothing is
// accepted that it refuses.

// checkClientData verifies what the browser says about the page: steps 7.1.5 to
// 7.1.11 and 7.2.8 to 7.2.14.
func checkClientData(raw []byte, kind Kind, challenge string, rp RelyingParty) error {
	if !utf8.Valid(raw) {
		return malformed("clientDataJSON", "it is not UTF-8")
	}
	raw = bytes.TrimPrefix(raw, byteOrderMark)
	m, err := object(raw, clientDataMembers)
	if err != nil {
		return malformed("clientDataJSON", "%v", err)
	}
	want := "webauthn.create"
	if kind == Authentication {
		want = "webauthn.get"
	}
	if got, ok := text(m["type"]); !ok || got != want {
		return ErrType.Hinting("The client data has the type %s, this ceremony needs %q.", shown(m["type"]), want)
	}
	if got, ok := text(m["challenge"]); !ok || subtle.ConstantTimeCompare([]byte(got), []byte(challenge)) != 1 {
		return ErrChallenge
	}
	if got, ok := text(m["origin"]); !ok || !slices.Contains(rp.Origins, got) {
		return wrongOrigin(m["origin"], rp)
	}
	return checkFrame(m)
}

func wrongOrigin(got json.RawMessage, rp RelyingParty) error {
	accepted, sent := strings.Join(rp.Origins, ", "), shown(got)
	if app, is, err := origin.ParseApp(sent); is && err == nil {
		return ErrOrigin.Saying("The answer comes from %s, %s; this site accepts %s.", app.Client, sent, accepted).
			Hinting("%s", origin.Whole(rp.OriginsLine, rp.Origins, sent))
	}
	pages := slices.DeleteFunc(slices.Clone(rp.Origins), origin.IsApp)
	refused := ErrOrigin.Saying("The page was at %s, this site accepts %s.", sent, accepted)
	open := fmt.Sprintf("Open %s/login", firstOr(pages, "the site"))
	if !origin.IsCanonical(sent) || origin.Suits(rp.ID, sent) != nil {
		return refused.Hinting("%s.", open) // it could not be added
	}
	return refused.Hinting("%s, or add the page's origin. %s", open, origin.Whole(rp.OriginsLine, rp.Origins, sent))
}

// checkFrame refuses ceremonies inside frames of other sites: a page that
// embeds this one could put its own words around the question.
func checkFrame(m map[string]json.RawMessage) error {
	var crossOrigin *bool
	if v, ok := m["crossOrigin"]; ok && json.Unmarshal(v, &crossOrigin) != nil {
		return malformed("clientDataJSON.crossOrigin", "it is neither true nor false")
	}
	if crossOrigin != nil && *crossOrigin { // step 7.1.10 and 7.2.13, before topOrigin is looked at
		return ErrCrossOrigin.Because(fmt.Errorf("crossOrigin is true, topOrigin is %s", shown(m["topOrigin"])))
	}
	if v, ok := m["topOrigin"]; ok && string(v) != "null" {
		return ErrTopOrigin.Hinting("The client data name an embedding page, %s, and no frame. Open the page in a window of its own.", shown(v))
	}
	if v, ok := m["tokenBinding"]; ok && string(v) != "null" {
		b, err := object(v, []string{"status", "id"})
		status, isText := text(b["status"])
		if err != nil || !isText || !slices.Contains([]string{"present", "supported", "not-supported"}, status) {
			return malformed("clientDataJSON.tokenBinding", "it is not a token binding")
		}
	}
	return nil
}

// shown returns a JSON value as a person may read it.
func shown(raw json.RawMessage) string {
	if s, ok := text(raw); ok && s != "" {
		if len(s) > 200 {
			s = s[:200]
		}
		return strings.ToValidUTF8(s, "?")
	}
	return "no text"
}

func firstOr(list []string, other string) string {
	if len(list) > 0 {
		return list[0]
	}
	return other
}

// appID returns the AppID whose hash a sign-in has to have in place of the RP
// ID's, or "": one that the options asked for and the browser says it used. Web
// Authentication Level 3, section 10.1.1. An output that nobody asked for means
// nothing.
func appID(session webauthn.SessionData, parsed *protocol.ParsedCredentialAssertionData) string {
	if used := parsed.ClientExtensionResults.AppID; used == nil || !*used {
		return ""
	}
	return session.Extensions.AppID
}

// checkAuthenticatorData verifies the RP ID, or the AppID in its place, and the
// flags: steps 7.1.14 to 7.1.17 and 7.2.15 to 7.2.18.
func checkAuthenticatorData(d protocol.AuthenticatorData, id string, uv protocol.UserVerificationRequirement) error {
	if want := sha256.Sum256([]byte(id)); subtle.ConstantTimeCompare(d.RPIDHash, want[:]) != 1 {
		return ErrRPID.Hinting("The authenticator signed for another RP ID than %q; check webauthn.config.rp.id.", id)
	}
	if !d.Flags.HasUserPresent() {
		return ErrUserPresence
	}
	if uv == protocol.VerificationRequired && !d.Flags.HasUserVerified() {
		return ErrUserVerification
	}
	if d.Flags.HasBackupState() && !d.Flags.HasBackupEligible() {
		return ErrBackupState
	}
	return nil
}

// checkCounter compares the counter with the stored one: step 7.2.22. A synced
// passkey (BE=1) lives on several devices whose counters need not agree, so
// there it is a warning in the record and no refusal.
func checkCounter(c Credential, got uint32) error {
	if (got == 0 && c.SignCount == 0) || got > c.SignCount {
		return nil
	}
	if c.BackupEligible {
		return nil
	}
	return ErrCounter.Hinting("The counter is %d and was %d. If you restored or cloned the authenticator, remove this passkey and register "+
		"a new one.", got, c.SignCount)
}

// fromAssertion turns a refusal of go-webauthn, which comes after all checks of
// ours passed, into a fault.
func fromAssertion(err error) error {
	f := ErrMalformed.In("credential")
	if p, ok := errors.AsType[*protocol.Error](err); ok && p.Type == protocol.ErrAssertionSignature.Type {
		f = ErrSignature
	}
	return f.Because(said(err))
}

// fromAttestation does the same at a registration, where what is left for the
// library to refuse is the attestation. It has one kind of error for a bad
// signature and a bad statement: only its words tell them apart.
func fromAttestation(err error, o protocol.AttestationObject) error {
	cause := said(err)
	words := strings.ToLower(cause.Message)
	bad := func(phrase string) bool { return strings.Contains(words, phrase) }
	if signed(o) && (bad("signature validation error") || bad("verifying the signature") || bad("unable to verify signature")) {
		return ErrSignature.Saying("The attestation's signature is not right.").Because(cause)
	}
	return ErrAttestation.Because(cause)
}

// said returns all that go-webauthn says of an error, for the record.
func said(err error) *fault.Error {
	words := err.Error()
	if p, ok := errors.AsType[*protocol.Error](err); ok {
		words = strings.Join(slices.DeleteFunc([]string{p.Details, p.DevInfo}, func(s string) bool { return s == "" }), ": ")
	}
	return &fault.Error{Code: "GO_WEBAUTHN", Message: words, Err: err}
}

// signed reports whether an attestation statement carries a signature at all.
// Without one it is the statement that is wrong, not the signature.
func signed(o protocol.AttestationObject) bool {
	signature, _ := o.AttStatement["sig"].([]byte)
	return len(signature) > 0
}
