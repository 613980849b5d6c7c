package config_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sting/backend/config"
)

// watching watches a home folder until the test ends, and returns what it
// says.
func watching(t *testing.T, dir string) <-chan config.Change {
	t.Helper()
	current, r, err := config.Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if current, _, err = config.DrawPorts(current, r); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	changes, done := make(chan config.Change), make(chan error, 1)
	go func() {
		done <- config.Watch(ctx, current, nil, func(c config.Change) {
			select {
			case changes <- c:
			case <-ctx.Done():
			}
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("Watch = %v", err)
		}
	})
	return changes
}

func wait(t *testing.T, changes <-chan config.Change) config.Change {
	t.Helper()
	select {
	case c := <-changes:
		return c
	case <-time.After(10 * time.Second):
		t.Fatal("no change is told")
		return config.Change{}
	}
}

func TestAChangeIsTakenUpWhereThatIsPossibleAndSaysWhereItIsNot(t *testing.T) {
	dir := home(t, "ports: {site: 0}\n")
	changes := watching(t, dir)
	file := filepath.Join(dir, config.FileName)

	write(t, file, "ports: {site: 0, mail: 9025}\nsession: {idle: 1h}\nwebauthn: {config: {rp: {id: sting.localhost}}}\n")
	c := wait(t, changes)
	if want := []string{"webauthn.config.rp.id", "webauthn.config.rp.origins", "session.idle"}; !slices.Equal(c.Applied, want) ||
		!slices.Equal(c.Restart, []string{"ports.mail"}) {
		t.Errorf("applied %v, waiting %v", c.Applied, c.Restart)
	}
	if c.Config.Session.Idle != time.Hour || c.Config.Ports.Mail != 8025 ||
		c.Config.Origin() != "https://sting.localhost:"+c.Config.Ports.Site.String() {
		t.Errorf("in force: idle %v, ports %+v, origin %s", c.Config.Session.Idle, c.Config.Ports, c.Config.Origin())
	}

	write(t, file, "session: [\n")
	if c := wait(t, changes); !errors.Is(c.Err, config.ErrBroken) || c.Config.Session.Idle != time.Hour || len(c.Report.Errors()) == 0 {
		t.Errorf("a broken file: %v, idle %v", c.Err, c.Config.Session.Idle)
	}

	// As editors do: another file in the place of the old one.
	other := filepath.Join(dir, "sting.yml.new")
	write(t, other, "ports: {site: 0}\nsession: {idle: 2h}\n")
	if err := os.Rename(other, file); err != nil {
		t.Fatal(err)
	}
	c = wait(t, changes)
	if c.Err != nil || c.Config.Session.Idle != 2*time.Hour || len(c.Restart) > 0 || c.Config.WebAuthn.RP.ID != "localhost" {
		t.Errorf("mended: %v, idle %v, waiting %v, %s", c.Err, c.Config.Session.Idle, c.Restart, c.Config.WebAuthn.RP.ID)
	}

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if c := wait(t, changes); c.Config.Session.Idle != 0 || !slices.Equal(c.Restart, []string{"ports.site"}) {
		t.Errorf("removed: idle %v, waiting %v", c.Config.Session.Idle, c.Restart)
	}
}

func TestAnotherIdentitySchemaWaitsForARestart(t *testing.T) {
	dir := home(t, "")
	changes := watching(t, dir)
	write(t, filepath.Join(dir, config.SchemaName), phone)
	c := wait(t, changes)
	if !slices.Equal(c.Restart, []string{"registration.identity_schema"}) || c.Config.Registration.Schema.Own {
		t.Errorf("waiting %v, own %t", c.Restart, c.Config.Registration.Schema.Own)
	}
}

func TestTheURLsOfARunningKratosStayWhereTheyWere(t *testing.T) {
	dir := home(t, "kratos: {mode: external, public_url: 'https://one.example', admin_url: 'https://two.example'}\n")
	changes := watching(t, dir)
	write(t, filepath.Join(dir, config.FileName), "session: {idle: 1h}\n")
	c := wait(t, changes)
	if k := c.Config.Kratos; k.Mode != config.KratosExternal || k.PublicURL != "https://one.example" || k.AdminURL != "https://two.example" {
		t.Errorf("in force: %+v", k)
	}
	if !slices.Contains(c.Restart, "kratos.mode") {
		t.Errorf("waiting: %v", c.Restart)
	}
}
