package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"sting/backend/api"
	"sting/backend/config"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/session"
)

// mockID is the id of the mock user: a UUID that no person can have.
const mockID = "00000000-0000-4000-8000-000000000000"

// MockUser is somebody whom every browser is shown as, for front-end work without a
// ceremony. It is off unless the configuration or a verb asks for it; what a verb said
// ends with the program. All fields are required.
type MockUser struct {
	Live    *Live
	Now     func() time.Time // the lab's
	Changed func()           // makes the faces ask again
	Log     *slog.Logger

	said atomic.Pointer[config.MockUser] // what `sting mock` said; nil: what the file says
}

// on returns the mock user while it is on, else nil.
func (u *MockUser) on() *config.MockUser {
	m := u.said.Load()
	if m == nil {
		file := u.Live.Config().MockUser
		m = &file
	}
	if !m.Enabled {
		return nil
	}
	return m
}

// On reports whether the mock user is on.
func (u *MockUser) On() bool { return u.on() != nil }

// View shows the mock user as if they had a session. An admin role opens
// nothing here; it is a label for front ends.
func (u *MockUser) View() (session.View, bool) {
	m := u.on()
	if m == nil {
		return session.View{}, false
	}
	traits, err := json.Marshal(map[string]string{"email": m.Email})
	if err != nil {
		return session.View{}, false
	}
	now := u.Now()
	return session.View{
		Kind: session.KindMock, ID: mockID, Methods: []session.Method{session.Mock},
		AuthenticatedAt: now, ExpiresAt: now.Add(u.Live.Policy().Lifespan), AAL: "aal1",
		Person: session.Person{ID: identity.ID(mockID), Email: m.Email, Role: m.Role, Traits: traits},
	}, true
}

// Warnings say that it is on.
func (u *MockUser) Warnings() []string {
	m := u.on()
	if m == nil {
		return nil
	}
	return []string{fmt.Sprintf("The mock user %s is on: every browser is shown as signed in. "+
		"`sting mock off` ends it; so does mock_user.enabled: false in sting.yml.", m.Email)}
}

// Mock implements admin.Mocking.
func (u *MockUser) Mock(_ context.Context, r api.MockRequest) (api.MockRequest, error) {
	m := config.Default().MockUser
	if file := u.Live.Config().MockUser; file.Email != "" {
		m = file
	}
	m.Enabled = r.On
	if r.Email != "" {
		m.Email = identity.Fold(r.Email)
	}
	if r.Role != "" {
		m.Role = r.Role
	}
	if r.On && (!strings.Contains(m.Email, "@") || len(m.Email) > 320) {
		return api.MockRequest{}, fault.ErrInvalidField.In("email").Saying("The mock user needs an e-mail address.")
	}
	u.said.Store(&m)
	u.Log.Warn("mock user", "on", m.Enabled, "email", m.Email)
	u.Changed()
	return api.MockRequest{On: m.Enabled, Email: m.Email, Role: m.Role}, nil
}
