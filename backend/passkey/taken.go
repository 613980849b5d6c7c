package passkey

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// maxSpent is how many used-up challenges are remembered.
const maxSpent = 512

// errNeverOpen is what can be said about a challenge_id that nobody remembers.
var errNeverOpen = errors.New("no open ceremony has this challenge_id: it was answered long ago, it ran out long ago, or another lab issued it")

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
			return fmt.Errorf("the challenge was used up at %s by an answer before this one (ceremony %s)", c.at.UTC().Format(time.RFC3339), c.record)
		}
	}
	return errNeverOpen
}
