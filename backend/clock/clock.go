// Package clock is the lab's time. Everything that has a lifetime (sessions,
// challenges, codes) asks it, so that a person can move it and see what
// expires; TLS asks a real one, since browsers do too.
package clock

import (
	"sync/atomic"
	"time"
)

// Clock tells a time that may be moved away from the machine's. It is safe for
// concurrent use.
type Clock struct {
	machine func() time.Time
	offset  atomic.Int64 // nanoseconds
}

// Moved is published when a clock was moved or set right.
type Moved struct{ Offset time.Duration }

// New returns a clock that agrees with machine. nil means the machine's own
// clock.
func New(machine func() time.Time) *Clock {
	if machine == nil {
		machine = time.Now
	}
	return &Clock{machine: machine}
}

// Now returns the lab's time in UTC.
func (c *Clock) Now() time.Time { return c.machine().Add(c.Offset()).UTC() }

// Machine returns the machine's time in UTC, wherever the lab's clock stands.
func (c *Clock) Machine() time.Time { return c.machine().UTC() }

// Offset returns how far the lab's clock is ahead of the machine's.
func (c *Clock) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// Move moves the lab's clock by d, which may be negative, and returns the
// new offset.
func (c *Clock) Move(d time.Duration) time.Duration { return time.Duration(c.offset.Add(int64(d))) }

// Reset makes the lab's clock agree with the machine's again.
func (c *Clock) Reset() { c.offset.Store(0) }
