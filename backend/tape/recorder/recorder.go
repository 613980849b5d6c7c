// Package recorder turns what the ceremonies say into records of the tape: the two
// packages don't know each other, so that the explainer owes the verifier nothing.
//
// Its one invariant: a record says what was really wrong, whatever the page was told.
package recorder

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"sting/backend/passkey"
	"sting/backend/tape"
)

// Recorder writes to a tape.
type Recorder struct{ Tape *tape.Tape }

var _ passkey.Recorder = Recorder{}

// Record implements passkey.Recorder. Who abandoned a ceremony is known only from
// its beginning, so its end is added to that record, unless the page itself said
// so. Otherwise only housekeeping abandons, which may wait for the tape.
func (r Recorder) Record(e passkey.Entry) {
	rec := recordOf(e)
	if e.State == passkey.Abandoned && e.Credential == nil {
		if began, err := r.Tape.Record(context.Background(), rec.ID); err == nil {
			began.State, began.EndedAt = rec.State, rec.EndedAt
			rec = began
		}
	}
	r.Tape.Put(rec)
}

func recordOf(e passkey.Entry) tape.Record {
	c := e.Ceremony
	rec := tape.Record{
		ID: c.Record, Kind: string(c.Kind), RPID: c.RP.ID, Origins: c.RP.Origins, TopOrigins: []string{},
		Challenge: c.Challenge, UserVerification: c.RP.UserVerification, Options: c.Options,
		Credential: tape.Redact(e.Credential), Ignored: e.Ignored, State: tape.State(e.State), BeganAt: c.BeganAt, EndedAt: e.EndedAt,
		Origin: e.From.Origin, UserAgent: e.From.UserAgent, Address: e.From.Address,
		IdentityID: string(c.IdentityID), Email: e.Email, SessionID: e.SessionID,
		Stored: storedOf(e.Before), After: storedOf(e.After), Algorithms: algorithmsOf(c.Options), Browser: c.Browser,
	}
	if c.ID == "" { // no ceremony was found: whoever sent the answer may read what became of it
		rec.Browser = e.From.Browser
	}
	for _, cred := range []*passkey.Credential{e.Before, e.After} {
		if cred != nil {
			rec.CredentialID, rec.IdentityID = cred.ID, string(cred.IdentityID)
		}
	}
	if f := e.Fault; f != nil {
		rec.Fault, rec.Said, rec.Cause, rec.Fix = f.Code, f.Message, f.Message, f.Hint
		if f.Err != nil {
			rec.Cause = sentence(rec.Cause) + " " + sentence(f.Err.Error())
		}
	}
	if e.State == passkey.Abandoned && e.Credential != nil {
		rec.Cause = "The page was left, or took its offer back, before anybody answered."
		rec.Fix = "Nothing has to be done. If nobody left the page, look for a second call that ended this one."
	}
	return rec
}

// sentence begins with a capital letter and ends in a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func storedOf(c *passkey.Credential) *tape.Stored {
	if c == nil {
		return nil
	}
	return &tape.Stored{
		PublicKey: base64.RawURLEncoding.EncodeToString(c.PublicKey), SignCount: c.SignCount,
		BackupEligible: c.BackupEligible, BackupState: c.BackupState,
		UserHandle: base64.RawURLEncoding.EncodeToString(c.UserHandle),
	}
}

func algorithmsOf(options json.RawMessage) []int {
	var o struct {
		Params []struct {
			Alg int `json:"alg"`
		} `json:"pubKeyCredParams"`
	}
	if json.Unmarshal(options, &o) != nil {
		return nil
	}
	var out []int
	for _, p := range o.Params {
		out = append(out, p.Alg)
	}
	return out
}
