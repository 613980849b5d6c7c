package admin_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"sting/backend/admin"
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

func TestNewsOfEveryKindThatWereLostAreSaidToBe(t *testing.T) {
	for kind, publish := range map[string]func(*events.Bus){
		"users":      func(b *events.Bus) { events.Publish(b, identity.Changed{}) },
		"passkeys":   func(b *events.Bus) { events.Publish(b, passkey.Changed{}) },
		"sessions":   func(b *events.Bus) { events.Publish(b, session.Changed{}) },
		"services":   func(b *events.Bus) { events.Publish(b, service.Changed{}) },
		"ceremonies": func(b *events.Bus) { events.Publish(b, tape.Changed{}) },
		"mails":      func(b *events.Bus) { events.Publish(b, mail.Changed{}) },
		"virtual":    func(b *events.Bus) { events.Publish(b, admin.VirtualChanged{}) },
		"window":     func(b *events.Bus) { events.Publish(b, admin.WindowCalled{What: admin.WindowShow}) },
		"clock":      func(b *events.Bus) { events.Publish(b, clock.Moved{}) },
	} {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { losesNews(t, kind, publish) })
		})
	}
}

// losesNews publishes a thousand events to somebody who reads none of them yet.
func losesNews(t *testing.T, kind string, publish func(*events.Bus)) {
	bus := &events.Bus{}
	ctx, end := context.WithCancel(t.Context())
	busy := make(chan struct{})
	var heard []string
	ended := make(chan error, 1)
	go func() {
		ended <- (&admin.Lab{Bus: bus}).Events(ctx, func(e api.Event) {
			heard = append(heard, e.Topic)
			<-busy
		})
	}()
	synctest.Wait()
	for range 1000 {
		publish(bus)
		synctest.Wait()
	}
	close(busy)
	synctest.Wait()
	end()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if len(heard) == 0 || heard[0] != kind || !slices.Contains(heard, "missed") {
		t.Errorf("heard %v", heard)
	}
}
