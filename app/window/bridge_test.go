package window_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/app/window"
	"sting/backend/admin"
	"sting/backend/admin/admintest"
	"sting/backend/api"
	"sting/backend/fault"
)

func TestEveryVerbOfTheTableIsReachedFromThePage(t *testing.T) {
	code := "123456"
	door := &admintest.Door{
		Keys:   []api.OwnedPasskey{{Passkey: api.Passkey{ID: "x"}}},
		People: []api.Person{{ID: "x"}}, Living: []api.LabSession{{ID: "x"}}, Tape: []api.CeremonySummary{{ID: "x"}},
		Mails: []api.Mail{{ID: "x", Code: &code}}, Apps: []api.App{{Name: "x"}},
	}
	w, page := open(t, attachedTo(door))
	hears(t, page, "window")
	bridge := w.Bridge()
	for _, v := range admin.Table() {
		if v.Streams {
			continue
		}
		_, err := bridge.Ask(v.Name, exampleOf(t, v))
		called := func(call string) bool { return call == v.Name || strings.HasPrefix(call, v.Name+" ") }
		if err != nil || !slices.ContainsFunc(door.Calls(), called) {
			t.Errorf("%s: %v; the lab was asked for %q", v.Name, err, door.Calls())
		}
	}
}

// exampleOf is a question that the verb understands.
func exampleOf(t *testing.T, v admin.Spec) string {
	t.Helper()
	with := map[string]any{}
	for _, m := range v.Members() {
		switch {
		case m.Name == "by":
			with[m.Name] = "1h"
		case m.In == admin.InPath:
			with[m.Name] = "x"
		}
	}
	question, err := json.Marshal(with)
	if err != nil {
		t.Fatal(err)
	}
	return string(question)
}

func TestWhatThePageAsksWithReachesTheVerb(t *testing.T) {
	door := &admintest.Door{Keys: []api.OwnedPasskey{{Passkey: api.Passkey{ID: "k1"}}}}
	w, page := open(t, attachedTo(door))
	hears(t, page, "window")
	bridge := w.Bridge()
	for _, c := range []struct{ name, with, want string }{
		{"Sessions", `{"q":"ada","limit":5}`, "Sessions ada"},
		{"RenamePasskey", `{"id":"k1","name":"Desk"}`, "RenamePasskey k1 Desk"},
		{"Logs", `{"name":"site"}`, "Logs site 100"},
		{"Logs", `{"name":"site","n":50}`, "Logs site 50"},
		{"Trust", `{"browsers":true,"system":true,"dry_run":true}`, "Trust browsers system dry-run"},
		{"Open", `{"page":"login","virtual":true}`, "Open login virtual"},
		{"Explain", ` {"kind": "registration"}`, `Explain  {"kind": "registration"}`},
	} {
		_, err := bridge.Ask(c.name, c.with)
		if calls := door.Calls(); err != nil || !slices.Contains(calls, c.want) {
			t.Errorf("%v; the lab was asked for %q, want %q", err, calls, c.want)
		}
	}
}

func TestAQuestionThatNoVerbUnderstandsIsRefusedBeforeTheLabIsAsked(t *testing.T) {
	door := &admintest.Door{}
	w, page := open(t, attachedTo(door))
	hears(t, page, "window")
	bridge := w.Bridge()
	for _, c := range []struct {
		claim, name, with string
		want              error
	}{
		{"no verb", "Nothing", "{}", fault.ErrNotFound},
		{"a stream", "Events", "{}", fault.ErrNotFound},
		{"a member that is unknown", "Sessions", `{"q":"ada","limits":1}`, fault.ErrMalformed},
		{"a member of another kind", "Sessions", `{"limit":"5"}`, fault.ErrMalformed},
		{"a file that is no JSON", "Explain", `{"kind":`, fault.ErrMalformed},
	} {
		if _, err := bridge.Ask(c.name, c.with); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.claim, err, c.want)
		}
	}
	if err := bridge.Follow("s", "Sessions", "{}"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("what is no stream was followed: %v", err)
	}
	calls := slices.DeleteFunc(door.Calls(), func(call string) bool { return call == "Events" }) // the window listens on its own
	if len(calls) > 0 {
		t.Errorf("the lab was asked for %q", calls)
	}
}

func TestAnEmptyListIsAListToThePageAndWhatIsDamagedIsNamed(t *testing.T) {
	w, page := open(t, attachedTo(&admintest.Door{Lab: api.Status{Damaged: []api.Damaged{{ID: "i-2"}}}}))
	hears(t, page, "window")
	for name, want := range map[string]string{
		"Sessions": `{"items":[],"next":""}`,
		"Users":    `{"items":[],"next":"","damaged":[{"what":"","id":"i-2","of":"","file":"","text":"","fix":""}]}`,
	} {
		out, err := w.Bridge().Ask(name, "{}")
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(out)
		if diff := cmp.Diff(want, string(got)); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestEachItemOfAStreamReachesThePageAndItsEndIsTheLast(t *testing.T) {
	door := &admintest.Door{Health: api.DoctorReport{Findings: []api.Finding{{ID: "TLS-03", Verdict: "ok"}}}}
	w, page := open(t, attachedTo(door))
	hears(t, page, "window")
	if err := w.Bridge().Follow("s1", "FollowDoctor", "{}"); err != nil {
		t.Fatal(err)
	}
	hears(t, page, `s1 {"item":{"finding":{"id":"TLS-03"`)
	hears(t, page, `s1 {"item":{"report":{"well":false,"changed":[]`)
	hears(t, page, `s1 {"ended":true}`)

	door.Fail("FollowDoctor", errTaken)
	if err := w.Bridge().Follow("s2", "FollowDoctor", "{}"); err != nil {
		t.Fatal(err)
	}
	hears(t, page, `s2 {"ended":true,"error":{"error":"The port is taken."`)
}

// slow is a lab whose doctor finds one thing and then looks for as long as it
// may.
type slow struct{ *admintest.Door }

func (d slow) Follow(ctx context.Context, v admin.Spec, in any, tell func(any)) error {
	if v.Name != admin.FollowDoctor.Name {
		return d.Door.Follow(ctx, v, in, tell)
	}
	tell(api.DoctorEvent{Finding: &api.Finding{ID: "TLS-03", Verdict: "failed"}})
	<-ctx.Done()
	tell(api.DoctorEvent{Finding: &api.Finding{ID: "TLS-04", Verdict: "skipped"}})
	return ctx.Err()
}

func TestOfAStreamThatIsLeftThePageHearsNoMore(t *testing.T) {
	w, page := open(t, func(context.Context) (window.Lab, error) {
		return window.Lab{Door: admin.Door{Caller: slow{&admintest.Door{}}}, Attached: true}, nil
	})
	hears(t, page, "window")
	bridge := w.Bridge()
	bridge.Leave("s1")                                 // nothing runs
	for _, leave := range []bool{true, false, false} { // the second is pushed out by the third
		if err := bridge.Follow("s1", "FollowDoctor", "{}"); err != nil {
			t.Fatal(err)
		}
		hears(t, page, `s1 {"item":{"finding":{"id":"TLS-03"`)
		if leave {
			bridge.Leave("s1")
		}
	}
	w.End()
	select {
	case more := <-page.Heard:
		t.Errorf("after the end the page heard %s", more)
	default:
	}
}
