package backend

import (
	"encoding/json"
	"fmt"

	"sting/backend/config"
	"sting/backend/identity"
	"sting/backend/session"
)

// mockID is the id of the mock user: a UUID that no person can have.
const mockID = "00000000-0000-4000-8000-000000000000"

// mockUser returns the mock user while it is on: for front-end work without a
// ceremony. It is off unless the configuration asks for it.
func (p *parts) mockUser() *config.MockUser {
	if m := p.settings.now().MockUser; m.Enabled {
		return &m
	}
	return nil
}

// mockView shows the mock user as if they had a session. An admin role opens
// nothing here; it is a label for front ends.
func (p *parts) mockView() (session.View, bool) {
	m := p.mockUser()
	if m == nil {
		return session.View{}, false
	}
	traits, err := json.Marshal(map[string]string{"email": m.Email})
	if err != nil {
		return session.View{}, false
	}
	now := p.lab.clock.Now()
	return session.View{
		Kind: session.Kind(session.Mock), ID: mockID, Methods: []session.Method{session.Mock},
		AuthenticatedAt: now, ExpiresAt: now.Add(p.policy().Lifespan), AAL: "aal1",
		Person: session.Person{ID: identity.ID(mockID), Email: m.Email, Role: m.Role, Traits: traits},
	}, true
}

func (p *parts) mockWarnings() []string {
	m := p.mockUser()
	if m == nil {
		return nil
	}
	return []string{fmt.Sprintf("The mock user %s is on: every browser is shown as signed in. Set mock_user.enabled to false in sting.yml.", m.Email)}
}
