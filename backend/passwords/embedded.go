package passwords

import (
	"context"
	"net/http"

	"sting/backend/kratos"
	"sting/backend/kratos/idp"
	"sting/backend/session"
)

// openEmbedded makes the provider in this process and the client that the site
// speaks to it through: no port, no password on a wire. Whose a session is, which
// each request asks, the site reads in the rows that both share.
func openEmbedded(ctx context.Context, n Needs) (*Side, error) {
	secret, err := n.Store.Secret(ctx, "kratos")
	if err != nil {
		return nil, err
	}
	cost := idp.ProductionCost()
	if n.Cheap {
		cost = idp.TestCost()
	}
	provider := &idp.Provider{
		Store: n.Store, Identities: n.Store, Sessions: n.Sessions, Hasher: idp.NewHasher(cost), Schema: n.Schema,
		Config: n.idpConfig, Secret: secret, Bus: n.Bus, Now: n.Now, Log: n.Log, Courier: n.Courier, Outbox: n.Outbox,
	}
	c := kratos.New(n.Config().Origin()+"/.ory", kratos.InProcess(http.StripPrefix("/.ory", provider.Public())))
	return &Side{
		Passwords: client{c}, OneRow: true, Secret: secret, Handler: provider.Public(),
		Source: session.Own{View: session.KindKratos, Cookie: session.KratosCookie, Sessions: n.Sessions},
		needs:  n, client: c, public: provider.PublicAt(n.Config().Kratos.PublicURL), admin: provider.Admin(),
	}, nil
}

func (n Needs) idpConfig() idp.Config {
	c := n.Config()
	return idp.Config{
		Site: c.Origin(), BaseURL: c.Origin() + "/.ory", Home: c.URL("/dashboard"),
		AllowedReturns: append(c.AcceptedOrigins(), c.SelfService.AllowedReturnURLs...),
		OneStep:        len(c.Registration.Pages) == 1, MinPassword: MinLength, AdminURL: c.Kratos.AdminURL,
	}
}
