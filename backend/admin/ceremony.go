package admin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sting/backend/api"
	"sting/backend/child"
	"sting/backend/decode"
	"sting/backend/inspect"
	"sting/backend/passkey"
	"sting/backend/tape"
)

// Ceremony returns a record with its explanation; tape.ErrNotFound where the
// tape has none.
func (l *Lab) Ceremony(ctx context.Context, id string) (api.Ceremony, error) {
	r, err := l.Records.Record(ctx, id)
	if err != nil {
		return api.Ceremony{}, err
	}
	return l.Show(ctx, r)
}

// Show explains a record, which may be one of which something was withheld.
func (l *Lab) Show(ctx context.Context, r tape.Record) (api.Ceremony, error) {
	r = r.Shown()
	raw, err := json.Marshal(r)
	if err != nil {
		return api.Ceremony{}, err
	}
	out := api.Ceremony{
		CeremonySummary: l.summary(ctx, r), Origin: r.Origin, UserAgent: r.UserAgent, Address: r.Address,
		PasskeyID: r.CredentialID, SessionID: r.SessionID, Cause: r.Cause, Fix: r.Fix, Ignored: append([]string{}, r.Ignored...),
		Record: raw, Curl: l.curl(r), Differs: []string{}, Step: inspect.StepOf(r.Kind, r.Fault),
		Watched: l.Wire.Watched(r.Watched),
	}
	if len(r.Credential) == 0 {
		return out, nil
	}
	x, err := inspect.Explain(raw, l.explaining())
	if err != nil {
		return out, nil // the record is shown even where it can't be explained
	}
	out.Explanation, out.Differs = &x, differs(r, x)
	if s, ok := sameRefusal(r, x); ok {
		out.Cause, out.Fix, out.Step = s.Cause, s.Fix, s.ID // with the values
	}
	return out, nil
}

// sameRefusal returns the step at which the explainer finds what the server
// refused. Of several that fail it is the first with the server's own fault: the
// server need not take the steps in their order.
func sameRefusal(r tape.Record, x api.Explanation) (api.ExplainedStep, bool) {
	for _, s := range x.Steps {
		if s.Verdict == inspect.Failed && (s.Fault == r.Fault || r.Fault == passkey.ErrInBrowser.Code) {
			return s, true
		}
	}
	return api.ExplainedStep{}, false
}

// differs says where the explainer, which computes every step itself, and the
// verifier, which decided, don't agree.
func differs(r tape.Record, x api.Explanation) []string {
	out := []string{}
	if r.State != tape.Verified && r.State != tape.Rejected || r.Source != "" {
		return out // nobody decided; or the explainer did, and the record says what the app's server made of it
	}
	accepted := r.State == tape.Verified
	if _, same := sameRefusal(r, x); same && !accepted {
		return out
	}
	switch {
	case accepted && x.Verdict == inspect.Refused:
		out = append(out, fmt.Sprintf("The server accepted it; the explainer refuses it with %s.", x.Fault))
	case !accepted && x.Verdict == inspect.Accepted && !beyondTheBytes[r.Fault]:
		out = append(out, fmt.Sprintf("The server refused it with %s; the explainer finds nothing wrong in the bytes.", r.Fault))
	case !accepted && x.Verdict == inspect.Refused && x.Fault != r.Fault && !beyondTheBytes[r.Fault]:
		out = append(out, fmt.Sprintf("The server refused it with %s, the explainer with %s.", r.Fault, x.Fault))
	}
	return out
}

// beyondTheBytes are refusals that no look at the bytes can find: they follow
// from what the server knows.
var beyondTheBytes = map[string]bool{
	"EXPIRED_CHALLENGE": true, "REMOVED_CREDENTIAL": true, "UNKNOWN_CREDENTIAL": true, "CREDENTIAL_KNOWN": true,
	"INVALID_FIELD": true, "USER_HANDLE_MISMATCH": true, "REFUSED_IN_BROWSER": true, "STORE_UNAVAILABLE": true, "INTERNAL": true,
}

// curl writes the answer as a command: what a browser sent, for another server or
// another try.
func (l *Lab) curl(r tape.Record) string {
	if len(r.Credential) == 0 || r.Source != "" { // what another server reads isn't known
		return ""
	}
	body, err := json.Marshal(map[string]json.RawMessage{"credential": r.Credential})
	if err != nil {
		return ""
	}
	return fmt.Sprintf("curl -H 'Content-Type: application/json' %s/api/webauthn/%s/complete --data-raw %s",
		l.Host.Facts().Origin, r.Kind, child.Quote(string(body)))
}

// ceremoniesOfPasskey is how many records of a credential are named.
const ceremoniesOfPasskey = 20

// PasskeyDetails shows a credential down to its key.
func (l *Lab) PasskeyDetails(ctx context.Context, id string) (api.PasskeyDetails, error) {
	c, err := l.Credentials.Credential(ctx, id)
	if err != nil {
		return api.PasskeyDetails{}, err
	}
	b64 := base64.RawURLEncoding.EncodeToString
	out := api.PasskeyDetails{
		OwnedPasskey: l.owned(ctx, c), Discoverable: c.Discoverable, UserHandle: b64(c.UserHandle), COSE: b64(c.PublicKey),
		AttestationObject: b64(c.AttestationObject), JWK: json.RawMessage("null"), Uses: []api.PasskeyUse{},
		Warnings: l.warnings(c), Ceremonies: []string{},
	}
	if k, err := decode.DescribeKey(c.PublicKey); err == nil {
		out.PEM = k.PEM
		if raw, err := json.Marshal(k.JWK); err == nil {
			out.JWK = raw
		}
	}
	for _, u := range c.Counters {
		out.Uses = append(out.Uses, api.PasskeyUse{At: l.Wire.Time(u.At), SignCount: u.SignCount, BackupState: u.BackupState,
			UserVerified: u.UserVerified})
	}
	records, err := l.Records.Records(ctx, "", maxLimit)
	for _, r := range records {
		if r.CredentialID == c.ID && len(out.Ceremonies) < ceremoniesOfPasskey {
			out.Ceremonies = append(out.Ceremonies, r.ID)
		}
	}
	return out, err
}

// warnings says what is odd about a credential.
func (l *Lab) warnings(c passkey.Credential) []string {
	out := []string{}
	if parties := l.Host.Facts().Parties; !slices.Contains(parties.IDs(), c.RPID) {
		out = append(out, fmt.Sprintf("It belongs to the RP ID %q; this lab is %s now, so it can't be used here any more.", c.RPID,
			strings.Join(parties.IDs(), ", ")))
	}
	if !c.Active() {
		out = append(out, "It was removed here. The password manager may still offer it; delete it there.")
	}
	for i := 1; i < len(c.Counters); i++ {
		before, now := c.Counters[i-1], c.Counters[i]
		if now.SignCount <= before.SignCount && (now.SignCount != 0 || before.SignCount != 0) {
			out = append(out, fmt.Sprintf("Its counter went from %d to %d at %s: there may be a copy of it.", before.SignCount, now.SignCount,
				l.Wire.Time(now.At)))
		}
		if now.BackupState != before.BackupState {
			out = append(out, fmt.Sprintf("Its backup state changed to %v at %s.", now.BackupState, l.Wire.Time(now.At)))
		}
	}
	return out
}
