package idp_test

import (
	"net/http"
	"time"

	"sting/backend/events"
	"sting/backend/kratos/idp"
	"sting/backend/session"
	"sting/backend/store"
)

func Example() {
	mounted := func(st *store.Store, schema *idp.Schema, secret []byte) http.Handler {
		bus := &events.Bus{}
		policy := func() session.Policy {
			return session.Policy{Lifespan: 24 * time.Hour, PrivilegedAge: 15 * time.Minute}
		}
		p := &idp.Provider{
			Store:      st,
			Identities: st,
			Sessions:   &session.Sessions{Store: st, Now: time.Now, Policy: policy, Bus: bus},
			Hasher:     idp.NewHasher(idp.ProductionCost()),
			Schema:     func() *idp.Schema { return schema },
			Config: func() idp.Config {
				return idp.Config{Site: "https://localhost:8443", BaseURL: "https://localhost:8443/.ory"}
			},
			Secret: secret,
			Bus:    bus,
			Now:    time.Now,
		}
		return p.Public()
	}
	_ = mounted
	// Output:
}
