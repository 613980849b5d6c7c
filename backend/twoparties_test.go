package backend_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

// two starts a lab with two relying parties, and returns a browser at the pages of
// each.
func two(t *testing.T) (lab *labtest.Lab, first, second *labtest.Browser) {
	t.Helper()
	lab = labtest.Start(t, "webauthn: {additional_rps: [{id: sting.localhost, display_name: Second}]}\n")
	first, second = lab.Browser(), lab.Browser()
	second.Origin = "https://sting.localhost" + lab.Origin[strings.LastIndex(lab.Origin, ":"):]
	return lab, first, second
}

func TestTwoRelyingPartiesLiveInOneLab(t *testing.T) {
	t.Parallel()
	lab, first, second := two(t)
	first.Register("ann@example.org")
	first.AddPasskey()
	first.SignIn()
	second.Register("bob@example.org")
	second.AddPasskey()
	second.SignIn()
	if had, has := first.Key.Credentials()[0].RPID, second.Key.Credentials()[0].RPID; had != "localhost" || has != "sting.localhost" {
		t.Errorf("the passkeys belong to %s and %s", had, has)
	}
	for id, b := range map[string]*labtest.Browser{"localhost": first, "sting.localhost": second} {
		var facts api.LabFacts
		b.Must("GET", "/api/lab", nil).Into(t, &facts)
		if facts.RPID != id || facts.Origin != b.Origin || facts.Problem != "" {
			t.Errorf("at %s the lab says %+v", b.Origin, facts)
		}
		var own api.Passkeys
		b.Must("GET", "/api/webauthn/passkeys", nil).Into(t, &own)
		if own.RPID != id {
			t.Errorf("at %s the pages speak to the password manager about %s", b.Origin, own.RPID)
		}
	}
	list, err := lab.Passkeys(t.Context(), api.Query{})
	done(t, err)
	var ids []string
	for _, p := range list.Items {
		ids = append(ids, p.RPID)
		if p.LeftBehind {
			t.Errorf("%s of %s counts as left behind", p.Name, p.RPID)
		}
	}
	if slices.Sort(ids); !slices.Equal(ids, []string{"localhost", "sting.localhost"}) {
		t.Errorf("the list shows passkeys of %v", ids)
	}

	// One person may have passkeys of both, and neither excludes the other's.
	second.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
	begun := second.Must("POST", "/api/webauthn/registration/begin", nil)
	if excluded := string(begun.Member("excludeCredentials")); excluded != "[]" {
		t.Errorf("at the second one, %s is excluded", excluded)
	}
}

func TestARelyingPartyRefusesThePasskeyOfTheOther(t *testing.T) {
	t.Parallel()
	_, first, second := two(t)
	first.Register("ann@example.org")
	first.AddPasskey()
	second.Register("bob@example.org")
	second.AddPasskey()
	for _, c := range []struct{ owner, at *labtest.Browser }{{first, second}, {second, first}} {
		mine, theirs := c.owner.Key.Credentials()[0].RPID, c.at.Key.Credentials()[0].RPID
		begun := c.at.Must("POST", "/api/webauthn/authentication/begin", nil)
		options := bytes.Replace(begun.Member("publicKey"), []byte(`"rpId":"`+theirs+`"`), []byte(`"rpId":"`+mine+`"`), 1)
		credential, err := c.owner.Key.Get(options, c.owner.Origin)
		done(t, err)
		a := c.at.Do("POST", "/api/webauthn/authentication/complete",
			map[string]any{"credential": json.RawMessage(credential), "challenge_id": begun.Text("challenge_id")})
		if a.Status != 400 || a.Code() != "UNKNOWN_CREDENTIAL" {
			t.Errorf("a passkey of %s at %s: %d %s", mine, theirs, a.Status, a.Body)
		}
		begun = c.at.Must("POST", "/api/webauthn/authentication/begin", nil)
		honest, err := c.at.Key.Get(begun.Member("publicKey"), c.at.Origin)
		done(t, err)
		a = c.owner.Do("POST", "/api/webauthn/authentication/complete",
			map[string]any{"credential": json.RawMessage(honest), "challenge_id": begun.Text("challenge_id")})
		if a.Status != 400 || a.Code() != "ORIGIN_MISMATCH" || !strings.Contains(a.Text("hint"), c.at.Origin+"/login") {
			t.Errorf("a challenge of %s answered at %s: %d %s", theirs, mine, a.Status, a.Body)
		}
	}
}
