package client_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sting/backend/admin/admintest"
	"sting/backend/api"
	"sting/backend/fault"
)

func TestTheDoctorIsHeardFindingByFindingAndWhole(t *testing.T) {
	lab := &admintest.Door{
		Health: api.DoctorReport{Changed: []string{},
			Findings: []api.Finding{{ID: "RP-01", Verdict: "ok"}, {ID: "SV-01", Verdict: "failed", Cause: "x"}}},
		Mended: api.DoctorReport{Well: true, Changed: []string{"mended"}},
	}
	c := dial(t, serve(t, door(lab).Handler()))
	var heard []api.Finding
	got, err := c.Examine(t.Context(), "", func(f api.Finding) { heard = append(heard, f) })
	if err != nil || !cmp.Equal(got, lab.Health, cmpopts.EquateEmpty()) || !cmp.Equal(heard, lab.Health.Findings, cmpopts.EquateEmpty()) {
		t.Errorf("%v\n%s\n%s", err, cmp.Diff(lab.Health, got, cmpopts.EquateEmpty()), cmp.Diff(lab.Health.Findings, heard, cmpopts.EquateEmpty()))
	}
	if got, err = c.Examine(t.Context(), "RP-01", nil); err != nil || !cmp.Equal(got, lab.Health, cmpopts.EquateEmpty()) {
		t.Errorf("%v %s", err, cmp.Diff(lab.Health, got, cmpopts.EquateEmpty()))
	}
	if got, err = c.Repair(t.Context(), "SV-01"); err != nil || !cmp.Equal(got, lab.Mended, cmpopts.EquateEmpty()) {
		t.Errorf("%v %s", err, cmp.Diff(lab.Mended, got, cmpopts.EquateEmpty()))
	}
	lab.Passports = []api.BrowserPassport{{UserAgent: "x",
		BrowserVisit: api.BrowserVisit{WebAuthn: true, Capabilities: map[string]bool{"a": true}}}}
	lab.Foreseen = api.Preflight{Origin: "https://localhost:8443", Verdict: "works",
		Families: []api.PreflightFamily{{Family: "chromium", Covers: []string{"Chrome"}}}}
	if p, err := c.Preflight(t.Context(), api.PreflightRequest{URL: "https://x", RPID: "y"}); err != nil ||
		!cmp.Equal(p, lab.Foreseen, cmpopts.EquateEmpty()) {
		t.Errorf("%+v, %v", p, err)
	}
	if calls := lab.Calls(); calls[len(calls)-1] != "Preflight https://x y" {
		t.Errorf("the lab was asked for %q", calls)
	}
	if list, err := c.Browsers(t.Context()); err != nil || !cmp.Equal(list, lab.Passports, cmpopts.EquateEmpty()) {
		t.Errorf("%v %s", err, cmp.Diff(lab.Passports, list, cmpopts.EquateEmpty()))
	}
	lab.Fails = map[string]error{"Examine": fault.ErrNotFound, "FollowDoctor": fault.ErrNotFound}
	for name, found := range map[string]func(api.Finding){"followed": func(api.Finding) {}, "whole": nil} {
		if _, err := c.Examine(t.Context(), "XX-99", found); !fault.HasCode(err, fault.ErrNotFound.Code) {
			t.Errorf("an unknown check, %s: %v", name, err)
		}
	}
}
