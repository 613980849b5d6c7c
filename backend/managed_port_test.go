package backend_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

// Each of the fix's two ways is followed to a Kratos in which somebody registers.
func TestAManagedKratosWhosePortIsTakenNamesThePortAndAWayOut(t *testing.T) {
	t.Setenv(asKratos, "1")
	for _, name := range []string{"kratos_public", "kratos_admin"} {
		t.Run(name+", end the program", func(t *testing.T) {
			lab, held, _ := withoutPort(t, name)
			held.Close()
			until(t, "kratos is well", func() bool { return serviceOf(t, lab, "kratos").State == api.Healthy })
			lab.Browser().Register("ann@example.org")
		})
		t.Run(name+", 0 draws a free one", func(t *testing.T) {
			lab, _, ports := withoutPort(t, name)
			ports[name] = 0
			done(t, os.WriteFile(filepath.Join(lab.Home, "sting.yml"), []byte(managedAt(ports)), 0o600))
			lab.Restart()
			until(t, "kratos is well", func() bool { return serviceOf(t, lab, "kratos").State == api.Healthy })
			lab.Browser().Register("ann@example.org")
		})
	}
}

// withoutPort starts a lab whose managed Kratos can't have the port called name, and
// holds what status and doctor say of it.
func withoutPort(t *testing.T, name string) (*labtest.Lab, net.Listener, map[string]int) {
	t.Helper()
	held, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { held.Close() })
	ports := map[string]int{"site": labtest.FreePort(t), "kratos_public": labtest.FreePort(t), "kratos_admin": labtest.FreePort(t)}
	ports[name] = held.Addr().(*net.TCPAddr).Port
	lab := labtest.Start(t, managedAt(ports))

	until(t, "the port is blamed", func() bool { return serviceOf(t, lab, "kratos").Error != nil })
	cause := fmt.Sprintf("Port %d, which %s needs, is held by", ports[name], name)
	fix := fmt.Sprintf("set another port: ports.%s in sting.yml", name)
	s := serviceOf(t, lab, "kratos")
	if s.State != api.Unhealthy || s.Error.ErrorCode != "PORT_TAKEN" || !strings.Contains(s.Error.Error, cause) ||
		!strings.Contains(s.Error.Hint, fix) {
		t.Errorf("status: %s, %+v, want %q and %q", s.State, s.Error, cause, fix)
	}
	if f := findingOf(t, examined(t, lab), "SV-04"); f.Verdict != "failed" || !strings.Contains(f.Cause, cause) ||
		!strings.Contains(f.Fix, fix) {
		t.Errorf("the doctor: %+v, want %q and %q", f, cause, fix)
	}
	return lab, held, ports
}

// managedAt is the configuration of a lab that runs a Kratos at these ports.
func managedAt(ports map[string]int) string {
	return fmt.Sprintf("ports: {site: %d, kratos_public: %d, kratos_admin: %d, smtp: off, smtp_plain: off, mail: off}\n"+
		"kratos: {mode: managed, binary: %q}\n", ports["site"], ports["kratos_public"], ports["kratos_admin"], os.Args[0])
}
