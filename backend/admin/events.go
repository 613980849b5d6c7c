package admin

import (
	"context"

	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/events"
	"sting/backend/identity"
	"sting/backend/mail"
	"sting/backend/passkey"
	"sting/backend/service"
	"sting/backend/session"
	"sting/backend/tape"
)

// Events calls f with news until ctx ends. When news were lost, because f was
// too slow, an event with the topic "missed" says so: ask for everything again.
func (l *Lab) Events(ctx context.Context, f func(api.Event)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	people := events.Subscribe[identity.Changed](ctx, l.Bus)
	passkeys := events.Subscribe[passkey.Changed](ctx, l.Bus)
	sessions := events.Subscribe[session.Changed](ctx, l.Bus)
	services := events.Subscribe[service.Changed](ctx, l.Bus)
	ceremonies := events.Subscribe[tape.Changed](ctx, l.Bus)
	mails := events.Subscribe[mail.Changed](ctx, l.Bus)
	bridge := events.Subscribe[VirtualChanged](ctx, l.Bus)
	windows := events.Subscribe[WindowCalled](ctx, l.Bus)
	moved := events.Subscribe[clock.Moved](ctx, l.Bus)
	named := events.Subscribe[AppsChanged](ctx, l.Bus)
	all := subscriptions{people, passkeys, sessions, services, ceremonies, mails, bridge, windows, moved, named}
	for {
		if all.missed(l.Bus) > 0 {
			f(api.Event{Topic: "missed"})
		}
		select {
		case <-ctx.Done():
			return nil
		case e := <-people.C:
			f(api.Event{Topic: "users", ID: string(e.ID), What: e.What})
		case e := <-passkeys.C:
			f(api.Event{Topic: "passkeys", ID: e.ID, What: e.What})
		case e := <-sessions.C:
			f(api.Event{Topic: "sessions", ID: string(e.ID), What: e.What})
		case e := <-services.C:
			f(api.Event{Topic: "services", ID: e.Name, What: string(e.State)})
		case e := <-ceremonies.C:
			f(api.Event{Topic: "ceremonies", ID: e.ID, What: string(e.State)})
		case e := <-mails.C:
			f(api.Event{Topic: "mails", ID: e.ID, What: e.What})
		case <-bridge.C:
			f(api.Event{Topic: "virtual"})
		case e := <-windows.C:
			if e.What == WindowShow {
				f(api.Event{Topic: "window", What: e.What})
			}
		case <-named.C:
			f(api.Event{Topic: "apps"})
		case <-moved.C:
			f(api.Event{Topic: "clock"})
		}
	}
}

// subscriptions are what Events listens to, of whatever type.
type subscriptions []interface{ Missed(*events.Bus) int }

// missed returns how many events all together lost since it was last asked.
func (s subscriptions) missed(b *events.Bus) (n int) {
	for _, one := range s {
		n += one.Missed(b)
	}
	return n
}
