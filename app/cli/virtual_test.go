package cli_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/admin/admintest"
	"sting/backend/api"
	"sting/backend/fault"
)

func TestEachVirtualCommandAsksForOneChange(t *testing.T) {
	for typed, want := range map[string]string{
		"virtual":                      "Virtual",
		"virtual list --json":          "Virtual",
		"virtual flip-be pk_1":         "ChangeVirtual flip_be pk_1 0",
		"virtual flip-bs pk_1":         "ChangeVirtual flip_bs pk_1 0",
		"virtual counter pk_1 7":       "ChangeVirtual counter pk_1 7",
		"virtual uv off":               "ChangeVirtual user_verification  0 off",
		"virtual uv refuse":            "ChangeVirtual user_verification  0 refuse",
		"virtual up on --json":         "ChangeVirtual user_presence  0 on",
		"virtual signature bad":        "ChangeVirtual signature  0 bad",
		"virtual forget pk_1":          "ChangeVirtual forget pk_1 0",
		"virtual close":                "ChangeVirtual close  0",
		"open register --virtual":      "Status; Open register virtual",
		"open --virtual /login":        "Status; Open login virtual",
		"open login --print":           "Status",
		"open login --virtual --print": "Status",
	} {
		lab := &admintest.Door{Browser: api.Opened{Opened: true}}
		newDesk(lab).run(t, 0, strings.Fields(typed)...)
		if diff := cmp.Diff(strings.Split(want, "; "), lab.Calls()); diff != "" {
			t.Errorf("sting %s (-want +got):\n%s", typed, diff)
		}
	}
}

func TestVirtualCommandsThatMakeNoSenseAreRefusedBeforeTheLabIsAsked(t *testing.T) {
	for _, typed := range []string{
		"virtual uv", "virtual uv maybe", "virtual uv bad", "virtual signature off", "virtual counter pk_1", "virtual counter pk_1 seven",
		"virtual counter pk_1 2147483648", "virtual flip-be", "virtual close now", "virtual explode", "open /nowhere --virtual",
	} {
		lab := &admintest.Door{}
		newDesk(lab).run(t, 2, strings.Fields(typed)...)
		if calls := lab.Calls(); len(calls) > 0 {
			t.Errorf("sting %s: the lab was asked for %v", typed, calls)
		}
	}
}

func TestVirtualShowsTheKeysAndHowTheAuthenticatorBehaves(t *testing.T) {
	lab := &admintest.Door{Bridge: api.Virtual{
		Running: true, Browser: "Chromium", PID: 4711, Pages: 2, UserVerification: "on", UserPresence: "refuse", Signature: "good",
		Note: "A tab has no virtual authenticator.",
		Keys: []api.VirtualKey{{ID: "YWFh", PasskeyID: "pk_1", Status: "active", RPID: "localhost", UserName: "ada\x1b[2J", BackupEligible: true,
			SignCount: 7}},
	}}
	d := newDesk(lab)
	d.run(t, 0, "virtual")
	d.says(t, &d.out, `^browser +Chromium$`, `^tabs +2$`, `^user presence +refuse$`, `^pk_1 .*localhost +yes +no +7 +active +YWFh$`)
	d.says(t, &d.err, `no virtual authenticator`)
	if strings.Contains(d.out.String(), "\x1b[2J") {
		t.Error("a user's name clears the screen")
	}
	lab.Bridge = api.Virtual{}
	d.run(t, 0, "virtual")
	d.says(t, &d.err, "`sting open register --virtual` starts one", "no keys are kept")
}

func TestAPageBehindAWarningIsOpenAndOneThatIsNotIsAFailure(t *testing.T) {
	lab := &admintest.Door{Browser: api.Opened{Opened: true,
		Error: &api.Error{Error: "It shows a warning.", ErrorCode: "VIRTUAL_UNTRUSTED", Hint: "Run `sting trust`."}}}
	d := newDesk(lab)
	d.run(t, 0, "open", "login", "--virtual")
	d.says(t, &d.err, `It shows a warning \(VIRTUAL_UNTRUSTED\)`, "sting trust")
	lab.Browser = api.Opened{Error: &api.Error{Error: "There is none.", ErrorCode: "VIRTUAL_NO_BROWSER", Hint: "Install one."}}
	d.run(t, 1, "open", "login", "--virtual")
	d.says(t, &d.err, `There is none \(VIRTUAL_NO_BROWSER\)`)
	lab.Fails = map[string]error{"Open": fault.ErrStoreUnavailable}
	d.run(t, 1, "open", "login", "--virtual")
	d.says(t, &d.err, `STORE_UNAVAILABLE`)
}
