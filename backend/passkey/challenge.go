package passkey

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"sting/backend/origin"
)

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

// challengeOf returns the id of the ceremony that is answered. A client that
// sends none is recognised by the challenge in its client data, if this browser
// began it.
func (s *Ceremonies) challengeOf(ctx context.Context, ans answer, from From) (string, error) {
	m, err := object(ans.clientData, clientDataMembers)
	if err != nil {
		return "", malformed("clientDataJSON", "%v", err)
	}
	challenge, _ := text(m["challenge"])
	id, err := s.Challenges.CeremonyByChallenge(ctx, from.Browser, challenge)
	if errors.Is(err, ErrExpiredChallenge) {
		err = ErrExpiredChallenge.Because(errors.New("this browser has no open ceremony with the challenge of the client data"))
	}
	return id, err
}

// clockSlack is how far a clock may be corrected during a ceremony. One that is
// set back further would make the challenge live longer than promised.
const clockSlack = time.Minute

// take removes the ceremony, whatever becomes of its answer: a crash in between
// costs the attempt and never grants two.
func (s *Ceremonies) take(ctx context.Context, rp RelyingParty, k Kind, id string, a Answer, e *Entry) (Ceremony, error) {
	gone := ErrExpiredChallenge
	if k == Registration {
		gone = ErrExpiredRegistration
	}
	if len(id) > 64 {
		return Ceremony{}, gone.Because(errors.New("the challenge_id is longer than any that was issued"))
	}
	c, err := s.Challenges.TakeCeremony(ctx, id)
	if err != nil {
		if errors.Is(err, ErrExpiredChallenge) {
			return c, gone.Because(s.spent.fate(id))
		}
		return c, err
	}
	s.spent.note(c, s.Now(), false)
	e.Ceremony = c
	switch {
	case k != "" && c.Kind != k: // a report may end either kind
		return c, gone.Because(fmt.Errorf("the challenge was issued for a %s", c.Kind))
	case c.RP.ID != rp.ID:
		return c, atAnother(rp, c)
	case !bytes.Equal(c.Browser, a.From.Browser):
		return c, gone.Because(errors.New("the challenge was issued to another browser"))
	case s.Now().Before(c.BeganAt.Add(-clockSlack)):
		return c, gone.Because(errors.New("the clock was set back since the challenge was issued"))
	case !s.Now().Before(c.ExpiresAt):
		late := s.Now().Sub(c.ExpiresAt).Round(time.Second)
		return c, gone.Because(fmt.Errorf("the challenge expired %v ago", late))
	}
	return c, nil
}

// atAnother refuses an answer at the pages of another relying party than the one
// that its challenge was issued for.
func atAnother(rp RelyingParty, c Ceremony) error {
	page := firstOr(slices.DeleteFunc(slices.Clone(c.RP.Origins), origin.IsApp), "the site")
	return ErrOrigin.Saying("The challenge was issued for the relying party %s, and the answer came to %s.", c.RP.ID, rp.ID).
		Hinting("Begin and end a ceremony at the pages of one relying party: open %s/login, or begin anew.", page)
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

// maxSpent is how many used-up challenges are remembered.
const maxSpent = 512

// errNeverOpen is what can be said about a challenge_id that nobody remembers.
var errNeverOpen = errors.New("no open ceremony has this challenge_id: it was answered long ago, it ran out long ago, or another lab " +
	"issued it")

// spent remembers the last challenges that are used up, so that the record of an
// answer that comes too late says what became of its challenge. It decides
// nothing: TakeCeremony alone does.
type spent struct {
	mu   sync.Mutex
	last []spentChallenge // oldest first
}

type spentChallenge struct {
	id, record string
	at         time.Time
	ranOut     bool
}

func (s *spent) note(c Ceremony, at time.Time, ranOut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.last) >= maxSpent {
		s.last = s.last[1:]
	}
	s.last = append(s.last, spentChallenge{id: c.ID, record: c.Record, at: at, ranOut: ranOut})
}

// fate says what became of the challenge of an id, for the record.
func (s *spent) fate(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.last {
		switch {
		case c.id != id:
		case c.ranOut:
			return fmt.Errorf("the challenge ran out at %s (ceremony %s)", c.at.UTC().Format(time.RFC3339), c.record)
		default:
			return fmt.Errorf("the challenge was used up at %s by an answer before this one (ceremony %s)", c.at.UTC().Format(time.RFC3339),
				c.record)
		}
	}
	return errNeverOpen
}
