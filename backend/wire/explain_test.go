package wire_test

import (
	"encoding/json"
	"testing"

	"sting/backend/inspect"
	"sting/backend/wire"
)

// The wire's explanation is the explainer's own, member for member.
func TestAnExplanationLosesNothingOnTheWire(t *testing.T) {
	for _, raw := range []string{
		`{"kind":"registration","rp_id":7,"credential":{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}}`,
		`{"kind":"authentication","credential":null}`,
	} {
		x, err := inspect.Explain([]byte(raw), inspect.Options{})
		if err != nil {
			t.Fatal(err)
		}
		j, err := wire.Explanation(x)
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(j)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
