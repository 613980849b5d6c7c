package softkey_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/passkey/softkey"
)

func TestASeedKeepsSettingsAndPasskeys(t *testing.T) {
	for _, algorithm := range softkey.Algorithms() {
		p, a := newParty(t), softkey.New(softkey.Synced())
		a.AAGUID, a.CounterStep = [16]byte{1, 2}, 3
		p.register(a, offering(algorithm))
		if _, err := p.login(a, true); err != nil {
			t.Fatal(describe(err))
		}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var again softkey.Authenticator
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a.Credentials(), again.Credentials()); diff != "" {
			t.Errorf("%s (-before +after):\n%s", algorithm, diff)
		}
		if second, err := json.Marshal(&again); err != nil || string(second) != string(text) {
			t.Errorf("%s: a second export differs: %s, %v", algorithm, second, err)
		}
		if _, err := p.login(&again, true); err != nil {
			t.Errorf("%s: the imported passkey is refused: %s", algorithm, describe(err))
		}
	}
}

func TestADamagedSeedChangesNothing(t *testing.T) {
	p, a := newParty(t), softkey.New()
	p.register(a, offering(softkey.ES256))
	text := string(marshal(t, a))
	want := a.Credentials()
	for name, damage := range map[string]*strings.Replacer{
		"another version":      strings.NewReplacer(`"version":1`, `"version":2`),
		"another algorithm":    strings.NewReplacer(`"algorithm":-7`, `"algorithm":-35`),
		"an unknown member":    strings.NewReplacer(`"version":1`, `"version":1,"x":0`),
		"no relying party":     strings.NewReplacer(rpID, ""),
		"a short AAGUID":       strings.NewReplacer(`"aaguid":"00`, `"aaguid":"`),
		"a key that is no key": strings.NewReplacer(`"privateKey":"`, `"privateKey":"AAAA`),
		"an empty ID":          strings.NewReplacer(`"id":"`, `"id":"","x":"`),
	} {
		t.Run(name, func(t *testing.T) {
			damaged := damage.Replace(text)
			if damaged == text {
				t.Fatal("nothing was damaged")
			}
			if err := json.Unmarshal([]byte(damaged), a); err == nil {
				t.Error("the seed was taken")
			}
			if diff := cmp.Diff(want, a.Credentials()); diff != "" {
				t.Errorf("the credentials changed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestASeedWithTheSamePasskeyTwiceIsRefused(t *testing.T) {
	a := softkey.New()
	if _, err := a.Create(creation(t, nil), origin); err != nil {
		t.Fatal(err)
	}
	var seed map[string]any
	if err := json.Unmarshal(marshal(t, a), &seed); err != nil {
		t.Fatal(err)
	}
	one := seed["credentials"].([]any)[0].(map[string]any)
	for _, member := range []string{"id", "userHandle"} {
		other := maps.Clone(one)
		other[member] = "AAAA"
		seed["credentials"] = []any{one, other}
		if err := json.Unmarshal(marshal(t, seed), a); err == nil || !strings.Contains(err.Error(), "twice") {
			t.Errorf("another %s: got %v", member, err)
		}
	}
	if got := len(a.Credentials()); got != 1 {
		t.Errorf("got %d credentials, want 1", got)
	}
}

func FuzzSeed(f *testing.F) {
	a := softkey.New()
	if _, err := a.Create(creation(f, nil), origin); err != nil {
		f.Fatal(err)
	}
	f.Add(marshal(f, a))
	f.Add([]byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var first, second softkey.Authenticator
		if first.UnmarshalJSON(text) != nil {
			return
		}
		if err := second.UnmarshalJSON(marshal(t, &first)); err != nil {
			t.Fatalf("an export can't be imported: %v", err)
		}
		if diff := cmp.Diff(first.Credentials(), second.Credentials()); diff != "" {
			t.Errorf("(-first +second):\n%s", diff)
		}
	})
}
