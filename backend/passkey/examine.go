package passkey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/webauthn"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/origin"
)

// Bounds of a credential record.
const (
	maxCredentialID = 1023 // bytes: Web Authentication Level 3, section 7.1 step 25
	maxTransports   = 16
	maxEvidence     = 64 << 10 // bytes of the attestation object or the client data
)

// Examine reports everything about c that no registration would store. Whoever
// takes a credential from outside asks it; whether it belongs to whom it names is
// for the store to say.
func (c Credential) Examine() fault.Problems {
	var ps fault.Problems
	if !identity.ValidID(c.ID) {
		ps.Add("id", "Use the id that the lab gave.", "%s is no UUID in lower case.", identity.Quoted(c.ID))
	}
	if !identity.ValidID(string(c.IdentityID)) {
		ps.Add("identity_id", "Write the id of the person.", "%s is no UUID in lower case.", identity.Quoted(string(c.IdentityID)))
	}
	if n := len(c.CredentialID); n < 1 || n > maxCredentialID {
		ps.Add("credential_id", "Use the authenticator's own.", "It has %d bytes, 1 to %d are allowed.", n, maxCredentialID)
	}
	if n := len(c.UserHandle); n < 1 || n > 64 {
		ps.Add("user_handle", "Use the person's.", "It has %d bytes, 1 to 64 are allowed.", n)
	}
	if err := origin.ValidRPID(c.RPID); err != nil {
		if wrong, ok := errors.AsType[*origin.Error](err); ok {
			ps.Add("rp_id", wrong.Fix, "%s", wrong.Meaning)
		} else {
			ps.Add("rp_id", "", "%v", err)
		}
	}
	if name, err := CleanName(c.Name, false); err != nil || name != c.Name {
		ps.Add("name", fmt.Sprintf("Write 1 to %d characters that can be seen.", MaxNameLength), "%s is no name of a passkey.",
			identity.Quoted(c.Name))
	}
	ps.Under("", c.examineKey())
	ps.Under("", c.examineDevice())
	ps.Under("", c.examineUses())
	for _, t := range []fault.Problems{
		identity.ExamineTime("created_at", c.CreatedAt, true), identity.ExamineTime("updated_at", c.UpdatedAt, true),
		identity.ExamineTime("last_used_at", c.LastUsedAt, false), identity.ExamineTime("revoked_at", c.RevokedAt, false),
	} {
		ps.Under("", t)
	}
	return ps
}

// examineKey judges the key as a registration does, and compares it with what the
// authenticator attested.
func (c Credential) examineKey() fault.Problems {
	var ps fault.Problems
	const register = "Leave the passkey out and register it anew."
	alg, err := checkKey(c.PublicKey)
	if err == nil {
		err = checkOffered(c.PublicKey, webauthn.CredentialParametersDefault())
	}
	switch {
	case err != nil:
		why := fault.From(err)
		ps.Add("public_key", register, "No registration takes this key: %v.", errors.Join(why.Err, nil))
	case alg != c.Algorithm:
		ps.Add("algorithm", fmt.Sprintf("Write %d.", alg), "It says %d, and the key says %d.", c.Algorithm, alg)
	}
	if len(c.AttestationObject) > maxEvidence || len(c.ClientDataJSON) > maxEvidence {
		ps.Add("attestation_object", register, "It or the client data has more than %d bytes.", maxEvidence)
		return ps
	}
	if len(c.AttestationObject) > 0 {
		if why := c.unlikeAttested(); why != "" {
			ps.Add("attestation_object", register, "%s", why)
		}
	}
	if len(c.ClientDataJSON) > 0 && !json.Valid(c.ClientDataJSON) {
		ps.Add("client_data_json", register, "It is no JSON.")
	}
	return ps
}

// unlikeAttested says how the record differs from its own attestation object.
func (c Credential) unlikeAttested() string {
	var object protocol.AttestationObject
	if err := webauthncbor.Unmarshal(c.AttestationObject, &object); err != nil {
		return "It can't be read as CBOR."
	}
	if err := object.AuthData.Unmarshal(object.RawAuthData); err != nil {
		return "Its authenticator data can't be read."
	}
	attested := object.AuthData.AttData
	switch {
	case !bytes.Equal(attested.CredentialID, c.CredentialID):
		return "It is about another credential."
	case !bytes.Equal(attested.CredentialPublicKey, c.PublicKey):
		return "It is about another key."
	}
	return ""
}

func (c Credential) examineDevice() fault.Problems {
	var ps fault.Problems
	if len(c.AAGUID) != 16 {
		ps.Add("aaguid", "Use 16 bytes in base64; sixteen zeros say nothing.", "It has %d bytes.", len(c.AAGUID))
	}
	if !slices.Contains([]string{"", "platform", "cross-platform"}, c.Attachment) {
		ps.Add("attachment", `Write "platform", "cross-platform" or "".`, "There is no attachment %s.", identity.Quoted(c.Attachment))
	}
	if len(c.Transports) > maxTransports {
		ps.Add("transports", "Leave those that the authenticator has.", "There are %d, at most %d are kept.", len(c.Transports), maxTransports)
	}
	for n, t := range c.Transports {
		if !word(t) {
			ps.Add(fmt.Sprintf("transports[%d]", n), `Write a transport such as "internal", "hybrid" or "usb".`, "%s is none.", identity.Quoted(t))
		}
	}
	if c.AttestationFormat != "" && !word(c.AttestationFormat) {
		ps.Add("attestation_format", `Write a format such as "none".`, "%s is none.", identity.Quoted(c.AttestationFormat))
	}
	if c.BackupState && !c.BackupEligible {
		ps.Add("backup_state", "Set both flags, or neither.", "It is backed up and can't be: BS without BE.")
	}
	return ps
}

func (c Credential) examineUses() fault.Problems {
	var ps fault.Problems
	if c.UsageCount < 0 {
		ps.Add("usage_count", "Write 0 or more.", "It is %d.", c.UsageCount)
	}
	if len(c.Counters) > maxUses {
		ps.Add("counters", "Leave the newest.", "There are %d uses, at most %d are kept.", len(c.Counters), maxUses)
	}
	for n, u := range c.Counters {
		at := fmt.Sprintf("counters[%d]", n)
		ps.Under(at, identity.ExamineTime("at", u.At, true))
		if u.SignCount > c.SignCount {
			ps.Add(at+".sign_count", "The counter of the passkey is the highest that ever came.", "It is %d, and the passkey's is %d.", u.SignCount,
				c.SignCount)
		}
		if u.BackupState && !c.BackupEligible {
			ps.Add(at+".backup_state", "Leave the use out.", "It is backed up and can't be: BS without BE.")
		}
	}
	return ps
}

// word reports whether s is a name as the registries of WebAuthn have them.
func word(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
