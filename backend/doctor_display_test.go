package backend_test

import (
	"testing"

	"sting/backend/labtest"
)

// Whoever looks from a desktop, over SSH or in a container finds a fresh lab well.
func TestTheDoctorCriesNoWolfOnAFreshHomeWithADisplayOrWithoutOne(t *testing.T) {
	for name, display := range map[string]map[string]string{
		"a display":         {"DISPLAY": ":99", "WAYLAND_DISPLAY": ""},
		"a Wayland display": {"DISPLAY": "", "WAYLAND_DISPLAY": "wayland-0"},
		"no display":        {"DISPLAY": "", "WAYLAND_DISPLAY": ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("HOME", t.TempDir())
			for variable, value := range display {
				t.Setenv(variable, value)
			}
			r := examined(t, labtest.Start(t, ""))
			well(t, r)
			for _, f := range r.Findings {
				if f.Verdict == "warning" {
					t.Errorf("%s warns: %s %q", f.ID, f.Cause, f.Evidence)
				}
			}
		})
	}
}
