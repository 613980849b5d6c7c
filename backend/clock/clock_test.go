package clock_test

import (
	"testing"
	"time"

	"sting/backend/clock"
)

func TestAMovedClockMovesNowAndNotTheMachine(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	c := clock.New(func() time.Time { return noon })
	c.Move(10 * time.Minute)
	c.Move(-time.Minute)
	if got, want := c.Now(), noon.Add(9*time.Minute); !got.Equal(want) {
		t.Errorf("Now() = %v, want %v", got, want)
	}
	if got := c.Machine(); !got.Equal(noon) {
		t.Errorf("Machine() = %v, want %v", got, noon)
	}
	c.Reset()
	if got := c.Now(); !got.Equal(noon) {
		t.Errorf("after Reset Now() = %v, want %v", got, noon)
	}
}
