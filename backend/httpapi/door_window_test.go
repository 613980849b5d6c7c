package httpapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/admin/admintest"
)

func TestTheDoorPassesTheCallForAWindowOn(t *testing.T) {
	lab := &admintest.Door{}
	door := newDoor(lab).Handler()
	if w := call(door, "POST", "/v1/window", `{"do":"show"}`, nil); w.Code != 200 || w.Body.String() != "{\"shown\":true}\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if diff := cmp.Diff([]string{"CallWindow show"}, lab.Calls()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if w := call(door, "POST", "/v1/window", `{"do":"show","loud":true}`, nil); w.Code != 400 || len(lab.Calls()) != 1 {
		t.Errorf("an unknown member: %d %s, and the lab was asked for %v", w.Code, w.Body, lab.Calls())
	}
}
