package passkey

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/identity"
)

// Ceremonies runs both halves of both ceremonies.
type Ceremonies struct {
	Credentials Credentials
	Challenges  Challenges
	People      People
	Recorder    Recorder
	Now         func() time.Time
	Bus         *events.Bus
	Log         *slog.Logger
	DecoySecret []byte // 32 bytes; makes the made-up credential IDs of unknown people
	Copies      Copies // of the data that can be put back; nil: there are none

	spent spent
}

// From says where a request came from, for the record.
type From struct {
	Origin    string // of the page
	UserAgent string
	Address   string
	Browser   []byte // SHA-256 of the browser's cookie
	Guest     bool   // the cookie is new: the browser showed none
}

// Answer is what came back from a browser.
type Answer struct {
	ChallengeID string          // may be "" at a sign-in: the client data's challenge counts
	Credential  json.RawMessage // PublicKeyCredential.toJSON(), whole
	Name        string          // of the passkey to be; may be ""
	IdentityID  identity.ID     // who is signed in; a registration needs it
	From        From
	Ignored     []string // members of the request that nobody reads
}

// Begun is what the browser gets.
type Begun struct {
	PublicKey   json.RawMessage // PublicKeyCredentialCreationOptionsJSON or ...RequestOptionsJSON
	ChallengeID string
	Name        string // of the passkey to be
}

func living(list []Credential) []Credential {
	return slices.DeleteFunc(append([]Credential{}, list...), func(c Credential) bool { return !c.Active() })
}

// usableAt returns the active credentials that authenticators can use at rp:
// those that stay behind when the RP ID changes are none of its business.
func usableAt(rp RelyingParty, list []Credential) []Credential {
	return slices.DeleteFunc(living(list), func(c Credential) bool { return c.RPID != rp.ID })
}

func presentable(a Answer) error {
	if len(a.Credential) == 0 || string(a.Credential) == "null" {
		return ErrNoCredential
	}
	return nil
}

// prove remembers that a ceremony's browser finished one. Where that can't be
// written, its next ceremony has a stranger's room: no reason to refuse this one.
func (s *Ceremonies) prove(ctx context.Context, c Ceremony, tokens ...string) error {
	if len(c.Browser) == 0 {
		return nil
	}
	err := s.Challenges.ProveBrowser(ctx, c.Browser, s.Now(), tokens...)
	if err != nil {
		s.Log.Warn("a browser that finished a ceremony is not remembered", "err", err)
	}
	return err
}

// reject records a failed answer and returns the fault with the record's id.
func (s *Ceremonies) reject(rp RelyingParty, e Entry, err error) error {
	f := fault.From(err)
	if e.Ceremony.Record == "" {
		e.Ceremony.Record, e.Ceremony.RP, e.Ceremony.BeganAt = newRecordID(), rp, s.Now()
	}
	e.State, e.EndedAt, e.Fault = Rejected, s.Now(), f
	s.Recorder.Record(e)
	return s.outside(rp, e.Ceremony, f).Of(e.Ceremony.Record)
}

func (s *Ceremonies) conclude(e Entry) {
	e.State, e.EndedAt = Accepted, s.Now()
	s.Recorder.Record(e)
}
