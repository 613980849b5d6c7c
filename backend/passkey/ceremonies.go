package passkey

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"sting/backend/display"
	"sting/backend/events"
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

// Begun is what the browser gets.
type Begun struct {
	PublicKey   json.RawMessage // PublicKeyCredentialCreationOptionsJSON or ...RequestOptionsJSON
	ChallengeID string
	Name        string // of the passkey to be
}

// BeginRegistration issues a challenge for a new passkey of a person. name may
// be "": the passkey is then named after the authenticator's kind.
func (s *Ceremonies) BeginRegistration(ctx context.Context, rp RelyingParty, id identity.ID, name string, from From) (Begun, error) {
	name, err := CleanName(name, true)
	if err != nil {
		return Begun{}, err
	}
	if rp.Problem != "" {
		return Begun{}, ErrOptions.Hinting("%s %s", rp.Problem, rp.ProblemFix)
	}
	person, err := s.People.Identity(ctx, id)
	if err != nil {
		return Begun{}, ErrOptions.Because(err)
	}
	have, err := s.Credentials.CredentialsOf(ctx, id)
	if err != nil {
		return Begun{}, ErrOptions.Because(err)
	}
	have = living(have)
	if len(have) >= MaxPasskeys {
		return Begun{}, ErrTooMany
	}
	options, session, challenge, err := creationOptions(rp, person, usableAt(rp, have))
	if err != nil {
		return Begun{}, ErrOptions.Because(err)
	}
	c := s.ceremony(Registration, rp, from, RegistrationLifetime)
	c.IdentityID, c.Name, c.Options, c.Session, c.Challenge = id, name, options, session, challenge
	if err := s.Challenges.PutCeremony(ctx, c); err != nil {
		return Begun{}, ErrOptions.Because(err)
	}
	s.Recorder.Record(Entry{Ceremony: c, State: Running, From: from, Email: person.Email()})
	return Begun{PublicKey: options, ChallengeID: c.ID, Name: name}, nil
}

// BeginAuthentication issues a challenge for a sign-in. An empty username makes
// it discoverable: the authenticator says who it is.
func (s *Ceremonies) BeginAuthentication(ctx context.Context, rp RelyingParty, username string, from From) (Begun, error) {
	if rp.Problem != "" {
		return Begun{}, ErrOptions.Saying("Failed to generate authentication options").Hinting("%s %s", rp.Problem, rp.ProblemFix)
	}
	c := s.ceremony(Authentication, rp, from, SignInLifetime)
	person, allowed, err := s.allowed(ctx, rp, username)
	if err != nil {
		return Begun{}, err
	}
	c.IdentityID, c.Decoy = person.ID, username != "" && person.ID == ""
	c.Options, c.Session, c.Challenge, err = requestOptions(rp, person, allowed)
	if err != nil {
		return Begun{}, ErrOptions.Saying("Failed to generate authentication options").Because(err)
	}
	if err := s.Challenges.PutCeremony(ctx, c); err != nil {
		return Begun{}, err
	}
	s.Recorder.Record(Entry{Ceremony: c, State: Running, From: from, Email: username})
	return Begun{PublicKey: c.Options, ChallengeID: c.ID}, nil
}

// allowed returns whose sign-in it is and with which credentials. With
// enumeration mitigated, an unknown address gets made-up credentials and no
// person: the answers can't be told apart, and no such sign-in can succeed.
func (s *Ceremonies) allowed(ctx context.Context, rp RelyingParty, username string) (identity.Identity, []Descriptor, error) {
	username = identity.Fold(username)
	if username == "" {
		return identity.Identity{}, nil, nil
	}
	person, err := s.People.IdentityByIdentifier(ctx, username)
	if err != nil && !errors.Is(err, identity.ErrNotFound) {
		return identity.Identity{}, nil, err
	}
	var have []Credential
	if err == nil {
		if have, err = s.Credentials.CredentialsOf(ctx, person.ID); err != nil {
			return identity.Identity{}, nil, err
		}
		have = usableAt(rp, have)
	}
	if err == nil && len(have) == 0 && !rp.MitigateEnum {
		if n, err := s.Credentials.DamagedOf(ctx, person.ID); err != nil || n > 0 {
			return identity.Identity{}, nil, errors.Join(err, ErrDamaged)
		}
	}
	switch {
	case len(have) > 0:
		return person, describe(have), nil
	case rp.MitigateEnum:
		return identity.Identity{}, decoys(s.DecoySecret, rp.ID, username), nil
	case person.ID == "":
		return identity.Identity{}, nil, ErrNoAccount
	}
	return identity.Identity{}, nil, ErrNoPasskeys
}

// ceremony returns an open ceremony that begins now.
func (s *Ceremonies) ceremony(k Kind, rp RelyingParty, from From, lifetime time.Duration) Ceremony {
	id := make([]byte, 16)
	rand.Read(id)
	now := s.Now()
	c := Ceremony{
		ID: base64.RawURLEncoding.EncodeToString(id), Record: newRecordID(), Kind: k,
		Browser: from.Browser, RP: rp, BeganAt: now, ExpiresAt: now.Add(lifetime),
	}
	if from.Guest {
		c.Guest = from.client()
	}
	return c
}

// client is what tells clients without a cookie apart: the address of the
// connection. Any program of this machine has all of its loopback addresses.
func (f From) client() string {
	if ip, err := netip.ParseAddr(f.Address); err == nil && !ip.Unmap().IsLoopback() {
		return ip.String()
	}
	return "loopback"
}

// newRecordID returns an id that sorts by time: a UUID of version 7.
func newRecordID() string {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.NewString()
	}
	return id.String()
}

// CleanName returns a passkey's name without white space around it, or ErrName,
// which says what of it nobody could see.
func CleanName(name string, emptyIsFine bool) (string, error) {
	name = strings.TrimSpace(name)
	n := len([]rune(name))
	if n == 0 && emptyIsFine {
		return "", nil
	}
	if n == 0 || n > MaxNameLength {
		return "", ErrName
	}
	if why := display.Name(name); why != "" {
		return "", ErrName.Hinting("Send a name without it. %s", why)
	}
	return name, nil
}

func living(list []Credential) []Credential {
	return slices.DeleteFunc(append([]Credential{}, list...), func(c Credential) bool { return !c.Active() })
}

// usableAt returns the active credentials that authenticators can use at rp:
// those that stay behind when the RP ID changes are none of its business.
func usableAt(rp RelyingParty, list []Credential) []Credential {
	return slices.DeleteFunc(living(list), func(c Credential) bool { return c.RPID != rp.ID })
}

// Expire records the ceremonies that nobody answered. It is called now and
// then; a late answer is refused whether or not it has run.
func (s *Ceremonies) Expire(ctx context.Context) error {
	for {
		gone, err := s.Challenges.ExpireCeremonies(ctx, s.Now(), 500)
		if err != nil {
			return err
		}
		for _, c := range gone {
			s.spent.note(c, c.ExpiresAt, true)
			s.Recorder.Record(Entry{Ceremony: c, State: Abandoned, EndedAt: c.ExpiresAt, From: From{Browser: c.Browser}})
		}
		if len(gone) < 500 {
			return nil
		}
	}
}
