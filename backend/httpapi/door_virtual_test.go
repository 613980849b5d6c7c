package httpapi_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/admin/admintest"
	"sting/backend/api"
)

func TestTheDoorOpensAndChangesTheVirtualAuthenticator(t *testing.T) {
	lab := &admintest.Door{Bridge: api.Virtual{Running: true, Browser: "Chromium", Keys: []api.VirtualKey{{ID: "YWFh"}}}}
	door := newDoor(lab).Handler()
	for _, c := range []struct{ method, path, body string }{
		{"POST", "/v1/open", `{"page":"register","virtual":true}`},
		{"POST", "/v1/open", `{"page":"register","virtual":false}`},
		{"GET", "/v1/virtual", ""},
		{"POST", "/v1/virtual", `{"do":"counter","key":"YWFh","counter":3}`},
		{"POST", "/v1/virtual", `{"do":"user_presence","to":"refuse"}`},
	} {
		if w := call(door, c.method, c.path, c.body, nil); w.Code != 200 {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, w.Code, w.Body)
		}
	}
	want := []string{"Open register virtual", "Open register", "Virtual", "ChangeVirtual counter YWFh 3",
		"ChangeVirtual user_presence  0 refuse"}
	if diff := cmp.Diff(want, lab.Calls()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var got api.Virtual
	if err := json.Unmarshal(call(door, "GET", "/v1/virtual", "", nil).Body.Bytes(), &got); err != nil || !cmp.Equal(got, lab.Bridge) {
		t.Errorf("%v\n%s", err, cmp.Diff(lab.Bridge, got))
	}
}

func TestTheDoorRefusesAChangeThatItCannotRead(t *testing.T) {
	for name, body := range map[string]string{
		"an unknown member":      `{"do":"close","now":true}`,
		"a counter below zero":   `{"do":"counter","key":"YWFh","counter":-1}`,
		"a counter with a point": `{"do":"counter","key":"YWFh","counter":1.5}`,
	} {
		lab := &admintest.Door{}
		w := call(newDoor(lab).Handler(), "POST", "/v1/virtual", body, nil)
		if got := code(t, w); w.Code != 400 || got != "MALFORMED" && got != "INVALID_FIELD" {
			t.Errorf("%s: %d %s", name, w.Code, got)
		}
		if calls := lab.Calls(); len(calls) > 0 {
			t.Errorf("%s: the lab was asked for %v", name, calls)
		}
	}
}
