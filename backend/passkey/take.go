package passkey

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sting/backend/origin"
)

func presentable(a Answer) error {
	if len(a.Credential) == 0 || string(a.Credential) == "null" {
		return ErrNoCredential
	}
	return nil
}

// challengeOf returns the id of the ceremony that is answered. A client that
// sends none is recognised by the challenge in its client data, if this browser
// began it.
func (s *Ceremonies) challengeOf(ctx context.Context, a Answer) (string, error) {
	if a.ChallengeID != "" {
		return a.ChallengeID, nil
	}
	ans, err := readAnswer(Authentication, a.Credential)
	if err != nil {
		return "", err
	}
	m, err := object(ans.clientData, clientDataMembers)
	if err != nil {
		return "", malformed("clientDataJSON", "%v", err)
	}
	challenge, _ := text(m["challenge"])
	id, err := s.Challenges.CeremonyByChallenge(ctx, a.From.Browser, challenge)
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
