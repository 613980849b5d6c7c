package passkey

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTheFateOfAUsedUpChallengeIsRememberedForAWhile(t *testing.T) {
	var s spent
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	s.note(Ceremony{ID: "answered", Record: "cer-1"}, at, false)
	s.note(Ceremony{ID: "old", Record: "cer-2"}, at, true)
	for id, want := range map[string]string{
		"answered": "the challenge was used up at 2026-11-22T12:00:00Z by an answer before this one (ceremony cer-1)",
		"old":      "the challenge ran out at 2026-11-22T12:00:00Z (ceremony cer-2)",
		"never":    errNeverOpen.Error(),
	} {
		if got := s.fate(id).Error(); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	for i := range maxSpent - 1 {
		s.note(Ceremony{ID: fmt.Sprint(i)}, at, false)
	}
	if len(s.last) != maxSpent || !errors.Is(s.fate("answered"), errNeverOpen) || !strings.Contains(s.fate("old").Error(), "ran out") {
		t.Errorf("%d are remembered; the first: %v, the second: %v", len(s.last), s.fate("answered"), s.fate("old"))
	}
}
