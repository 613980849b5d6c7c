package admin_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
)

func TestAFaultIsWrittenWithItsFieldAndItsCeremony(t *testing.T) {
	f := fault.New(fault.Invalid, "SOME_CODE", "m", "h").In("by")
	f.CeremonyID = "c1"
	want := api.Error{Error: "m", ErrorCode: "SOME_CODE", Hint: "h", Field: "by", CeremonyID: "c1", Help: "/help/SOME_CODE"}
	if got := admin.Fault(fmt.Errorf("do: %w", f)); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	if got := admin.Fault(fmt.Errorf("secret path")); got.ErrorCode != fault.ErrInternal.Code || got.Error != fault.ErrInternal.Message {
		t.Errorf("an error that is none of ours: %+v", got)
	}
}
