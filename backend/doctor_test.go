package backend_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

// examined runs the doctor and returns the report.
func examined(t *testing.T, lab *labtest.Lab) api.DoctorReport {
	t.Helper()
	r, err := lab.Examine(t.Context(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func findingOf(t *testing.T, r api.DoctorReport, id string) api.Finding {
	t.Helper()
	i := slices.IndexFunc(r.Findings, func(f api.Finding) bool { return f.ID == id })
	if i < 0 {
		t.Fatalf("there is no check %s", id)
	}
	return r.Findings[i]
}

// blames fails unless exactly one check failed, with everything that a person
// needs, and those that follow from it are hidden.
func blames(t *testing.T, r api.DoctorReport, id, cause string, hidden ...string) api.Finding {
	t.Helper()
	for _, f := range r.Findings {
		if f.Verdict == "failed" && f.ID != id {
			t.Errorf("%s failed too: %s %q", f.ID, f.Cause, f.Evidence)
		}
	}
	f := findingOf(t, r, id)
	if f.Verdict != "failed" || !strings.Contains(f.Cause, cause) {
		t.Errorf("%s is %s: %q, want the cause %q; saw %q", id, f.Verdict, f.Cause, cause, f.Evidence)
	}
	if r.Well || f.Fix == "" || len(f.Evidence) == 0 {
		t.Errorf("%s: well %t, fix %q, evidence %q", id, r.Well, f.Fix, f.Evidence)
	}
	for _, h := range hidden {
		if v := findingOf(t, r, h).Verdict; v != "skipped" {
			t.Errorf("%s is %s, though it only follows from %s", h, v, id)
		}
	}
	return f
}

// repaired runs the fixes and fails unless they say what they changed and it is
// gone.
func repaired(t *testing.T, lab *labtest.Lab, id, changed string) {
	t.Helper()
	r, err := lab.Repair(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Changed) != 1 || !strings.Contains(r.Changed[0], changed) {
		t.Errorf("%s: changed %q, want %q", id, r.Changed, changed)
	}
	well(t, r)
}

// well fails for every check that failed.
func well(t *testing.T, r api.DoctorReport) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Verdict == "failed" {
			t.Errorf("%s failed: %s %q", f.ID, f.Cause, f.Evidence)
		}
	}
	if !r.Well {
		t.Error("the report says that something failed")
	}
}

// honestly are the checks that a fresh lab can't look at.
var honestly = []string{"TLS-02", "BR-01", "BR-02"}

func TestAFreshLabIsWellAndTheDoctorLeavesNoTrace(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	before := lab.Dump(t)
	var heard []string
	r, err := lab.Examine(t.Context(), "", func(f api.Finding) { heard = append(heard, f.ID) })
	if err != nil {
		t.Fatal(err)
	}
	well(t, r)
	for _, f := range r.Findings {
		switch {
		case f.Verdict == "skipped" && !slices.Contains(honestly, f.ID):
			t.Errorf("%s was skipped: %s", f.ID, f.Cause)
		case f.Verdict == "ok" && len(f.Evidence) == 0:
			t.Errorf("%s is ok and shows no evidence", f.ID)
		}
	}
	if len(heard) != len(r.Findings) || len(heard) < 35 {
		t.Errorf("%d findings, heard of %d", len(r.Findings), len(heard))
	}
	if after := lab.Dump(t); after != before {
		t.Errorf("the doctor left something:\n%s", after)
	}
	if list, err := lab.Ceremonies(t.Context(), api.CeremonyQuery{}); err != nil || len(list.Items) > 0 {
		t.Errorf("records are left: %+v, %v", list.Items, err)
	}
	if list, err := lab.Passkeys(t.Context(), api.Query{}); err != nil || len(list.Items) > 0 {
		t.Errorf("passkeys are left: %+v, %v", list.Items, err)
	}
}

func TestOneCheckIsRunWithWhatItNeedsAndNoOther(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	r, err := lab.Examine(t.Context(), "RP-01", nil)
	if err != nil || len(r.Findings) != 2 || r.Findings[0].ID != "RP-04" || r.Findings[1].ID != "RP-01" {
		t.Errorf("%+v, %v", r.Findings, err)
	}
	if _, err := lab.Examine(t.Context(), "XX-99", nil); err == nil {
		t.Error("an unknown check is examined")
	}
	if _, err := lab.Repair(t.Context(), "XX-99"); err == nil {
		t.Error("an unknown check is repaired")
	}
}

// proxied is a lab whose doctor looks through something bad.
func proxied(t *testing.T, spoil func(rt http.RoundTripper, r *http.Request) (*http.Response, error)) *labtest.Lab {
	t.Helper()
	return labtest.StartWith(t, "", func(o *labtest.Options) {
		o.Between = func(rt http.RoundTripper) http.RoundTripper {
			return roundTrip(func(r *http.Request) (*http.Response, error) { return spoil(rt, r) })
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
