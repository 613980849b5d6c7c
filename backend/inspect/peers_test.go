package inspect_test

import (
	"encoding/json"
	"strings"
	"testing"

	"sting/backend/inspect"
)

// peer is a ceremony of another project, or one made by another program than
// this one's own software authenticator, with the right answer.
type peer struct {
	ID, Kind, Source, Want, Fault, Why, Reading string
	Arguable                                    bool
	Ceremony                                    json.RawMessage
}

func peers(t testing.TB) []peer {
	t.Helper()
	var file struct{ Vectors []peer }
	readJSON(t, "peers.json", &file)
	return file.Vectors
}

// readPeer returns the ceremony of a peer.
func readPeer(t testing.TB, id string) []byte {
	t.Helper()
	for _, p := range peers(t) {
		if p.ID == id {
			return p.Ceremony
		}
	}
	t.Fatalf("there is no peer %q", id)
	return nil
}

func TestTheCeremoniesOfOtherProjectsEndAsTheSpecificationSays(t *testing.T) {
	all := peers(t)
	if len(all) < 150 {
		t.Fatalf("only %d ceremonies were read", len(all))
	}
	for _, p := range all {
		t.Run(p.ID, func(t *testing.T) {
			x := explain(t, p.Ceremony)
			if string(x.Verdict) != p.Want || p.Fault != "" && x.Fault != p.Fault {
				first, _ := x.FirstFailed()
				t.Fatalf("got %s %s at %q: %s; want %s %s (%s)", x.Verdict, x.Fault, first.ID, x.Cause, p.Want, p.Fault, p.Why)
			}
			if x.Kind != p.Kind {
				t.Errorf("it is a %s, want a %s", x.Kind, p.Kind)
			}
			if x.Verdict != inspect.Accepted && (x.Cause == "" || x.Fix == "") {
				t.Errorf("the cause is %q, the fix %q", x.Cause, x.Fix)
			}
			if p.Arguable && len(strings.Fields(p.Reading)) < 8 {
				t.Errorf("the reading is %q, which is no reason", p.Reading)
			}
		})
	}
}
