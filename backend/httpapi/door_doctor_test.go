package httpapi_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/admin/admintest"
	"sting/backend/api"
	"sting/backend/fault"
)

func TestTheDoctorAnswersAtOnceOrFindingByFinding(t *testing.T) {
	lab := &admintest.Door{
		Health: api.DoctorReport{Well: true, Findings: []api.Finding{{ID: "RP-01", Verdict: "ok"}, {ID: "SV-01", Verdict: "skipped"}}},
		Mended: api.DoctorReport{Changed: []string{"mended"}},
	}
	door := newDoor(lab).Handler()
	if got := call(door, "GET", "/v1/doctor?check=RP-01", "", nil).Body.String(); !strings.HasPrefix(got, `{"well":true,`) {
		t.Errorf("a report: %s", got)
	}
	followed := call(door, "GET", "/v1/doctor?follow=1", "", nil).Body.String()
	finding, rest, _ := strings.Cut(followed, `data: {"finding":{"id":"RP-01"`)
	if finding == followed || !strings.Contains(rest, `data: {"finding":{"id":"SV-01"`) ||
		!strings.Contains(rest, `data: {"report":{"well":true`) {
		t.Errorf("followed: %s", followed)
	}
	if w := call(door, "POST", "/v1/doctor/fix", `{"check":"SV-01"}`, nil); w.Code != 200 || !strings.Contains(w.Body.String(), "mended") {
		t.Errorf("a repair: %d %s", w.Code, w.Body)
	}
	if w := call(door, "GET", "/v1/doctor?follow=yes", "", nil); w.Code != 400 || code(t, w) != "INVALID_FIELD" {
		t.Errorf("an odd follower: %d", w.Code)
	}
	lab.Fails = map[string]error{"Examine": fault.ErrNotFound}
	if w := call(door, "GET", "/v1/doctor?check=XX-99", "", nil); w.Code != 404 || code(t, w) != "NOT_FOUND" {
		t.Errorf("an unknown check: %d %s", w.Code, w.Body)
	}
	want := []string{"Examine RP-01", "FollowDoctor", "Repair SV-01", "Examine XX-99"}
	if got := lab.Calls(); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}
