package client_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/admin/admintest"
	"sting/backend/api"
)

func TestTheVirtualAuthenticatorIsReachedOverTheSocket(t *testing.T) {
	lab := &admintest.Door{
		Lab:     api.Status{Origin: "https://localhost:8443"},
		Browser: api.Opened{Opened: true, Error: &api.Error{ErrorCode: "VIRTUAL_UNTRUSTED"}},
		Bridge:  api.Virtual{Running: true, Keys: []api.VirtualKey{{ID: "YWFh", SignCount: 7}}},
	}
	c := dial(t, serve(t, door(lab).Handler()))
	opened, err := c.OpenVirtual(t.Context(), "login", &api.Desktop{Display: ":7"})
	if err != nil || !opened.Opened || opened.URL != "https://localhost:8443/login" || opened.Error.ErrorCode != "VIRTUAL_UNTRUSTED" {
		t.Errorf("OpenVirtual = %+v, %v", opened, err)
	}
	seen, err1 := c.Virtual(t.Context())
	changed, err2 := c.ChangeVirtual(t.Context(), api.VirtualChange{Do: "counter", Key: "YWFh", Counter: 3})
	if err1 != nil || err2 != nil || !cmp.Equal(seen, lab.Bridge) || !cmp.Equal(changed, lab.Bridge) {
		t.Errorf("%+v, %v, %+v, %v", seen, err1, changed, err2)
	}
	if diff := cmp.Diff([]string{"Open login virtual :7", "Virtual", "ChangeVirtual counter YWFh 3"}, lab.Calls()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
