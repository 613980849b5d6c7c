package passwords

import (
	"context"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sting/backend/config"
	"sting/backend/fault"
	"sting/backend/kratos/managed"
	"sting/backend/loopback"
)

// patience is how long a managed Kratos may take to become ready.
const patience = 30 * time.Second

// openManaged makes the side of the passwords from a real Kratos that the lab runs
// itself. What people registered in the embedded one stays in sting.db and is
// there again when the mode is changed back.
func openManaged(ctx context.Context, n Needs) (*Side, error) {
	secret, err := n.Store.Secret(ctx, "managed-kratos")
	if err != nil {
		return nil, err
	}
	side, err := openElsewhere(n)
	if err != nil {
		return nil, err
	}
	side.client.WhenDown("The kratos program has ended or is not ready yet. The lab starts it again by itself: try again in a moment; " +
		"`sting logs kratos` says what it said last. Passkeys go on working, and nobody was signed out.")
	c := n.Config()
	k := &managed.Kratos{
		Binary: programOf(c), Dir: c.Path("kratos"), Admin: "http://127.0.0.1:" + c.Ports.KratosAdmin.String(),
		Config: func() managed.Setting { return settingOf(n.Config(), secret) },
		Log:    n.Log, Patience: patience, Free: loopback.Free,
	}
	side.process = k.Run
	n.Warn("kratos.mode is managed: people who registered with the embedded Kratos keep their rows and passkeys here, " +
		"and sign in with their passwords again when the mode is changed back.")
	return side, nil
}

// endLeft ends what a lab left that was killed with a kratos program at work,
// also where this one runs none: that one holds its ports. It says so, or "".
func endLeft(dir string) string {
	found, err := managed.EndLeft(dir)
	switch {
	case err != nil:
		f := fault.From(err)
		return f.Message + " " + f.Hint
	case found != "":
		return "The kratos program of a lab that was killed still ran and was ended: " + found + "."
	}
	return ""
}

func settingOf(c config.Config, secret []byte) managed.Setting {
	return managed.Setting{
		Site: c.Origin(), PublicPort: int(c.Ports.KratosPublic), AdminPort: int(c.Ports.KratosAdmin),
		AllowedReturns: c.SelfService.AllowedReturnURLs, RPID: c.WebAuthn.RP.ID, RPName: c.WebAuthn.RP.DisplayName,
		Origins: c.WebAuthn.RP.Origins, Lifespan: c.Session.Lifespan, PrivilegedAge: c.Session.PrivilegedAge,
		ConnectionURI: catcherURI(c), Schema: c.Registration.Schema.JSON, OneStep: len(c.Registration.Pages) == 1, Secret: secret,
	}
}

// catcherURI returns the courier's URI; the host mailpit means our catcher.
func catcherURI(c config.Config) string {
	u, err := url.Parse(c.Courier.ConnectionURI)
	if at := c.SMTP(); err == nil && at.Catcher && at.Port > 0 {
		u.Host = "127.0.0.1:" + strconv.Itoa(at.Port)
		return u.String()
	}
	return c.Courier.ConnectionURI
}

// programOf returns the configured program. A path that isn't absolute begins at
// the home folder, as every path in sting.yml does, wherever the lab was started.
func programOf(c config.Config) string {
	name := c.Kratos.Binary
	if filepath.IsAbs(name) || !strings.ContainsRune(filepath.ToSlash(name), '/') {
		return name // "" and a name in PATH are the system's to find
	}
	return c.Path(name)
}
