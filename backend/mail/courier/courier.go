// Package courier sends the mails of the lab: a queue that outlives a restart,
// and a client of SMTP that behaves as Ory Kratos' courier does, so that what
// the one can deliver the other can too.
//
// Its one invariant: a mail that was queued is sent, or abandoned with the
// reason, and never lost. It is sent once, unless the lab dies between the
// server's yes and the note of it.
package courier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"sting/backend/events"
	"sting/backend/fault"
)

// The faults of this package.
var (
	ErrNoMessage = fault.New(fault.NotFound, "NOT_FOUND", "There is no such message.", "Check the id.")
	ErrNotSent   = fault.New(fault.Unavailable, "MAIL_NOT_SENT", "Mails can't be sent.",
		"Check courier.smtp.connection_uri in sting.yml; `sting mail list` shows what arrived.").Running("sting mail list")
)

// The statuses of a message, in Kratos' words.
const (
	Queued     = "queued"
	Processing = "processing"
	Sent       = "sent"
	Abandoned  = "abandoned"
)

// Mail is what somebody wants to send.
type Mail struct {
	To       string
	Subject  string
	Text     string
	HTML     string // "": text only
	Template string // as Kratos names it
	At       time.Time
}

// Message is a mail in the queue, and what became of it.
type Message struct {
	Mail
	ID        string
	Status    string
	SendCount int // attempts
	CreatedAt time.Time
	UpdatedAt time.Time
	NextAt    time.Time // by the machine's clock: when it is tried again
	Tries     []Try
}

// Try is one attempt to send a message.
type Try struct {
	ID    string
	At    time.Time
	Error string // "": it was sent
}

// Store keeps messages.
type Store interface {
	// CreateMessage keeps a message; the oldest ones that are sent or abandoned
	// make room when there are more than keep, then the oldest of all.
	CreateMessage(ctx context.Context, m Message, keep int) error
	// Message returns ErrNoMessage if there is none.
	Message(ctx context.Context, id string) (Message, error)
	// Messages lists messages, newest first, behind the one called after (""
	// for the first), at most limit, and how many there are in all. status and
	// recipient narrow it where they are not "".
	Messages(ctx context.Context, after string, limit int, status, recipient string) ([]Message, int, error)
	// UpdateMessage reads, changes and writes in one transaction; an error of
	// change is returned as it is and nothing is written.
	UpdateMessage(ctx context.Context, id string, change func(*Message) error) (Message, error)
	// WaitingMessages lists the messages that are queued or were being sent, the
	// oldest first.
	WaitingMessages(ctx context.Context) ([]Message, error)
}

// Changed is published when the status of a message changes.
type Changed struct{ ID, Status string }

// Courier sends what is queued. All fields are required.
type Courier struct {
	Store   Store
	Server  func() Server // read before each attempt, so that a change counts at once
	From    func() Address
	Keep    func() int // messages to keep
	Bus     *events.Bus
	Now     func() time.Time // the lab's, for what is shown
	Machine func() time.Time // for waiting
	Log     *slog.Logger
	// Quiet says of a recipient that what becomes of its mails is nobody's news; nil:
	// of none. It is the one field that is not required.
	Quiet func(to string) bool

	mu   sync.Mutex
	last error // of the last attempt
	wake chan struct{}
	once sync.Once
}

// Address is a sender.
type Address struct{ Name, Address string }

// backoff is how long a message waits after each failed attempt; there are as
// many attempts more as it has members.
var backoff = [...]time.Duration{time.Second, 5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute}

// Queue takes a mail over. It returns before it is sent.
func (c *Courier) Queue(ctx context.Context, m Mail) error {
	if m.At.IsZero() {
		m.At = c.Now()
	}
	msg := Message{
		Mail: m, ID: uuid.NewString(), Status: Queued, CreatedAt: m.At.UTC(), UpdatedAt: m.At.UTC(), NextAt: c.Machine(), Tries: []Try{},
	}
	if err := c.Store.CreateMessage(ctx, msg, c.Keep()); err != nil {
		return fmt.Errorf("queue a mail: %w", err)
	}
	c.publish(msg)
	c.nudge()
	return nil
}

// Messages lists messages, newest first: see Store.
func (c *Courier) Messages(ctx context.Context, after string, limit int, status, recipient string) ([]Message, int, error) {
	return c.Store.Messages(ctx, after, limit, status, recipient)
}

// Message returns ErrNoMessage if there is none.
func (c *Courier) Message(ctx context.Context, id string) (Message, error) {
	return c.Store.Message(ctx, id)
}

// Health returns nil while mails can be sent, as far as the last attempt tells,
// and ErrNotSent with its reason otherwise.
func (c *Courier) Health() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

func (c *Courier) publish(m Message) { events.Publish(c.Bus, Changed{ID: m.ID, Status: m.Status}) }

func (c *Courier) waker() chan struct{} {
	c.once.Do(func() { c.wake = make(chan struct{}, 1) })
	return c.wake
}

// nudge makes Run look at the queue.
func (c *Courier) nudge() {
	select {
	case c.waker() <- struct{}{}:
	default:
	}
}

// longestWait is how long the queue is left alone at most.
const longestWait = time.Minute

// Run sends what is queued until ctx ends. What was being sent when the lab
// ended is tried again.
func (c *Courier) Run(ctx context.Context) {
	for {
		wait := c.round(ctx)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-c.waker():
			timer.Stop()
		case <-timer.C:
		}
	}
}

// round tries every message that is due and returns how long to wait for the
// next.
func (c *Courier) round(ctx context.Context) time.Duration {
	list, err := c.Store.WaitingMessages(ctx)
	if err != nil {
		if ctx.Err() == nil {
			c.Log.Error("the queue of mails can't be read", "err", err)
		}
		return longestWait
	}
	wait := longestWait
	for _, m := range list {
		if ctx.Err() != nil {
			return wait
		}
		now := c.Machine()
		// A clock that was set back must not hold a mail for longer than any back-off.
		if until := m.NextAt.Sub(now); until > 0 && until <= backoff[len(backoff)-1] {
			wait = min(wait, until)
			continue
		}
		if err := c.try(ctx, m); err != nil && ctx.Err() == nil && !errors.Is(err, ErrNoMessage) { // forgotten meanwhile
			c.Log.Error("a mail's fate can't be kept", "id", m.ID, "err", err)
			continue
		}
		if left, err := c.Store.Message(ctx, m.ID); err == nil && left.Status == Queued {
			wait = min(wait, max(0, left.NextAt.Sub(c.Machine())))
		}
	}
	return wait
}

// try makes one attempt.
func (c *Courier) try(ctx context.Context, m Message) error {
	m, err := c.Store.UpdateMessage(ctx, m.ID, func(m *Message) error {
		m.Status, m.UpdatedAt = Processing, c.Now().UTC()
		return nil
	})
	if err != nil {
		return err
	}
	c.publish(m)
	failure := c.send(ctx, m)
	if ctx.Err() != nil && failure != nil {
		return ctx.Err() // the lab ends: it stays in the queue, and this was no attempt
	}
	tried, err := c.Store.UpdateMessage(context.WithoutCancel(ctx), m.ID, func(m *Message) error {
		t := Try{ID: uuid.NewString(), At: c.Now().UTC()}
		m.SendCount++
		m.UpdatedAt = t.At
		switch {
		case failure == nil:
			m.Status = Sent
		case permanent(failure) || m.SendCount > len(backoff):
			m.Status, t.Error = Abandoned, failure.Error()
		default:
			m.Status, t.Error = Queued, failure.Error()
			m.NextAt = c.Machine().Add(backoff[m.SendCount-1])
		}
		m.Tries = append(m.Tries, t)
		return nil
	})
	if err != nil { // it was removed meanwhile: what is known of it is said
		c.remember(m, failure)
		return err
	}
	c.remember(tried, failure)
	c.publish(tried)
	return nil
}

// remember keeps and says what the attempt means for those that follow.
func (c *Courier) remember(m Message, failure error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = nil
	quiet := c.Quiet != nil && c.Quiet(m.To)
	if failure == nil {
		if !quiet {
			c.Log.Info("mail sent", "template", m.Template, "id", m.ID)
		}
		return
	}
	if !quiet {
		c.Log.Warn("mail not sent", "template", m.Template, "id", m.ID, "attempt", m.SendCount, "status", m.Status, "err", failure)
	}
	if refusal, ok := errors.AsType[*refusal](failure); ok && refusal.mail {
		return // the server works: it was this mail
	}
	f := fault.From(failure)
	if !errors.Is(f, ErrNotSent) {
		f = ErrNotSent.Because(failure)
	}
	c.last = f
}

func permanent(err error) bool {
	refusal, ok := errors.AsType[*refusal](err)
	return ok && refusal.code >= 500 && refusal.mail
}
