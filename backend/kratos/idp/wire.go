package idp

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"sting/backend/identity"
	"sting/backend/session"
)

// wireIdentity is an identity as Kratos shows it.
type wireIdentity struct {
	ID             identity.ID     `json:"id"`
	SchemaID       string          `json:"schema_id"`
	SchemaURL      string          `json:"schema_url"`
	State          identity.State  `json:"state"`
	StateChangedAt time.Time       `json:"state_changed_at"`
	Traits         json.RawMessage `json:"traits"`
	Verifiable     []wireAddress   `json:"verifiable_addresses,omitempty"`
	Recovery       []wireRecovery  `json:"recovery_addresses,omitempty"`
	MetadataPublic json.RawMessage `json:"metadata_public"`
	MetadataAdmin  any             `json:"metadata_admin,omitempty"`
	Credentials    map[string]any  `json:"credentials,omitempty"`
	CreatedAt      time.Time       `json:"created_at"`
	UpdatedAt      time.Time       `json:"updated_at"`
	Organization   *string         `json:"organization_id"`
}

type wireAddress struct {
	ID         string    `json:"id"`
	Value      string    `json:"value"`
	Verified   bool      `json:"verified"`
	Via        string    `json:"via"`
	Status     string    `json:"status"`
	VerifiedAt time.Time `json:"verified_at,omitzero"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

type wireRecovery struct {
	ID        string    `json:"id"`
	Value     string    `json:"value"`
	Via       string    `json:"via"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (x *exchange) identity(i identity.Identity) *wireIdentity {
	w := &wireIdentity{
		ID: i.ID, SchemaID: i.SchemaID, State: i.State, StateChangedAt: i.CreatedAt,
		SchemaURL: x.base + "/schemas/" + base64.RawURLEncoding.EncodeToString([]byte(i.SchemaID)),
		Traits:    i.Traits, MetadataPublic: i.MetadataPublic, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
	if !i.StateAt.IsZero() {
		w.StateChangedAt = i.StateAt
	}
	for _, a := range i.Addresses {
		if a.Verify {
			w.Verifiable = append(w.Verifiable, wireAddress{
				ID: a.ID, Value: a.Value, Verified: a.Verified, Via: a.Via, Status: a.Status,
				VerifiedAt: a.VerifiedAt, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
			})
		}
		if a.Recover {
			w.Recovery = append(w.Recovery, wireRecovery{
				ID: derived(a.ID, "recovery"), Value: a.Value, Via: a.Via, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
			})
		}
	}
	return w
}

// derived names what Kratos gives a UUID of its own and we keep inside
// something else: the same one each time.
func derived(id, what string) string {
	space, err := uuid.Parse(id)
	if err != nil {
		space = uuid.NameSpaceOID
	}
	return uuid.NewSHA1(space, []byte(what+id)).String()
}

// wireSession is a session as Kratos shows it.
type wireSession struct {
	ID              session.ID    `json:"id"`
	Active          bool          `json:"active"`
	ExpiresAt       time.Time     `json:"expires_at"`
	AuthenticatedAt time.Time     `json:"authenticated_at"`
	AAL             string        `json:"authenticator_assurance_level"`
	Methods         []wireMethod  `json:"authentication_methods"`
	IssuedAt        time.Time     `json:"issued_at"`
	Identity        *wireIdentity `json:"identity"`
	Devices         []wireDevice  `json:"devices"`
}

type wireMethod struct {
	Method      string    `json:"method"`
	AAL         string    `json:"aal"`
	CompletedAt time.Time `json:"completed_at"`
}

type wireDevice struct {
	ID        string `json:"id"`
	Address   string `json:"ip_address"`
	UserAgent string `json:"user_agent"`
	Location  string `json:"location"`
}

// session shows s; i may be nil.
func (x *exchange) session(s session.Session, i *wireIdentity) *wireSession {
	w := &wireSession{
		ID: s.ID, Active: s.Alive(x.now, x.Sessions.Policy()), ExpiresAt: s.ExpiresAt, AuthenticatedAt: s.AuthenticatedAt,
		AAL: s.AAL, IssuedAt: s.IssuedAt, Identity: i,
		Devices: []wireDevice{{ID: derived(string(s.ID), "device"), Address: s.Device.Address, UserAgent: s.Device.UserAgent}},
	}
	for _, p := range s.Methods {
		w.Methods = append(w.Methods, wireMethod{Method: methodName(p.Method), AAL: p.AAL, CompletedAt: p.At})
	}
	return w
}

// methodName is Kratos' word for a way to prove who one is.
func methodName(m session.Method) string {
	if m == session.Code {
		return "code_recovery"
	}
	return string(m)
}
