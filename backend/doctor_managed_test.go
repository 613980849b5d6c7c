package backend_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

// In a Kratos that the lab runs itself somebody signs in with a password, and is gone
// on both sides afterwards.
func TestTheDoctorSignsInAtAManagedKratosAndLeavesNobody(t *testing.T) {
	t.Setenv(asKratos, "1")
	admin := labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: %d, kratos_admin: %d, smtp: off, smtp_plain: off, mail: off}\n"+
		"kratos: {mode: managed, binary: %q}\n",
		labtest.FreePort(t), labtest.FreePort(t), admin, os.Args[0]))
	report, err := lab.Examine(t.Context(), "LG-12", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.ID == "LG-12" && (string(f.Verdict) != "ok" || !strings.Contains(fmt.Sprint(f.Evidence), "removed again")) {
			t.Errorf("%+v", f)
		}
	}
	resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/admin/identities", admin))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	left, err := io.ReadAll(resp.Body)
	if err != nil || strings.TrimSpace(string(left)) != "[]" {
		t.Errorf("left in Kratos: %s, %v", left, err)
	}
	people, err := lab.Users(t.Context(), api.Query{})
	if err != nil || len(people.Items) != 0 {
		t.Errorf("left in the lab: %+v, %v", people, err)
	}
}
