package doctor

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"sting/backend/config"
	"sting/backend/health"
	"sting/backend/identity"
)

// managedPerson is somebody whom the self-test makes in a managed Kratos, and
// removes again, through its admin API.
type managedPerson struct {
	admin string // URL of the admin API
	email string
	id    string
}

// signInAtManaged makes a person in a managed Kratos, signs them in with their
// password at the site, and removes them on both sides, whatever came of it.
func (e *examination) signInAtManaged(ctx context.Context, refused string) (result health.Result) {
	who := &managedPerson{
		admin: "http://127.0.0.1:" + e.config.Ports.KratosAdmin.String(), email: strings.ToLower(rand.Text()) + "@doctor.sting.localhost",
	}
	traits := bytes.ReplaceAll(e.self.traits, []byte(e.self.email), []byte(who.email))
	made, err := who.ask(ctx, http.MethodPost, "/admin/identities", map[string]any{
		"schema_id": "default", "traits": json.RawMessage(traits),
		"credentials": map[string]any{"password": map[string]any{"config": map[string]any{"password": e.self.password}}},
	})
	if err != nil {
		return health.Fail("The managed Kratos makes no person at its admin API.", "Look at what it logged.", "sting logs kratos", err.Error())
	}
	who.id = made
	defer func() {
		if err := e.removeManaged(context.WithoutCancel(ctx), who); err != nil {
			result = health.Fail("The person of the self-test could not be removed from the managed Kratos again: "+who.email+".",
				"Remove it through the admin API: DELETE "+who.admin+"/admin/identities/"+who.id+".", "", err.Error())
		}
	}()
	b, err := e.self.browser()
	if err != nil {
		return health.Blame(err)
	}
	defer b.close()
	in, err := b.ask(ctx, http.MethodPost, "/api/auth/login", map[string]any{"email": who.email, "password": e.self.password})
	if err != nil {
		return health.Fail("The site doesn't answer a sign-in.", "Restart the site.", "sting restart site", err.Error())
	}
	if in.status != http.StatusOK {
		return unlike(in, "Somebody whom the managed Kratos knows can't sign in with the password.", "Look at what Kratos logged.",
			"sting logs kratos")
	}
	return health.Pass("a wrong password: "+refused, "a person made through the admin API, and removed again: "+in.what)
}

// removeManaged removes a person from Kratos, and the row that the site made for them.
func (e *examination) removeManaged(ctx context.Context, who *managedPerson) error {
	_, gone := who.ask(ctx, http.MethodDelete, "/admin/identities/"+who.id, nil)
	i, err := e.lab.Store.IdentityByIdentifier(ctx, identity.Fold(who.email))
	if errors.Is(err, identity.ErrNotFound) {
		return gone
	}
	if err != nil {
		return errors.Join(gone, err)
	}
	return errors.Join(gone, e.lab.Store.Forget(ctx, i.ID, e.self.agent))
}

// ask sends a request to the admin API and returns the id in its answer.
func (m *managedPerson) ask(ctx context.Context, method, path string, body any) (id string, err error) {
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return "", err
		}
		sent = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, m.admin+path, sent)
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := (&http.Client{}).Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return "", err
	}
	if resp.StatusCode/100 != 2 {
		return "", fmt.Errorf("%s %s: %d %.300s", method, path, resp.StatusCode, raw)
	}
	var answer struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(raw, &answer) // a removal is answered with nothing
	return answer.ID, nil
}

// managesKratos reports whether the lab runs the Kratos that keeps the passwords: one
// elsewhere is somebody's, and the self-test makes nobody there.
func (e *examination) managesKratos() bool { return e.config.Kratos.Mode == config.KratosManaged }
