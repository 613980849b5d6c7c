package backend_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sting/backend/labtest"
	"sting/backend/passkey/softkey"
)

// The members of each answer, as the contract lists them. "a.b" is a member of a
// member; a list is looked at through its first item.
const (
	faultMembers   = "error error_code hint request_id ceremony_id help"
	sessionMembers = "authenticated auth_method auth_methods user user.id user.email user.username user.role user.kratos_id user.traits " +
		"session_id session session.id session.authenticated_at session.expires_at session.aal " +
		"sessions sessions.passkey sessions.kratos agree flask_auth kratos_auth has_passkey passkey_count"
	passkeyMembers = "id credential_id name device_type authenticator aaguid status transports algorithm attestation_format " +
		"is_backup_eligible is_backup_state user_verified sign_count usage_count last_used_at created_at updated_at revoked_at"
	creationMembers = "rp rp.id rp.name user user.id user.name user.displayName challenge pubKeyCredParams timeout " +
		"excludeCredentials authenticatorSelection attestation extensions"
	ceremonyMembers = "id kind state email fault began_at ended_at origin user_agent address passkey_id session_id cause fix step ignored " +
		"record record.kind record.rp_id record.origins record.challenge record.options record.credential curl differs withheld " +
		"explanation explanation.verdict explanation.kind explanation.steps explanation.steps.id explanation.steps.title " +
		"explanation.steps.verdict explanation.steps.expected explanation.steps.received explanation.steps.note explanation.decoded " +
		"explanation.ranges"
	requestMembers = "challenge timeout rpId userVerification"
)

// TestEveryAnswerHasTheContractsMembers walks the whole API once and compares
// each answer, member by member.
func TestEveryAnswerHasTheContractsMembers(t *testing.T) {
	t.Parallel()
	b := labtest.Start(t, "").Browser()
	nobody := b.Do("GET", "/api/auth/me", nil)
	member(t, "a refusal", nobody, 401, faultMembers)
	member(t, "GET /api/webauthn/test", b.Do("GET", "/api/webauthn/test", nil), 200,
		"status message config config.rp_id config.rp_name config.origins")
	member(t, "GET /api/auth/session for nobody", b.Do("GET", "/api/auth/session", nil), 200, strings.Join(topLevel(sessionMembers), " "))
	member(t, "POST /api/auth/register", b.Do("POST", "/api/auth/register",
		map[string]any{"email": "ann@example.org", "password": labtest.Password}), 201, sessionMembers)

	begun := b.Do("POST", "/api/webauthn/registration/begin", nil)
	member(t, "registration/begin", begun, 200, creationMembers+" challenge_id publicKey")
	member(t, "registration/begin publicKey", labtest.Answer{Status: 200, Body: begun.Member("publicKey")}, 200, creationMembers)
	member(t, "registration/complete", b.Do("POST", "/api/webauthn/registration/complete", b.Create(begun)), 200,
		"verified message passkey "+below("passkey", passkeyMembers))
	member(t, "registration/skip", b.Do("POST", "/api/webauthn/registration/skip", nil), 200, "status message auth_method setup_url")

	for _, spelling := range []string{"authentication", "authenticate"} {
		begun = b.Do("POST", "/api/webauthn/"+spelling+"/begin", nil)
		member(t, spelling+"/begin", begun, 200, "publicKey challenge_id "+below("publicKey", requestMembers))
		member(t, spelling+"/complete", b.Do("POST", "/api/webauthn/"+spelling+"/complete", b.Get(begun)), 200,
			"verified message user user.id user.email auth_method session_id identity identity.id identity.traits")
	}
	begun = b.Do("POST", "/api/webauthn/authentication/begin", nil)
	refused := b.Do("POST", "/api/webauthn/authentication/complete", b.Get(begun, softkey.WithOrigin("https://localhost:1")))
	member(t, "a refused ceremony", refused, 400, faultMembers)
	member(t, "GET /api/ceremonies/{id}", b.Do("GET", "/api/ceremonies/"+refused.Text("ceremony_id"), nil), 200, ceremonyMembers)
	member(t, "GET /api/auth/session", b.Do("GET", "/api/auth/session", nil), 200, sessionMembers)
	member(t, "GET /api/auth/me", b.Do("GET", "/api/auth/me", nil), 200, sessionMembers)
	member(t, "GET /api/auth/status", b.Do("GET", "/api/auth/status", nil), 200,
		"authenticated sessions sessions.passkey sessions.kratos agree flask_auth kratos_auth unknown notes")

	list := b.Do("GET", "/api/webauthn/passkeys", nil)
	member(t, "GET passkeys", list, 200, "passkeys count rp_id user_handle "+below("passkeys", passkeyMembers))
	adding := b.Do("POST", "/api/webauthn/passkeys/add/begin", map[string]any{"name": "Second"})
	member(t, "passkeys/add/begin", adding, 200, "publicKey challenge_id passkey_name "+below("publicKey", creationMembers))
	other := *b
	other.Key = labtest.NewKey()
	member(t, "passkeys/add/complete", b.Do("POST", "/api/webauthn/passkeys/add/complete", other.Create(adding)), 200,
		"verified message passkey "+below("passkey", passkeyMembers))
	var keys struct{ Passkeys []struct{ ID string } }
	list.Into(t, &keys)
	member(t, "passkeys/{id}/rename", b.Do("PUT", "/api/webauthn/passkeys/"+keys.Passkeys[0].ID+"/rename", map[string]any{"name": "New"}), 200,
		"success message passkey "+below("passkey", passkeyMembers))
	member(t, "passkeys/stats", b.Do("GET", "/api/webauthn/passkeys/stats", nil), 200,
		"active_passkeys max_passkeys total_usage last_used can_add_more")
	member(t, "DELETE passkeys/{id}", b.Do("DELETE", "/api/webauthn/passkeys/"+keys.Passkeys[0].ID, nil), 200, "success message")
	member(t, "GET /api/auth/sessions", b.Do("GET", "/api/auth/sessions", nil), 200, "sessions count sessions.id sessions.current")
	member(t, "POST /api/auth/login", b.Do("POST", "/api/auth/login",
		map[string]any{"email": "ann@example.org", "password": labtest.Password}), 200, sessionMembers)
	member(t, "POST /api/auth/logout", b.Do("POST", "/api/auth/logout", nil), 200, "success")
}

// member fails for each member that is missing.
func member(t *testing.T, what string, a labtest.Answer, status int, members string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("%s: status %d, want %d: %s", what, a.Status, status, a.Body)
		return
	}
	var body any
	a.Into(t, &body)
	for _, path := range strings.Fields(members) {
		if !has(body, strings.Split(path, ".")) {
			t.Errorf("%s: the member %s is missing in %s", what, path, a.Body)
		}
	}
}

func has(v any, path []string) bool {
	if len(path) == 0 {
		return true
	}
	if list, ok := v.([]any); ok {
		return len(list) > 0 && has(list[0], path)
	}
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	next, ok := m[path[0]]
	return ok && has(next, path[1:])
}

func below(member, members string) string {
	var out []string
	for _, m := range strings.Fields(members) {
		out = append(out, member+"."+m)
	}
	return strings.Join(out, " ")
}

func topLevel(members string) []string {
	return slices.DeleteFunc(strings.Fields(members), func(m string) bool { return strings.Contains(m, ".") })
}

func TestAMissingMemberIsSeen(t *testing.T) {
	t.Parallel()
	var body any
	if err := json.Unmarshal([]byte(`{"passkeys":[{"id":"x"}],"user":null}`), &body); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"passkeys.id": true, "user": true, "passkeys.name": false, "user.id": false, "count": false} {
		if got := has(body, strings.Split(path, ".")); got != want {
			t.Errorf("has(%s) = %v, want %v", path, got, want)
		}
	}
}

// What a sign-in means: one row, two views, in the embedded mode.
func TestASignInMeansWhatTheContractSays(t *testing.T) {
	t.Parallel()
	b := labtest.Start(t, "").Browser()
	b.Register("ann@example.org")
	expect(t, "after a password", b.Do("GET", "/api/auth/session", nil), map[string]any{
		"authenticated": true, "auth_method": "password", "flask_auth": false, "kratos_auth": true, "agree": true, "has_passkey": false,
	})
	if c := b.Cookies(); c["ory_kratos_session"] == "" || c["__Host-sting_session"] != "" {
		t.Errorf("after a password the cookies are %v", c)
	}
	b.AddPasskey()
	b.SignIn()
	expect(t, "after a passkey", b.Do("GET", "/api/auth/session", nil), map[string]any{
		"authenticated": true, "auth_method": "passkey", "flask_auth": true, "kratos_auth": true, "agree": true, "passkey_count": 1.0,
	})
	who := b.Do("GET", "/.ory/sessions/whoami", nil)
	var kratos struct {
		ID      string
		AAL     string `json:"authenticator_assurance_level"`
		Methods []struct {
			Method, AAL string
		} `json:"authentication_methods"`
	}
	who.Into(t, &kratos)
	if len(kratos.Methods) != 1 || kratos.Methods[0].Method != "passkey" || kratos.AAL != "aal1" {
		t.Errorf("whoami after a passkey: %s", who.Body)
	}
	if id := b.Do("GET", "/api/auth/session", nil).Text("session_id"); id != kratos.ID {
		t.Errorf("the two views name the sessions %s and %s", id, kratos.ID)
	}
	b.Must("POST", "/api/auth/logout", nil)
	if a := b.Do("GET", "/.ory/sessions/whoami", nil); a.Status != 401 {
		t.Errorf("whoami after signing out: %d", a.Status)
	}
}

func expect(t *testing.T, what string, a labtest.Answer, want map[string]any) {
	t.Helper()
	var got map[string]any
	a.Into(t, &got)
	for name, v := range want {
		if got[name] != v {
			t.Errorf("%s: %s is %v, want %v", what, name, got[name], v)
		}
	}
}
