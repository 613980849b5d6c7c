package admin

import (
	"encoding/base64"
	"errors"

	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/passkey"
)

// Fault is how an error looks from outside: CONTRACT section 8. Nothing else
// writes one as JSON; who answers a request adds its id.
func Fault(err error) api.Error {
	f := fault.From(err)
	out := api.Error{
		Error: f.Message, ErrorCode: f.Code, Hint: f.Hint, Field: f.Field,
		CeremonyID: f.CeremonyID, Withheld: f.Withheld, Help: "/help/" + f.Code,
	}
	if stray, found := errors.AsType[*passkey.Unknown](f.Err); found && !f.Withheld {
		out.Signal = Signal(stray)
	}
	return out
}

// Signal is what a page may tell the password manager.
func Signal(s *passkey.Unknown) *api.Signal {
	return &api.Signal{
		Advice: string(s.Advice), RPID: s.RPID, CredentialID: base64.RawURLEncoding.EncodeToString(s.CredentialID),
		Reason: s.Reason, Next: s.Next,
	}
}
